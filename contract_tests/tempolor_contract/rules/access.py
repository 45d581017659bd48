"""Rules about who may ask, and about the spellings of an address."""

from typing import Final

from ..document.call import CALLBACK, FILE, Call
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = ""


def _authorization(call: Call, world: World) -> Judged:
    if not call.operation or call.operation in {CALLBACK, FILE} or call.token:
        return None
    # A recording may have been cleaned of all tokens; without any, nothing can be concluded.
    if not world.shared.authorized:
        return None
    if call.accepted:
        how = "another scheme than Bearer" if call.token == "" else "no Authorization header"
        return [
            Problem(
                f"{call.operation} was sent with {how}, and answered {call.status} all the same", key=call.operation
            )
        ]
    return FINE


def _empty_cursor(call: Call) -> Judged:
    if call.query.get("cursor") != "":
        return None
    if call.status == 400 and "cursor" in call.error:
        return [Problem(f"{call.operation} with an empty cursor, which counts as none, was refused: {call.error}")]
    return FINE if call.accepted else None


def _redirect(call: Call) -> Judged:
    response = call.exchange.response
    # Callbacks and files have no path of the API.
    if call.path is None or response is None or call.unclear:
        return None
    if 300 <= call.status < 400:
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
    ),
    Rule(
        "encoded-id-is-the-same-id",
        "An id with `%3A` for each colon is the same id.",
        "get-tempolor-music-job_id",
        strength=Strength.INFERRED,
        evidence=("D-23",),
    ),
    Rule(
        "empty-is-left-out",
        "An empty `user_id` or `cursor` counts as left out, and unknown parameters as nothing.",
        "get-tempolor-music",
        strength=Strength.INFERRED,
        evidence=("D-11", "D-25"),
        on=frozenset({"list_music", "list_midi", "list_cloned_voices", "list_artist_voices"}),
        single=_empty_cursor,
    ),
    Rule(
        "empty-fields-are-left-out",
        "An optional field or parameter that is empty counts as left out, in JSON, in a form and in a query.",
        "post-tempolor-music-song",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-25",),
    ),
    Rule(
        "invalid-values-are-400",
        "A parameter or field outside of what the pages allow is a 400.",
        "get-tempolor-music",
        evidence=("D-43", "D-47", "D-50"),
    ),
)
