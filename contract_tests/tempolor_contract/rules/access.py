"""Rules about who may ask, and about the spellings of an address."""

import re
from collections.abc import Collection
from typing import Final

from ..document.call import CALLBACK, FILE, Call
from ..document.service import LISTS, ORDERS, SOURCES, UPLOADS
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = ""
_SEVERAL: Final = 3
_BAD_REQUEST: Final = 400
_NOT_MODIFIED: Final = 304
_REQUIRED: Final = frozenset({"prompt", "requestParams"})
_WHOLE_NUMBERS: Final = {"bpm": range(50, 191), "maxJobs": range(1, 2**31)}
_WORD: Final = re.compile(r"\w+")
_NAME_ACCOUNTS: Final = UPLOADS | LISTS | ORDERS
_WITHOUT_ID: Final = (
    LISTS | UPLOADS | ORDERS | {"create_account", "list_accounts", "list_running_jobs", "get_available_capacity"}
)


def _authorization(call: Call, world: World) -> Judged:
    if not call.operation or call.operation in {CALLBACK, FILE}:
        return None
    if call.token:
        return _known_elsewhere(call, world)
    # A recording may have been cleaned of all tokens; without any, nothing can be concluded.
    if not world.shared.authorized:
        return None
    # Who may not ask is not told what is wrong with the question.
    if call.accepted or call.status in {400, 404}:
        how = "another scheme than Bearer" if call.token == "" else "no Authorization header"
        told = f"{call.operation} was sent with {how}, and answered {call.status}"
        return [Problem(f"{told} all the same" if call.accepted else f"{told} in place of 401", key=call.operation)]
    return FINE


def _known_elsewhere(call: Call, world: World) -> Judged:
    """Judge a token that nothing else takes: it is known to all operations, or to none."""
    refused = [each for each in world.unauthorized if each.before(call)]
    if world.authorized is not None or len({each.operation for each in refused}) < _SEVERAL:
        return None
    told = f"a token that {len(refused)} calls before were refused with, as unknown"
    if call.accepted:
        return [Problem(f"{call.operation} took {told}", tuple(refused[:2]), key=call.operation)]
    if call.status in {400, 404}:
        told = f"{call.operation} was sent with {told}, and answered {call.status} in place of 401"
        return [Problem(told, tuple(refused[:2]), key=call.operation)]
    return None


def _still_known(call: Call, world: World) -> Judged:
    if not call.operation or call.operation in {CALLBACK, FILE} or not call.token or not call.status:
        return None
    taken = world.authorized
    if taken is None or not taken.before(call):
        return None
    told = f"{call.operation} refused a token as unknown that {taken.operation} had taken before: {call.error}"
    return [Problem(told, (taken,), key=call.operation)] if call.status == 401 else FINE


def _empty_cursor(call: Call) -> Judged:
    if call.query.get("cursor") != "":
        return None
    if call.status == 400 and "cursor" in call.error:
        return [Problem(f"{call.operation} with an empty cursor, which counts as none, was refused: {call.error}")]
    return FINE if call.accepted else None


def _empty_field(call: Call) -> Judged:
    empty = {name for name, value in call.fields.items() if value == "" and name not in _REQUIRED}
    return _harmless(call, empty, "counts as left out where it is empty")


def _pointed(call: Call) -> Judged:
    given = {name: value for name, value in call.fields.items() if isinstance(value, float) and value.is_integer()}
    pointed = {name for name, value in given.items() if int(value) in _WHOLE_NUMBERS.get(name, ())}
    return _harmless(call, pointed, "is a whole number, with a point or without")


def _harmless(call: Call, names: Collection[str], why: str) -> Judged:
    """Judge that a request is not refused for fields that have nothing wrong, as far as its refusal names fields."""
    if not names or not (call.accepted or call.status == _BAD_REQUEST):
        return None
    blamed = [name for name in call.fields if name in _WORD.findall(call.error)]
    if not (call.refused and blamed and set(blamed) <= set(names)):
        return FINE if call.accepted else None
    return [Problem(f"{call.operation} was refused for {', '.join(blamed)}, which {why}: {call.error}", key=blamed[0])]


def _empty_account(call: Call, world: World) -> Judged:
    known = world.known_accounts(call)
    named = call.fields if call.operation in ORDERS else call.query
    if named.get("user_id") != "" or not known or call.query.get("cursor") or any(map(call.sent.get, SOURCES)):
        return None
    if call.status != 404:
        return FINE if call.accepted else None
    told = f"account {known[0].user_id} is configured, and {call.operation} with an empty user_id, which counts as none"
    return [Problem(f"{told}, was answered 404: {call.error}", (known[0].stored,), key=call.operation)]


def _slashed(call: Call, world: World) -> Judged:
    known = world.known_accounts(call)
    path = call.exchange.request.url.partition("?")[0]
    named = filter(None, (call.query.get("user_id"), call.sent.get("user_id")))
    # What an order is made of may be missing, too.
    missing = any(map(call.sent.get, SOURCES)) or not all(str(each) in world.accounts for each in named)
    if not path.endswith("/") or not known or missing:
        return None
    if call.status not in {404, 405}:
        return FINE if call.accepted else None
    told = f"account {known[0].user_id} is configured, but {call.operation} with a slash behind its path was answered "
    return [Problem(f"{told}{call.status}: {call.error}", (known[0].stored,), key=call.operation)]


def _redirect(call: Call) -> Judged:
    response = call.exchange.response
    # Callbacks and files have no path of the API.
    if call.path is None or response is None or call.unclear:
        return None
    if 300 <= call.status < 400 and call.status != _NOT_MODIFIED:
        where = response.header("location") or "nowhere"
        return [Problem(f"{call.method} {call.path} was answered {call.status}, a redirect to {where}")]
    return FINE


RULES = (
    Rule(
        "no-token-no-answer",
        "Every operation is a 401 without a known token.",
        _PAGE,
        evidence=("D-10",),
        history=_authorization,
    ),
    Rule(
        "token-stays-known",
        "A token that was taken is not refused as unknown later.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-10",),
        history=_still_known,
    ),
    Rule(
        "no-redirects",
        "Nothing is redirected: a POST would lose its body.",
        _PAGE,
        evidence=("D-08",),
        single=_redirect,
    ),
    Rule(
        "unknown-path-is-404",
        "A path that the API does not have is a 404 like any other.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-06",),
    ),
    Rule(
        "slash-at-the-end-is-nothing",
        "A path with and without a trailing slash is the same.",
        "get-tempolor-scheduler",
        evidence=("D-08",),
        on=_WITHOUT_ID,
        history=_slashed,
    ),
    Rule(
        "empty-is-left-out",
        "An empty `user_id` or `cursor` counts as left out, and unknown parameters as nothing.",
        "get-tempolor-music",
        strength=Strength.INFERRED,
        evidence=("D-11", "D-25"),
        on=_NAME_ACCOUNTS,
        single=_empty_cursor,
        history=_empty_account,
    ),
    Rule(
        "empty-fields-are-left-out",
        "An optional field or parameter that is empty counts as left out, in JSON, in a form and in a query.",
        "post-tempolor-music-song",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-25",),
        on=ORDERS | {"create_account"},
        single=_empty_field,
    ),
    Rule(
        "whole-numbers-may-have-a-point",
        "A whole number that JSON writes as `80.0` is that number.",
        "post-tempolor-music-instrumental",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-56",),
        on=ORDERS | {"create_account"},
        single=_pointed,
    ),
    Rule(
        "invalid-values-are-400",
        "A parameter or field outside of what the pages allow is a 400.",
        "get-tempolor-music",
        evidence=("D-43", "D-47", "D-50"),
    ),
)
