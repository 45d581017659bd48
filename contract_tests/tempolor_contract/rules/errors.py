"""Rules about errors: what they say, and that none of them lasts."""

from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import unquote

from ..document.call import CALLBACK, FILE, Call
from ..document.ids import parse
from ..document.schemas import JSON
from ..document.service import FIXED_NAMES, ORDERS, SOURCES
from .history.records import Crashes
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = ""
_IN_A_ROW: Final = 3
_ALTOGETHER: Final = 5
_FIXED: Final = {
    ("", 401): "Unauthorized",
    ("", 402): "Subscription required",
    ("cancel_job", 404): "Unable to locate running job_id",
}

_IDS: Final = {
    "get_music": ("job_id", "job"),
    "delete_music": ("job_id", "job"),
    "cancel_job": ("job_id", "job"),
    "delete_midi": ("midiItemId", "midi"),
    "delete_cloned_voice": ("clonedVoiceItemId", "voice"),
}


def _code(call: Call) -> Judged:
    code = call.item.get("code")
    if not call.refused or not isinstance(code, int):
        return None
    return (
        FINE
        if code == call.status
        else [Problem(f"the answer has the status {call.status}, and its body the code {code}", key=str(call.status))]
    )


def _says_something(call: Call) -> Judged:
    # One page prints an empty text, for stems.
    if not call.refused or "error" not in call.item or (call.operation, call.status) == ("split_stems", 400):
        return None
    where = f"{call.operation} {call.status}"
    return (
        FINE
        if call.error.strip()
        else [Problem(f"the error text of {where} is empty: {call.item['error']!r}", key=where)]
    )


def _texts(call: Call, world: World) -> Judged:
    printed = _printed(call, world) if call.refused and call.error and not call.repeats else None
    if printed is None:
        return None
    fine = printed in {call.error, unquote(call.error)}
    return (
        FINE
        if fine
        else [Problem(f"the error text is {call.error!r}, where the page prints {printed!r}", key=printed[:20])]
    )


def _printed(call: Call, world: World) -> str | None:
    """Return the text that a page prints for an error, where the request leaves no doubt which error it is."""
    fixed = _FIXED.get((call.operation, call.status)) or _FIXED.get(("", call.status))
    if fixed is not None:
        return fixed
    if call.operation in _IDS:
        return _of_id(call)
    say = _BY_REQUEST.get((call.operation, call.status))
    return say(call, world) if say is not None else None


def _of_id(call: Call) -> str | None:
    name, kind = _IDS[call.operation]
    given = call.arguments.get(name, "")
    parts = parse(given)
    if parts is not None and parts.kind == kind:
        return f"No record found for {given}" if call.status == 404 else None
    return f"{name} has incorrect format" if call.status == 400 and given not in FIXED_NAMES else None


def _missing(call: Call, _world: World, name: str, *, beside: frozenset[str]) -> str | None:
    """Say that a field is missing, where nothing else that was sent could be wrong."""
    request = call.exchange.request
    # Of a form that cannot be read nothing is there, and that is what is wrong.
    form = request.media_type == "multipart/form-data" and call.operation in ORDERS
    readable = bool(call.fields) if form else isinstance(request.json, dict) and request.media_type == JSON
    return f"Parameter {name} is required" if readable and call.fields.keys() <= beside else None


def _of_type(call: Call, _world: World) -> str | None:
    named = bool(call.query.get("user_id")) and not call.query.get("cursor")
    wrong = call.query.get("type") not in {None, "", "song", "instrumental"}
    return "Invalid type parameter. Must be 'song' or 'instrumental'" if named and wrong else None


def _of_midi(call: Call, _world: World) -> str | None:
    wrong = call.exchange.request.media_type not in {"audio/midi", "audio/x-midi"}
    return "Content-Type must be audio/midi or audio/x-midi" if wrong and _complete(call) else None


def _of_voice(call: Call, _world: World) -> str | None:
    empty = not call.exchange.request.whole and call.exchange.request.media_type.startswith("audio/")
    return "Empty file received" if empty and _complete(call) else None


def _complete(call: Call) -> bool:
    return bool(call.query.get("user_id") and call.query.get("name"))


def _of_source(call: Call, world: World) -> str | None:
    named = sum(bool(call.sent.get(name)) for name in SOURCES)
    known = call.sent.get("user_id") in {each.user_id for each in world.known_accounts(call)}
    return "The source material does not exist." if named == 1 and known else None


_BY_REQUEST: Final[dict[tuple[str, int], Callable[[Call, World], str | None]]] = {
    ("create_account", 400): partial(_missing, name="requestParams", beside=frozenset({"maxJobs"})),
    ("create_song", 400): partial(_missing, name="prompt", beside=frozenset({"user_id"})),
    ("create_instrumental", 400): partial(_missing, name="prompt", beside=frozenset({"user_id"})),
    ("create_song", 404): _of_source,
    ("list_music", 400): _of_type,
    ("upload_midi", 400): _of_midi,
    ("clone_voice", 400): _of_voice,
}


def _lasting(call: Call, world: World) -> Judged:
    if not call.operation or call.operation in {CALLBACK, FILE} or not call.status:
        return None
    if not Crashes.is_crash(call):
        return FINE
    known, working = world.crashes.of(call), world.crashes.working
    before = [each for each in known.calls if each.before(call)]
    if len(before) < _ALTOGETHER - 1:
        before = before[-known.row :] if known.row else []
    if len(before) < _IN_A_ROW - 1 or working is None or not before[0].before(working):
        return None
    told = f"the same {call.operation} was answered 5xx {len(before) + 1} times, while other requests were answered"
    return [Problem(told, (*before, working), key=call.operation)]


RULES = (
    Rule(
        "code-is-the-status",
        "The `code` of an error is its HTTP status.",
        _PAGE,
        evidence=("D-40",),
        single=_code,
    ),
    Rule(
        "errors-say-something",
        "The `error` of an error is a text that is not empty.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-76",),
        single=_says_something,
    ),
    Rule(
        "printed-error-texts",
        "Where a page prints the text of an error, that is its text.",
        _PAGE,
        severity=Severity.MOCKS,
        evidence=("D-12",),
        history=_texts,
    ),
    Rule(
        "no-lasting-crash",
        "No request is answered 5xx or hung up on three times in a row, or five times altogether, while others are "
        "answered well, nor is one of a hundred, whatever is asked.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-05",),
        history=_lasting,
    ),
)
