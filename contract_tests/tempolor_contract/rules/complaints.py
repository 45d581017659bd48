"""Judges a refusal by what it says is wrong, where the document is of another mind."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from ..document.call import Call
from ..document.schemas import Breach
from .rule import FINE, Judged, Problem

# Refusals that the document cannot foresee: a cursor is opaque, an account may be needed or unknown.
_OWN_JUDGEMENT: Final = frozenset({"cursor", "user_id"})
_COMPLAINT: Final = re.compile(
    r"Parameter (\w+) is required|(\w+) is too long|(\w+) has incorrect format|Invalid (\w+) parameter", re.IGNORECASE
)
_UNFIT: Final = re.compile(
    r"invalid \w+\W*$|is invalid|too (long|short|large|small)|length|at most|maximum|exceed|limit|character"
    r"|incorrect|must be",
    re.IGNORECASE,
)
_TYPE: Final = "Content-Type"
_OF_TYPE: Final = re.compile(r"content.?type|media.?type|unsupported", re.IGNORECASE)
_MISSING_FIELD: Final = re.compile(r'"(\w+)" is a required property')
_WORD: Final = re.compile(r"\w+")
_OF_THE_SERVICE: Final = ("Id", "_id", "Url")
"""How the names of ids and addresses end: whether one will do is for the service to know."""
_OLDER_NAMES: Final = {"chords": "chord"}
_REQUIRED: Final = re.compile(r"is required", re.IGNORECASE)
_NO_TEXT: Final = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def misnamed(call: Call, names: Collection[str], breaches: Iterable[Breach]) -> Judged:
    """Judge which field a refusal names, of an operation with these: the document objects to others."""
    complaint = _COMPLAINT.search(call.error)
    name = next((group for group in complaint.groups() if group), "") if complaint else ""
    # Whether an id or an account will do is for the service to know.
    if name not in names or name in _OWN_JUDGEMENT or name.endswith(("Id", "_id")):
        return None
    wrong = {_field_of(each) for each in breaches}
    if {name, _OLDER_NAMES.get(name)} & wrong:
        return FINE
    told = f"{call.operation} was refused with {call.error!r}, but what is wrong is {', '.join(sorted(wrong))}"
    return None if "" in wrong else [Problem(told, key=call.operation)]


def _field_of(breach: Breach) -> str:
    """Return the field that breaks the document, empty where several do together."""
    missing = _MISSING_FIELD.match(breach.message)
    if missing is not None:
        return missing[1]
    return breach.field or ("" if breach.path in {"body", "headers"} else re.split(r"[.[]", breach.path)[0])


def unjust(call: Call, parameters: Collection[str]) -> Judged:
    """Judge a refusal that objects to what the document has nothing against."""
    name = _complained_of(call)
    if name is None:
        return None
    # What has control characters in it may be taken or not.
    given = (call.query | call.sent | dict(call.arguments)).get(name)
    if name in _OWN_JUDGEMENT and given and _REQUIRED.search(call.error):
        return [Problem(f"{call.operation} was refused with {call.error!r}, but {name} is {given!r}", key=name)]
    if name in _OWN_JUDGEMENT or (isinstance(given, str) and _CONTROLS.search(given)):
        return None
    if name == _TYPE:
        told = call.exchange.request.header(_TYPE)
        return [Problem(f"{call.operation} as {told} was refused with {call.error!r}, but that is listed", key=name)]
    left_out = f"{name} may be left out" if name in parameters or call.method == "POST" else f"it has no {name}"
    told = f"{name} is valid" if given is not None else left_out
    return [Problem(f"{call.operation} was refused with {call.error!r}, but {told}", key=f"{name}")]


def groundless(call: Call) -> Judged:
    """Judge the refusal of an order that the document has nothing against, and that has nothing but tame texts."""
    own = {name for name in call.sent if name.endswith(_OF_THE_SERVICE)}
    given = [text for text in call.sent.values() if isinstance(text, str)]
    hard = any(not text.strip() or _NO_TEXT.search(text) for text in given)
    if not call.token or hard or {*own, "account"} & set(_WORD.findall(call.error)):
        return None
    return [Problem(f"{call.operation} was answered 400 ({call.error!r}), but nothing is wrong with it by the pages")]


def _complained_of(call: Call) -> str | None:
    """Return the field that a refusal names: in the words of the pages, or in its own if they are about its text."""
    complaint = _COMPLAINT.search(call.error)
    if complaint is not None:
        return next(group for group in complaint.groups() if group)
    if _OF_TYPE.search(call.error) and call.exchange.request.media_type:
        return _TYPE
    words = set(_WORD.findall(call.error)) if call.status == 400 and _UNFIT.search(call.error) else set()
    given = (name for name in call.query | call.sent if not name.endswith(_OF_THE_SERVICE))
    return next((name for name in given if name in words), None)
