"""Reports to `replyUrl`: what is to be sent, when, and what became of it. Readings: `spec/DECISIONS.md`.

Settling a world makes the reports; a courier takes those that are due, sends them, and tells what happened. Reports of
one job are sent in order, one at a time; a report that keeps failing is given up and the next one follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .ids import CompositeId
from .jobs import Job
from .world import World


class Outcome(StrEnum):
    """What became of a report so far."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: at which virtual moment, and the status that came back or what went wrong instead."""

    at_ms: int
    status: int | None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the report: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One report of one step of a job's plan.

    `due_ms` is the virtual moment of the next try. While a courier is at it, `leased_until_ms` (real time) keeps
    others away; a courier that died leaves a lease that runs out.
    """

    number: int
    job_id: CompositeId
    url: str
    step: int
    moment_ms: int
    due_ms: int
    attempts: tuple[Attempt, ...] = ()
    outcome: Outcome = Outcome.DUE
    leased_until_ms: int = 0


def announce(world: World, job: Job, step: int) -> None:
    """Make the report of a job's step, if the job has somebody to report to."""
    if job.request.reply_url is None:
        return
    moment = job.created_ms + job.plan.steps[step].age_ms
    world.callbacks.put(
        Callback(
            number=world.count("callbacks"),
            job_id=job.id,
            url=job.request.reply_url,
            step=step,
            moment_ms=moment,
            due_ms=moment,
        )
    )


def take_due(world: World, *, lease_ms: int, limit: int) -> Sequence[Callback]:
    """Return reports to be sent now, at most one for each job, and keep other couriers away from them."""
    taken = [
        replace(callback, leased_until_ms=world.real_ms + lease_ms)
        for callback in world.callbacks.due(world.now_ms, real_ms=world.real_ms, limit=limit)
    ]
    for callback in taken:
        world.callbacks.put(callback)
    return taken


def record(world: World, number: int, attempt: Attempt) -> Callback | None:
    """Note a try; return the report as it now stands, or None where it is gone (its world was emptied)."""
    callback = world.callbacks.get(number)
    if callback is None:
        return None
    callback = replace(callback, attempts=(*callback.attempts, attempt), leased_until_ms=0)
    if callback.outcome is Outcome.DUE:
        callback = _decided(callback, attempt, world.policy.callback_backoff_seconds)
    world.callbacks.put(callback)
    return callback


def _decided(callback: Callback, attempt: Attempt, backoff_seconds: Sequence[float]) -> Callback:
    if attempt.succeeded:
        return replace(callback, outcome=Outcome.DELIVERED)
    failures = len(callback.attempts)
    if failures > len(backoff_seconds):
        return replace(callback, outcome=Outcome.FAILED)
    return replace(callback, due_ms=callback.due_ms + round(backoff_seconds[failures - 1] * 1000))


def cancel(world: World, job: Job) -> None:
    """Send no more reports of a job."""
    for callback in world.callbacks.pending(job.id):
        world.callbacks.put(replace(callback, outcome=Outcome.CANCELLED))
