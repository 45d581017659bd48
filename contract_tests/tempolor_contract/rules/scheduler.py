"""Rules about what the scheduler shows."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ..document.bodies import FAILED, FINAL, GENERATING, items_of, running_rows, status_of, whole
from ..document.call import Call
from ..document.ids import parse
from ..document.service import LISTINGS, ORDERS
from ..document.times import ELAPSED, milliseconds, row_made_at
from .capacity import busy_jobs
from .history.world import World
from .items import POLLS
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = "get-tempolor-scheduler"
_AVAILABLE: Final = "get-tempolor-scheduler-available"
_SKEW_MS: Final = 5000
_SECOND_MS: Final = 1000
_SOME: Final = 3
"""So many jobs are not taken for ones that failed by themselves."""


def _rows(call: Call) -> list[dict[str, Any]]:
    rows = call.item.get("available")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _sums(call: Call, world: World) -> Judged:
    rows = _rows(call)
    if call.status != 200 or not rows:
        return None
    for row in rows:
        limit, executing, free = (whole(row.get(name)) for name in ("maxJobs", "executing", "available"))
        if limit is None or executing is None or free is None:
            continue
        # D-78: the page prints the difference, which is below 0 once the limit was lowered; 0 is borne in its place.
        if free not in {limit - executing, max(0, limit - executing)}:
            return [
                Problem(
                    f"account {row['user_id']}: maxJobs {limit} less executing "
                    f"{executing} is {limit - executing}, but available is {free}"
                )
            ]
    # Who counts at one instant and lists at another is right twice, and wrong by chance: a second look decides.
    before = world.capacity
    if before is None or not before.before(call):
        return FINE
    for user_id, (executing, listed) in _miscounted(call).items():
        if (executing, listed) == _miscounted(before).get(user_id):
            told = (
                f"account {user_id} has {executing} executing, but the "
                f"scheduler lists {listed} of its jobs, twice in a row"
            )
            return [Problem(told, (before,))]
    return FINE


def _miscounted(call: Call) -> dict[str, tuple[int, int]]:
    """Return the accounts whose `executing` is not the number of their jobs that are listed: both numbers."""
    running = Counter(parts.account for row in running_rows(call) if (parts := parse(row.get("job_id"))))
    counted = {str(row.get("user_id")): whole(row.get("executing")) for row in _rows(call)}
    return {
        user_id: (executing, running[user_id])
        for user_id, executing in counted.items()
        if executing is not None and executing != running[user_id]
    }


def _sorted(call: Call) -> Judged:
    free = [row["available"] for row in _rows(call) if isinstance(row.get("available"), int)]
    if call.status != 200 or len(free) < 2:
        return None
    return (
        FINE
        if free == sorted(free, reverse=True)
        else [Problem(f"the account with most free slots is not first: available is, from the top, {free}")]
    )


def _limits(call: Call, world: World) -> Judged:
    judged: Judged = None
    for row in _rows(call) if call.status == 200 else ():
        account = world.accounts.get(str(row.get("user_id")))
        if account is None or account.gone or account.limit is None or not account.stored.before(call):
            continue
        judged = judged or FINE
        if row.get("maxJobs") != account.limit:
            message = (
                f"account {account.user_id} was stored with maxJobs "
                f"{account.limit}, but its row has {row.get('maxJobs')}"
            )
            judged = [*judged, Problem(message, (account.stored,))]
    return judged


def _all_accounts(call: Call, world: World) -> Judged:
    if call.status != 200:
        return None
    known = world.known_accounts(call)
    shown = {row.get("user_id") for row in _rows(call)}
    missing = [account for account in known if account.user_id not in shown]
    problems = [
        Problem(f"account {each.user_id} is configured, but has no row", (each.stored,)) for each in missing[:1]
    ]
    return problems if known else None


def _room_is_shown(call: Call, world: World) -> Judged:
    if call.status != 200 or "available" not in call.item:
        return None
    running = Counter(parts.account for row in running_rows(call) if (parts := parse(row.get("job_id"))))
    known = world.known_accounts(call)
    room = [each for each in known if each.limit is not None and running[each.user_id] < each.limit]
    shown = {row.get("user_id") for row in _rows(call)}
    missing = [each for each in room if each.user_id not in shown]
    problems = [Problem(f"account {each.user_id} has free slots, but no row", (each.stored,)) for each in missing[:1]]
    return problems if room else None


def _elapsed(call: Call, world: World) -> Judged:
    spans = [span for row in running_rows(call) if (span := row_made_at(row))] if call.status == 200 else []
    if not spans:
        return None
    # Rows of one answer were made at one moment; a second of slack for services that round instead of cutting off.
    latest_begin, earliest_end = max(begin for begin, _ in spans), min(end for _, end in spans)
    if latest_begin > earliest_end + 1000:
        return [
            Problem(f"by started and elapsed, two rows of one answer were made {latest_begin - earliest_end} ms apart")
        ]
    past = world.system_time
    told = whole(past.item.get("sysTime")) if past is not None and past.before(call) else None
    if past is not None and told is not None and earliest_end + _SKEW_MS < told:
        message = f"by started and elapsed it is {told - earliest_end} ms earlier than sysTime said before"
        return [Problem(message, (past,))]
    return FINE


def _rows_go_on(call: Call, world: World) -> Judged:
    judged: Judged = None
    for row, started in _starts(call):
        job = world.jobs.get(row.get("job_id", ""))
        if job is None or job.listed is None or not job.listed.before(call):
            continue
        judged = judged or FINE
        if _differ(started, milliseconds(job.row.get("started")), call):
            told = f"started of {job.id} changed from {job.row.get('started')} to {row.get('started')}"
            return [Problem(told, (job.listed,), key="started")]
        now, then = ELAPSED.fullmatch(str(row.get("elapsed"))), ELAPSED.fullmatch(str(job.row.get("elapsed")))
        if now and then and (int(now[1]), int(now[2])) < (int(then[1]), int(then[2])):
            return [Problem(f"elapsed of {job.id} went from {then[0]} back to {now[0]}", (job.listed,), key="elapsed")]
    return judged


def _differ(started: int | None, before: int | None, call: Call) -> bool:
    """Whether a start is another one than in the listing before; a 429 may leave it out, or count in seconds."""
    if call.status == 200:
        return started != before
    return started is not None and before is not None and abs(started - before) >= _SECOND_MS


def _starts(call: Call) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Yield the running jobs of a listing or a 429, each with its start: text in the one, a number in the other."""
    for row in running_rows(call) if call.status == 200 else ():
        yield row, milliseconds(row.get("started"))
    for rows in (busy_jobs(call) or {}).values():
        for row in rows:
            yield row, whole(row.get("started"))


def _start_is_creation(call: Call, world: World) -> Judged:
    judged: Judged = None
    for row, started in _starts(call):
        job = world.jobs.get(row.get("job_id", ""))
        created = job.latest.item.get("createTime") if job and job.latest else None
        if job is None or job.latest is None or started is None or not isinstance(created, int):
            continue
        judged = judged or FINE
        if abs(started - created) > _SKEW_MS:
            message = f"{job.id} has started and createTime {abs(started - created)} ms apart, which are one moment"
            return [Problem(message, (job.latest.call,))]
    return judged


def _only_running(call: Call, world: World) -> Judged:
    """A job that has ended or was cancelled is not listed; one that runs before and after a listing is in it."""
    if call.operation in LISTINGS:
        return _listed_are_running(call, world) if call.status == 200 else None
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is None or status_of(item) != GENERATING or world.may_be_cancelled(job):
            continue
        # What an account had may be out of reach, whether another one of its name is there or not.
        if job.gone or _account_gone(world, job.account):
            continue
        if world.listing is not None:
            judged = judged or FINE
        if job.unlisted is not None and job.unlisted.before(call):
            return [
                Problem(
                    f"{job.id} was running, but the scheduler did not list it", (job.first, job.unlisted), key="missing"
                )
            ]
    return judged


def _listed_are_running(call: Call, world: World) -> Judged:
    rows = {str(row.get("job_id")): row for row in running_rows(call)}
    for job_id in rows:
        job = world.jobs.get(job_id)
        if job is None:
            continue
        if job.final is not None and job.final.call.before(call):
            told = f"{job_id} is listed as running, though it had ended with status {job.final.status}"
            return [Problem(told, (job.final.call,), key="ended")]
        if job.cancelled is not None and job.cancelled.before(call):
            return [
                Problem(f"{job_id} is listed as running, though it was cancelled", (job.cancelled,), key="cancelled")
            ]
    return _between(call, world, set(rows))


def _between(call: Call, world: World, now: set[str]) -> Judged:
    middle, before = world.listing, world.listing_before
    if middle is None or before is None or not (before.before(middle) and middle.before(call)):
        return FINE
    skipped = {str(row.get("job_id")) for row in running_rows(before)} & now
    skipped -= {str(row.get("job_id")) for row in running_rows(middle)}
    if not skipped:
        return FINE
    return [
        Problem(
            f"{min(skipped)} is in this listing and in the last but one, but not in the one between them",
            (before, middle),
            key="between",
        )
    ]


def _account_gone(world: World, user_id: str) -> bool:
    account = world.accounts.get(user_id)
    return account is not None and account.gone is not None


def _repeats(call: Call, world: World) -> Judged:
    judged: Judged = None
    for row in running_rows(call) if call.status == 200 else ():
        job = world.jobs.get(row.get("job_id", ""))
        if job is None or job.order is None or not job.order.call.before(call):
            continue
        judged = judged or FINE
        for name in ("replyUrl", "replyRef"):
            wanted = job.order.sent.get(name) or None
            if (row.get(name) or None) != wanted:
                told = f"the order of {job.id} gave {name} {wanted!r}, and the scheduler lists {row.get(name)!r}"
                judged = [*judged, Problem(told, (job.order.call,), key=name)]
    return judged


def _cancel(call: Call, world: World) -> Judged:
    return _cancelling(call, world) if call.operation == "cancel_job" else _at_work(call, world)


def _at_work(call: Call, world: World) -> Judged:
    """Judge a cancel that found nothing at work by what is at work still."""
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(str(item.get("job_id")))
        refused = job.no_cancel if job is not None and not (world.may_be_cancelled(job) or job.gone) else None
        if job is None or refused is None or status_of(item) != GENERATING:
            continue
        if job.first.before(refused) and refused.before(call):
            told = f"{job.id} is at work, but cancelling it before was answered 404: {refused.error}"
            judged = [*(judged or ()), Problem(told, (refused,), key="refused")]
    return judged


def _cancelling(call: Call, world: World) -> Judged:
    job = world.job_of(call)
    if job is None or call.unclear or call.status in {401, 402, 429}:
        return None
    if job.cancelled is not None and job.cancelled.before(call):
        return _must(call, 404, f"{job.id} was cancelled before", job.cancelled)
    if job.final is not None and job.final.call.before(call):
        return _must(call, 404, f"{job.id} had ended with status {job.final.status}", job.final.call)
    return FINE if call.status in {204, 404} else None


def _must(call: Call, status: int, because: str, earlier: Call) -> Judged:
    if call.status == status:
        return FINE
    return [Problem(f"{because}, so cancelling it must be a {status}, but was answered {call.status}", (earlier,))]


def _goes_on(call: Call, world: World) -> Judged:
    """Judge that jobs do not fail because they were cancelled; one that fails may do so by itself."""
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(str(item.get("job_id")))
        if job is None or job.cancelled is None or not job.cancelled.before(call) or status_of(item) not in FINAL:
            continue
        failed, others = world.ends[True, True] + (job.final is None), world.ends[False, False]
        by_itself = status_of(item) != FAILED or world.ends[True, False] or world.ends[False, True]
        judged = judged or FINE
        if not by_itself and min(failed, others) >= _SOME:
            told = f"all {failed} jobs that were cancelled FAILED, and none of {others} others: they are to go on"
            judged = [Problem(told, (job.cancelled,))]
    return judged


RULES = (
    Rule(
        "available-adds-up",
        "`available` is `maxJobs` less `executing`, and `executing` counts the jobs listed.",
        _AVAILABLE,
        evidence=("D-78",),
        on=frozenset({"get_available_capacity"}),
        history=_sums,
    ),
    Rule(
        "available-is-sorted",
        "The account with most free slots stands first.",
        _AVAILABLE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-78",),
        on=frozenset({"get_available_capacity"}),
        single=_sorted,
    ),
    Rule(
        "available-has-the-limits",
        "An account's `maxJobs` is the one it was stored with.",
        _AVAILABLE,
        on=frozenset({"get_available_capacity"}),
        history=_limits,
    ),
    Rule(
        "available-has-all-accounts",
        "Every account has a row, full ones with 0.",
        _AVAILABLE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-78",),
        on=frozenset({"get_available_capacity"}),
        history=_all_accounts,
    ),
    Rule(
        "available-shows-all-room",
        "Every account that has free slots has a row.",
        _AVAILABLE,
        evidence=("D-78",),
        on=frozenset({"get_available_capacity"}),
        history=_room_is_shown,
    ),
    Rule(
        "elapsed-fits-started",
        "`elapsed` is the time since `started`: all rows of an answer tell the same moment.",
        _PAGE,
        evidence=("D-64", "D-77"),
        on=LISTINGS,
        history=_elapsed,
    ),
    Rule(
        "running-row-goes-on",
        "From one listing to the next, a job's `started` stays and its `elapsed` grows; a 429 has the same start.",
        _PAGE,
        on=LISTINGS | ORDERS,
        history=_rows_go_on,
    ),
    Rule(
        "start-is-creation",
        "A job's `started` is its item's `createTime`, give or take seconds.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-64",),
        on=LISTINGS | ORDERS,
        history=_start_is_creation,
    ),
    Rule(
        "scheduler-lists-what-runs",
        "The scheduler lists the jobs that run: none that ended or was cancelled, and none is left out.",
        _PAGE,
        evidence=("D-79",),
        on=LISTINGS | {"get_music", "list_music"},
        history=_only_running,
    ),
    Rule(
        "scheduler-repeats-the-order",
        "A running job shows the `replyUrl` and `replyRef` of its order, and none it did not have.",
        _PAGE,
        on=LISTINGS,
        history=_repeats,
    ),
    Rule(
        "cancel-works-once",
        "Only a running job can be cancelled, once: afterwards, or after its end, it is a 404.",
        "del-tempolor-scheduler-job_id",
        evidence=("D-79",),
        on=frozenset({"cancel_job", "get_music", "list_music"}),
        history=_cancel,
    ),
    Rule(
        "cancelled-job-is-still-there",
        "A cancelled job can still be read: the service goes on making it.",
        "del-tempolor-scheduler-job_id",
        evidence=("D-79",),
        on=POLLS,
        history=_goes_on,
    ),
)
