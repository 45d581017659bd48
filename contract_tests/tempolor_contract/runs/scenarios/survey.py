"""Looking around: every reading operation, its refusals and its spellings, at no cost and in few requests."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from ...document.bodies import COMPLETED, records_of, texts
from ...document.call import Call
from ...rules.catalogue import rule
from ...target.guard import Level
from . import fixtures
from .lab import Lab, Stopped, UnclearError
from .scenario import Beside, Need, Scenario, ids

_EMPTY_IS_LEFT_OUT: Final = rule("empty-is-left-out")
_ENCODED_ID_IS_THE_SAME_ID: Final = rule("encoded-id-is-the-same-id")
_INVALID_VALUES_ARE_400: Final = rule("invalid-values-are-400")
_NO_TOKEN_NO_ANSWER: Final = rule("no-token-no-answer")
_SLASH_AT_THE_END_IS_NOTHING: Final = rule("slash-at-the-end-is-nothing")
_UNKNOWN_ACCOUNT_IS_404: Final = rule("unknown-account-is-404")
_UNKNOWN_ID_IS_404: Final = rule("unknown-id-is-404")

EACH_LIST: Final = ("list_music", "list_midi", "list_cloned_voices", "list_artist_voices")
_READING: Final = (
    *("list_accounts", "get_account", *EACH_LIST, "get_music", "download_music"),
    *("list_running_jobs", "get_available_capacity"),
)
_SLASHED: Final = ("/scheduler", "/accounts", "/music", "/music/midi")
_SLASHED_TOO: Final = ("/scheduler/available", "/music/cloned-voices", "/music/artist-voices")
"""What is asked for as well where requests cost nothing."""
_MOST_PAGES: Final = 2


def look_around(lab: Lab) -> None:
    """Read what is there, and ask for what is not. At level read, all of it fits into 60 requests."""
    account = _some_account(lab)
    _read_accounts(lab, account)
    first = _read_lists(lab, account)
    for operation in ("list_running_jobs", "get_available_capacity", "get_available_capacity"):
        lab.call(operation)
    more = _SLASHED_TOO if lab.guard.level is Level.FULL else ()
    asked: list[Callable[[], object]] = [
        *(partial(_slashed, lab, account, path) for path in (*_SLASHED, *more)),
        partial(_empty_account, lab),
        *(partial(_encoded, lab, each) for each in _jobs(first)[:1]),
        partial(_values, lab, account, first),
        *(partial(lab.call, operation, arguments={"job_id": wrong}) for operation, wrong in _wrong_ids(lab)),
        *(partial(_unknown_id, lab, operation) for operation in ("get_music", "download_music")),
        *(partial(_without_token, lab, operation) for operation in _READING),
        *(partial(_wrong_without_token, lab, operation) for operation in more and ("get_music", "download_music")),
        partial(_with_header, lab, "list_running_jobs", "Basic dXNlcjpwYXNz"),
        partial(_with_header, lab, "list_accounts", "Bearer"),
    ]
    lab.side_by_side(asked)


def _some_account(lab: Lab) -> str | None:
    if lab.guard.level is Level.FULL:
        try:
            return fixtures.completed_song(lab).account
        except (UnclearError, Stopped):
            pass
    try:
        return fixtures.account(lab)
    except UnclearError:
        return None


def _read_accounts(lab: Lab, account: str | None) -> None:
    lab.call("list_accounts")
    if account is not None:
        lab.call("get_account", arguments={"user_id": account})
    unknown = str(lab.random.randrange(10**11, 10**12))
    # Where requests are counted, two lists have to do.
    lists = EACH_LIST if lab.guard.level is Level.FULL else EACH_LIST[:2]
    asked = [partial(lab.call, "get_account", arguments={"user_id": unknown})]
    calls = lab.side_by_side(asked + [partial(lab.call, each, query={"user_id": unknown}) for each in lists])
    for call in calls:
        told = f"account {unknown} is not configured, but {call.operation} was answered {call.status}"
        lab.check(_UNKNOWN_ACCOUNT_IS_404, fine=call.status == 404, message=told, call=call)


def _read_lists(lab: Lab, account: str | None) -> Call | None:
    """Walk through the lists, and return a call that shows a job."""
    most = _MOST_PAGES if lab.guard.level is Level.FULL else 1
    firsts = lab.side_by_side(
        [
            *(
                partial(walk, lab, operation, {"user_id": account}, _MOST_PAGES + (operation == "list_music"))
                for operation in EACH_LIST
            ),
            partial(walk, lab, "list_music", {"user_id": account, "type": "instrumental"}, most),
        ]
    )
    return next((each for each in firsts if each.operation == "list_music" and records_of(each)), None)


def walk(lab: Lab, operation: str, query: dict[str, Any], most: int = _MOST_PAGES) -> Call:
    """Read the pages of a list, at most so many, and return the first."""
    return pages(lab, operation, query, most)[0]


def pages(
    lab: Lab, operation: str, query: dict[str, Any], most: int, *, meanwhile: Callable[[Call], object] | None = None
) -> list[Call]:
    """Read the pages of a list, at most so many; after the first one, something may be done."""
    found = [lab.call(operation, query=query)]
    if meanwhile is not None:
        meanwhile(found[0])
    while len(found) < most:
        cursor = found[-1].item.get("cursor")
        if found[-1].item.get("hasNext") is not True or not isinstance(cursor, str) or not cursor:
            break
        found.append(lab.call(operation, query={**query, "cursor": cursor}))
    return found


def _slashed(lab: Lab, account: str | None, path: str) -> None:
    query = {"user_id": account} if path.startswith("/music") else None
    plain, slashed = lab.send("GET", path, query=query), lab.send("GET", f"{path}/", query=query)
    told = f"{path} was answered {plain.status}, but {path}/ {slashed.status}"
    fine = plain.status == slashed.status
    lab.check(_SLASH_AT_THE_END_IS_NOTHING, fine=fine, message=told, call=slashed, earlier=(plain,))
    if path == "/music":
        _empty_cursor(lab, account, plain)


def _empty_cursor(lab: Lab, account: str | None, without: Call) -> None:
    empty = lab.call("list_music", query={"user_id": account, "cursor": "", "unheard_of": "1"})
    told = f"an empty cursor and an unknown parameter count as nothing, but were answered {empty.status}"
    fine = empty.status == without.status
    lab.check(_EMPTY_IS_LEFT_OUT, fine=fine, message=told, call=empty, earlier=(without,))


def _empty_account(lab: Lab) -> None:
    left_out, empty = lab.call("list_midi"), lab.call("list_midi", query={"user_id": ""})
    told = f"without user_id the answer is {left_out.status}, but with an empty one (user_id=) {empty.status}"
    lab.check(_EMPTY_IS_LEFT_OUT, fine=left_out.status == empty.status, message=told, call=empty, earlier=(left_out,))


def _jobs(shown: Call | None) -> tuple[str, ...]:
    return texts([record.get("job_id") for record in records_of(shown)]) if shown is not None else ()


def _encoded(lab: Lab, job_id: str) -> None:
    raw = lab.send("GET", f"/music/{job_id}")
    encoded = lab.send("GET", f"/music/{quote(job_id, safe='')}")
    same = (raw.status, raw.item.get("itemId")) == (encoded.status, encoded.item.get("itemId"))
    told = f"an id with colons was answered {raw.status}, but with %3A for them {encoded.status}"
    lab.check(_ENCODED_ID_IS_THE_SAME_ID, fine=same, message=told, call=encoded, earlier=(raw,))
    slashed = lab.send("GET", f"/music/{job_id}/")
    told = f"music/<id> was answered {raw.status}, but music/<id>/ {slashed.status}"
    fine = slashed.status == raw.status
    lab.check(_SLASH_AT_THE_END_IS_NOTHING, fine=fine, message=told, call=slashed, earlier=(raw,))


def _values(lab: Lab, account: str | None, shown: Call | None) -> None:
    # Elsewhere, a few requests have to do.
    thorough = lab.guard.level is Level.FULL
    types, formats = (("opera", "Song"), ("ogg", "MP3")) if thorough else (("opera",), ("ogg",))
    asked: list[Callable[[], Call]] = [
        partial(lab.call, "list_music", query={"user_id": account, "type": wrong}) for wrong in types
    ]
    job_id = _completed(lab, shown)
    if job_id is not None:
        get = partial(lab.call, "download_music", arguments={"job_id": job_id})
        asked += [partial(get, query={"file_format": wrong}) for wrong in formats]
        get()
    for call in lab.side_by_side(asked):
        if account is None and call.status == 404:
            continue
        told = f"{call.operation} with {call.query} was answered {call.status}"
        lab.check(_INVALID_VALUES_ARE_400, fine=call.status == 400, message=told, call=call)
    if thorough:
        # Which of two values counts is not said anywhere; that is no reason to crash.
        lab.send("GET", f"/music?type=song&type=song&user_id={quote(account or '')}")


def _completed(lab: Lab, shown: Call | None) -> str | None:
    """Return a job that can be downloaded: one of our own at level full, else the newest if it is COMPLETED."""
    if lab.guard.level is Level.FULL:
        try:
            return fixtures.completed_song(lab).jobs[0]
        except (UnclearError, Stopped):
            return None
    jobs = _jobs(shown)
    return jobs[0] if shown is not None and jobs and records_of(shown)[0].get("status") == COMPLETED else None


def _wrong_ids(lab: Lab) -> tuple[tuple[str, str], ...]:
    return (
        ("get_music", "no-id"),
        ("get_music", fixtures.made_up_id(lab, "voice")),
        ("download_music", "user:1-tempolor:2-job"),
    )


def _unknown_id(lab: Lab, operation: str) -> None:
    unknown = fixtures.made_up_id(lab, "job")
    call = lab.call(operation, arguments={"job_id": unknown})
    told = f"nobody has {unknown}, but {operation} was answered {call.status}"
    lab.check(_UNKNOWN_ID_IS_404, fine=call.status == 404, message=told, call=call)


def _without_token(lab: Lab, operation: str) -> None:
    """Ask without a token: for a thing that nobody has, where the path names one."""
    arguments = {"user_id": "1", "job_id": fixtures.made_up_id(lab, "job")}
    refused_without_token(lab, lab.call(operation, arguments=arguments, token=None))


def _wrong_without_token(lab: Lab, operation: str) -> None:
    """Ask without a token for what is no id: who may not ask is not told what is wrong with the question."""
    refused_without_token(lab, lab.call(operation, arguments={"job_id": "no-id"}, token=None))


def _with_header(lab: Lab, operation: str, header: str) -> None:
    refused_without_token(lab, lab.call(operation, token=None, headers={"Authorization": header}))


def refused_without_token(lab: Lab, call: Call) -> None:
    """Judge a call that was sent without a token."""
    told = f"{call.operation} without a token was answered {call.status}"
    lab.check(_NO_TOKEN_NO_ANSWER, fine=call.status == 401, message=told, call=call)


SURVEY = Scenario(
    "survey",
    look_around,
    frozenset({Need.READ}),
    late=True,
    beside=Beside.LEFTOVERS,
    provokes=ids(
        "status-documented media-type-documented answer-fits-schema answer-fits-reading answer-has-its-fields "
        "undeclared-properties error-envelope invalid-is-refused valid-is-accepted code-is-the-status "
        "errors-say-something printed-error-texts no-lasting-crash no-token-no-answer no-redirects "
        "slash-at-the-end-is-nothing encoded-id-is-the-same-id empty-is-left-out invalid-values-are-400 "
        "account-stamps-agree accounts-stand-under-their-ids account-that-was-asked-for account-round-trips "
        "no-accounts-is-404 scheduler-answers-where-accounts-are unknown-account-is-404 malformed-id-is-400 "
        "unknown-id-is-404 stamps-are-in-milliseconds available-adds-up available-has-the-limits "
        "available-has-all-accounts available-shows-all-room more-pages-have-a-cursor last-page-has-no-cursor "
        "list-keeps-to-its-account pages-neither-lose-nor-repeat artist-voices-can-be-listed system-time-goes-on"
    ),
)
