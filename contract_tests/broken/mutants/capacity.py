"""Mutants in slots: when an account is busy, and what it says then."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from itertools import count
from typing import Any, Final

from tempolor_mock.domain import errors, music, scheduler
from tempolor_mock.domain.records import replace
from tempolor_mock.pipeline import Pipeline
from tempolor_mock.waiting import in_task

from ..mutant import Kind, Patch
from ..rewriting import ORDERS, at, edit, rewritten, without
from ..switching import Make, swap, switched


def _all_jobs(world: Any, user_id: str) -> int:
    return sum(job.id.user_id == user_id for job in world.jobs)


def _admission(is_busy: Callable[[Any, Any, int], bool]) -> Make:
    """Admit by another decision: `is_busy` tells whether an account is busy."""

    def make(_found: Any) -> Any:
        def admit(world: Any, account: Any, limit: int) -> None:
            if is_busy(world, account, limit):
                running = world.jobs.active(account.user_id)
                rows = {account.user_id: [_entry(job) for job in running]}
                raise errors.account_busy(rows, world.policy.account_busy_text)

        return admit

    return make


def _active(world: Any, account: Any) -> int:
    return int(world.jobs.count_active(account.user_id))


def _admitted_side_by_side() -> tuple[Patch, ...]:
    """Count only the jobs that ran when a request arrived: of requests that arrive together, none sees another's."""
    moment, arrived, started = count(1), ContextVar("arrived", default=0), dict[Any, int]()

    def answer(original: Any) -> Any:
        async def answered(self: Any, request: Any) -> Any:
            if request.method == "POST":
                await in_task()
                arrived.set(next(moment))
                # Long enough for those who were sent together to have arrived.
                await asyncio.sleep(_TOGETHER_SECONDS)
            return await original(self, request)

        return answered

    def start(original: Any) -> Any:
        def begun(*given: Any, **named: Any) -> Any:
            outcome = original(*given, **named)
            started.update((job.id, next(moment)) for job in outcome.jobs)
            return outcome

        return begun

    def is_busy(world: Any, account: Any, limit: int) -> bool:
        jobs = world.jobs.active(account.user_id)
        return sum(started.get(job.id, 0) < arrived.get() for job in jobs) >= limit

    return (
        Patch(Pipeline, "answer", answer),
        Patch(music, "start", start),
        Patch(music, "_admit", _admission(is_busy)),
    )


def _cancelled_keeps_slot() -> tuple[Patch, ...]:
    cancelled: dict[str, Any] = {}

    def cancel(original: Any) -> Any:
        def done(world: Any, job_id: str) -> None:
            original(world, job_id)
            cancelled[job_id] = world.jobs.get(job_id.rpartition(":")[2])

        return done

    def is_busy(world: Any, account: Any, limit: int) -> bool:
        held = [job for job in cancelled.values() if job.id.user_id == account.user_id and job.ends_ms > world.now_ms]
        return _active(world, account) + len(held) >= limit

    return Patch(scheduler, "cancel", cancel), Patch(music, "_admit", _admission(is_busy))


def _namesakes_together() -> tuple[Patch, ...]:
    """Count the jobs of all users on accounts of one name."""
    worlds: dict[Any, Any] = {}

    def is_busy(world: Any, account: Any, limit: int) -> bool:
        worlds[world.token] = world
        return sum(_active(each, account) for each in worlds.values()) >= limit

    return (Patch(music, "_admit", _admission(is_busy)),)


def _sticky_limit(admit: Any) -> Any:
    def admitted(world: Any, account: Any, limit: int) -> None:
        world.accounts[account.user_id] = replace(account, max_jobs=limit)
        admit(world, account, limit)

    return admitted


def _busy_with_ended(_found: Any) -> Any:
    def admit(world: Any, account: Any, limit: int) -> None:
        if _active(world, account) >= limit:
            mine = [job for job in world.jobs if job.id.user_id == account.user_id]
            rows = {account.user_id: [_entry(job) for job in mine]}
            raise errors.account_busy(rows, world.policy.account_busy_text)

    return admit


def _songs(world: Any, account: Any) -> int:
    return sum(job.kind == "song" for job in world.jobs.active(account.user_id))


def _started_anyway(start: Any) -> Any:
    def started(world: Any, kind: Any, request: Any, fault: Any = None) -> Any:
        try:
            return start(world, kind, request, fault)
        except errors.ServiceError as refusal:
            if refusal.code == 429:
                start(world, kind, replace(request, max_jobs=1000), fault)
            raise

    return started


_TOGETHER_SECONDS: Final = 0.02
_rewrite = partial(rewritten, Kind.CAPACITY)
_switch = partial(switched, Kind.CAPACITY)
_entry = music._running_entry  # noqa: SLF001 - a 429 shows a job in one way only
_ADMIT: Final = partial(swap, music, "_admit")
_RULES: Final = "valid-orders-are-taken busy-only-when-full account-limit-is-exact own-limit-replaces-the-accounts"

MUTANTS: Final = (
    _rewrite(
        "busy-starts-later",
        "In a 429 jobs have started seconds later than in the scheduler.",
        "running-row-goes-on",
        lambda: edit(ORDERS, at("runningJobs.*.*.started", lambda started: started + 2500), 429),
    ),
    _rewrite(
        "busy-lists-one-less",
        "A 429 counts more running jobs than it lists.",
        "busy-body-is-one-of-two",
        lambda: edit([], at("runningJobs.*", lambda jobs: jobs[1:]), 429),
    ),
    _rewrite(
        "busy-hides-the-reference",
        "A running job in a 429 has no `replyRef`.",
        "busy-repeats-the-order",
        lambda: edit([], at("runningJobs.*.*", without("replyRef")), 429),
    ),
    _rewrite(
        "busy-under-no-key",
        "The jobs in a 429 stand in a list, not under their account.",
        "busy-body-is-one-of-two error-envelope",
        lambda: edit([], at("runningJobs", lambda jobs: [row for rows in jobs.values() for row in rows]), 429),
    ),
    _switch(
        "never-busy",
        "No account is ever busy.",
        "full-is-busy account-limit-is-exact own-limit-replaces-the-accounts",
        _ADMIT(_admission(lambda _world, _account, _limit: False)),
    ),
    _switch(
        "busy-one-early",
        "An account is busy one job too early.",
        _RULES,
        _ADMIT(_admission(lambda world, account, limit: _active(world, account) + 1 >= limit)),
    ),
    _switch(
        "busy-one-late",
        "An account is busy one job too late.",
        "full-is-busy account-limit-is-exact own-limit-replaces-the-accounts",
        _ADMIT(_admission(lambda world, account, limit: _active(world, account) > limit)),
    ),
    _switch(
        "admitted-side-by-side",
        "Orders that arrive at the same moment do not see each other: all of them are taken, whatever the limit.",
        "account-limit-is-exact",
        _admitted_side_by_side,
    ),
    _switch(
        "even-limits-are-one-late",
        "An account with an even limit takes an order when it has reached it.",
        "account-limit-is-exact full-is-busy",
        _ADMIT(_admission(lambda world, account, limit: _active(world, account) >= limit + (limit % 2 == 0))),
    ),
    _switch(
        "namesakes-share-their-slots",
        "The jobs of another user's account of the same name take slots.",
        "ids-belong-to-their-user busy-body-is-one-of-two busy-only-when-full",
        _namesakes_together,
    ),
    _switch(
        "slot-kept-after-end",
        "A job that has ended keeps its slot.",
        f"slot-is-freed-by-completion {_RULES}",
        _ADMIT(_admission(lambda world, account, limit: _all_jobs(world, account.user_id) >= limit)),
    ),
    _switch(
        "slot-kept-after-cancel",
        "A cancelled job keeps its slot until it ends.",
        f"slot-is-freed-by-cancel {_RULES}",
        _cancelled_keeps_slot,
    ),
    _switch(
        "own-limit-ignored",
        "`maxJobs` of an order is ignored.",
        "own-limit-replaces-the-accounts full-is-busy busy-only-when-full",
        _ADMIT(_admission(lambda world, account, _limit: _active(world, account) >= account.max_jobs)),
    ),
    _switch(
        "own-limit-stays",
        "`maxJobs` of an order becomes the account's.",
        "own-limit-replaces-the-accounts available-has-the-limits account-limit-is-exact account-round-trips",
        _ADMIT(_sticky_limit),
    ),
    _switch(
        "slots-shared-by-accounts",
        "The jobs of all accounts count for each.",
        f"{_RULES} busy-body-is-one-of-two",
        _ADMIT(_admission(lambda world, _account, limit: len(world.jobs.active()) >= limit)),
    ),
    _switch(
        "busy-lists-ended-jobs",
        "A 429 lists jobs that have ended.",
        "busy-lists-only-running busy-body-is-one-of-two",
        _ADMIT(_busy_with_ended),
    ),
    _rewrite(
        "busy-started-in-seconds",
        "`started` of a running job in a 429 is in seconds.",
        "start-is-creation running-row-goes-on error-envelope",
        lambda: edit([], at("runningJobs.*.*.started", lambda stamp: stamp // 1000), 429),
    ),
    _switch(
        "own-limit-capped",
        "`maxJobs` of an order counts only where it is lower than the account's.",
        "own-limit-replaces-the-accounts busy-only-when-full",
        _ADMIT(_admission(lambda world, account, limit: _active(world, account) >= min(limit, account.max_jobs))),
    ),
    _switch(
        "instrumentals-take-no-slot",
        "Only songs take slots.",
        "account-limit-is-exact full-is-busy busy-only-when-full own-limit-replaces-the-accounts",
        _ADMIT(_admission(lambda world, account, limit: _songs(world, account) >= limit)),
    ),
    _switch(
        "refused-but-started",
        "An order that is refused as busy starts its jobs all the same.",
        "refused-order-starts-nothing scheduler-lists-what-runs busy-body-is-one-of-two",
        swap(music, "start", _started_anyway),
    ),
    _rewrite(
        "busy-without-url",
        "A running job in a 429 does not show its `replyUrl`.",
        "busy-repeats-the-order",
        lambda: edit(["create_song"], at("runningJobs.*.*", without("replyUrl")), 429),
    ),
)
