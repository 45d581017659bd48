"""Rules about who may ask, and about the spellings of an address."""

from typing import Final

from ..call import CALLBACK, FILE, Call
from ..rule import FINE, Judged, Problem, Rule, Severity, Strength
from ..scenarios import access, refusals
from ..scenarios.survey import SURVEY
from ..world import World

_PAGE: Final = ""


def _authorization(call: Call, world: World) -> Judged:
    if not call.operation or call.operation in {CALLBACK, FILE} or call.token:
        return None
    # A recording may have been cleaned of all tokens; without any, nothing can be concluded.
    if world.worlds is None or not world.worlds.authorized:
        return None
    if call.accepted:
        how = "another scheme than Bearer" if call.token == "" else "no Authorization header"
        return [Problem(f"{call.operation} was answered {call.status} with {how}", key=call.operation)]
    return FINE


def _redirect(call: Call) -> Judged:
    if call.path is None or call.operation in {CALLBACK, FILE} or call.unclear:
        return None
    if 300 <= call.status < 400:
        response = call.exchange.response
        return [
            Problem(f"{call.method} {call.path} was redirected to {response.header('location') if response else ''}")
        ]
    return FINE


def _code(call: Call) -> Judged:
    code = call.item.get("code")
    if not call.refused or not isinstance(code, int):
        return None
    return FINE if code == call.status else [Problem(f"a {call.status} says code {code}", key=str(call.status))]


def _texts(call: Call) -> Judged:
    printed = _PRINTED.get((call.operation, call.status)) or _PRINTED.get(("", call.status))
    if printed is None or not call.error:
        return None
    return FINE if call.error == printed else [Problem(f"{printed!r} is printed, but the text was {call.error!r}")]


_PRINTED: Final = {
    ("", 401): "Unauthorized",
    ("", 402): "Subscription required",
    ("cancel_job", 404): "Unable to locate running job_id",
}


RULES = (
    Rule(
        "no-token-no-answer",
        "Every operation is a 401 without a known token.",
        _PAGE,
        evidence=("D-10",),
        history=_authorization,
        scenarios=(SURVEY, access.WRITES),
    ),
    Rule(
        "no-redirects",
        "Nothing is redirected: a POST would lose its body.",
        _PAGE,
        evidence=("D-08",),
        single=_redirect,
        scenarios=(SURVEY,),
    ),
    Rule(
        "slash-at-the-end-is-nothing",
        "A path with and without a trailing slash is the same.",
        "get-tempolor-scheduler",
        evidence=("D-08",),
        scenarios=(SURVEY,),
    ),
    Rule(
        "encoded-id-is-the-same-id",
        "An id with `%3A` for each colon is the same id.",
        "get-tempolor-music-job_id",
        strength=Strength.INFERRED,
        evidence=("D-23",),
        scenarios=(SURVEY,),
    ),
    Rule(
        "empty-is-left-out",
        "An empty `user_id` or `cursor` counts as left out, and unknown parameters as nothing.",
        "get-tempolor-music",
        strength=Strength.INFERRED,
        evidence=("D-11", "D-25"),
        scenarios=(SURVEY,),
    ),
    Rule(
        "invalid-values-are-400",
        "A parameter or field outside of what the pages allow is a 400.",
        "get-tempolor-music",
        evidence=("D-43", "D-47", "D-50"),
        scenarios=(SURVEY, refusals.ORDERS),
    ),
    Rule(
        "code-is-the-status",
        "The `code` of an error is its HTTP status.",
        _PAGE,
        evidence=("D-40",),
        single=_code,
        scenarios=(SURVEY, access.WRITES),
    ),
    Rule(
        "printed-error-texts",
        "Where a page prints one text for an error, that is its text.",
        _PAGE,
        severity=Severity.MOCKS,
        evidence=("D-12",),
        single=_texts,
        scenarios=(SURVEY, access.WRITES),
    ),
)
