"""Texts of errors: what varies in them, and whether the document has such a text."""

import re
from typing import Final
from urllib.parse import unquote

from ..document.call import Call
from .outline import Answer, Outline

_VARYING: Final = re.compile(r"user:\S+|\b[0-9a-f]{12,}\b|\d+")
_MANNER: Final = re.compile(
    r"Parameter (\w+) is required|(\w+) is too long|(\w+) has incorrect format|Invalid (\w+) parameter\. Must be .+"
    r"|Parameters (\w+) and \w+ cannot be used together|Parameter (\w+) cannot be used with .+"
    r"|Request body must be a JSON object|Content-Type must be [\w/, +*.-]+"
)
"""The manner of the service's refusals, which no page prints for each parameter (D-12)."""
_OWN_JUDGEMENT: Final = frozenset({"cursor", "user_id"})
"""A cursor is opaque, an account may be needed or unknown."""
_OF_LIMITS: Final = re.compile(r"Invalid (\w+) parameter\. Must be .+")
_LONGEST: Final = 1000


def shape_of(text: str, given: frozenset[str] = frozenset()) -> str:
    """Return a text with `#` for what varies: numbers, ids, and words that the request has given."""
    words = (_bare(word) for word in text.split(" "))
    return " ".join(
        f"{front}#{end}" if word in given else _VARYING.sub("#", front + word + end) for front, word, end in words
    )


def new_text(outline: Outline, answer: Answer, call: Call) -> str:
    """Return the text of an error as it is to be known, if the document has no such text; else nothing.

    A text in the manner of the others is none that is new, as long as it speaks of a parameter that the document knows,
    and does not tell other values than the document prints.
    """
    text = call.error[:_LONGEST]
    if not text or "" in answer.texts:  # D-76: where the page prints an empty one, any may stand
        return ""
    shape = shape_of(text, _given(call))
    if shape in {shape_of(each) for each in answer.texts} | {shape_of(each, _given(call)) for each in answer.texts}:
        return "" if not _tells_otherwise(text, answer) else text
    if shape.startswith("No record found for #") and any(each.startswith("No record") for each in answer.texts):
        return ""
    manner = _MANNER.fullmatch(text) if call.status == 400 else None
    if manner is not None and not _tells_otherwise(text, answer):
        named = [each for each in manner.groups() if each]
        if all(each in outline.names for each in named):
            return ""
    return shape


def blames(text: str) -> bool:
    """Whether a text blames a field of the request, and none that only the service can judge."""
    manner = _MANNER.fullmatch(text[:_LONGEST])
    named = [] if manner is None else [each for each in manner.groups() if each]
    return bool(named) and not _OWN_JUDGEMENT.intersection(named)


def _tells_otherwise(text: str, answer: Answer) -> bool:
    """Whether a text prints what a parameter must be, and the document prints something else."""
    limits = _OF_LIMITS.fullmatch(text)
    if limits is None:
        return False
    printed = [each for each in answer.texts if (same := _OF_LIMITS.fullmatch(each)) and same[1] == limits[1]]
    return bool(printed) and text not in printed


def _given(call: Call) -> frozenset[str]:
    values = [*call.arguments.values(), *call.query.values(), unquote((call.path or "").rpartition("/")[2])]
    if call.method == "POST" and not call.exchange.request.truncated:
        values += [each for each in call.sent.values() if isinstance(each, str)]
    return frozenset(each for each in values if each and " " not in each)


def _bare(word: str) -> tuple[str, str, str]:
    """Return a word without the signs around it, and those."""
    start = word.lstrip("('\"")
    bare = start.rstrip(")'\".,;:!?")
    return word[: len(word) - len(start)], bare, start[len(bare) :]
