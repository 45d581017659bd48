"""Callbacks to `replyUrl`: what is to be sent, when, and what became of it. Readings: `spec/DECISIONS.md`.

Settling a world makes the callbacks; a dispatcher takes those that are due, sends them, and tells what happened.
Callbacks of one job are sent in order, one at a time; one that keeps failing is given up and the next one follows.

An attempt's virtual moment is the one it was due at, so that the same calls always leave the same journal. A lease
says who is at a callback: whoever comes back with another lease than the one the callback shows has lost it.
"""

from collections.abc import Sequence
from enum import StrEnum

from . import errors
from .ids import CompositeId
from .jobs import Job
from .records import Record, replace
from .world import World

KEPT_CALLBACKS = 10_000
"""Of how many callbacks a world remembers the finished ones; pending callbacks are kept in any case."""


MOST_ATTEMPTS = 100
"""How many of a callback's attempts are remembered: somebody may send it again and again."""


class Outcome(StrEnum):
    """What became of a callback so far."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Attempt(Record, frozen=True):
    """One try: at which virtual moment, and the status that came back or what went wrong instead."""

    at_ms: int
    status: int | None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the callback: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Callback(Record, frozen=True, kw_only=True):
    """One callback of one step of a job's plan.

    `due_ms` is the virtual moment of the next try. While a dispatcher is at it, `leased_until_ms` (real time) keeps
    others away; a dispatcher that died leaves a lease that runs out.
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
    """Make the callback of a job's step, if its request had a `replyUrl`."""
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
    """Return callbacks to be sent now, at most one for each job, and keep other dispatchers away from them."""
    due = world.callbacks.due(world.now_ms, real_ms=world.real_ms, limit=limit)
    return [_held(world, callback, lease_ms) for callback in due]


def keep_hold(world: World, held: Callback, *, lease_ms: int) -> Callback | None:
    """Return a callback that was taken, with a new lease; None where it was cancelled, lost, or its world emptied."""
    callback = _still_held(world, held)
    if callback is None or callback.outcome is not Outcome.DUE:
        return None
    return _held(world, callback, lease_ms)


def release(world: World, held: Callback) -> None:
    """Give back a callback that was taken and not tried."""
    callback = _still_held(world, held)
    if callback is not None:
        world.callbacks.put(replace(callback, leased_until_ms=0))


def record(world: World, held: Callback, attempt: Attempt, *, retry: bool = True) -> Callback | None:
    """Note a try of a callback that was taken; return it as it now stands, or None where it was lost or is gone.

    A failure is the last one where `retry` is False, or all of the policy's back-off has been used.
    """
    callback = _still_held(world, held)
    if callback is None:
        return None
    callback = replace(callback, attempts=(*callback.attempts, attempt), leased_until_ms=0)
    if callback.outcome is Outcome.DUE:
        callback = _decided(callback, attempt, world.policy.callback_backoff_seconds if retry else ())
    world.callbacks.put(callback)
    if callback.outcome is not Outcome.DUE:
        _let_follow(world, callback, attempt)
    return callback


def record_again(world: World, number: int, attempt: Attempt) -> Callback:
    """Note that a callback was sent once more, and return it as it now stands; a ServiceError where it is gone."""
    callback = world.callbacks.get(number)
    if callback is None:
        raise errors.ServiceError(404, f"There is no callback {number}")
    outcome = Outcome.DELIVERED if attempt.succeeded else callback.outcome
    callback = replace(callback, attempts=(*callback.attempts, attempt)[-MOST_ATTEMPTS:], outcome=outcome)
    world.callbacks.put(callback)
    return callback


def take_next(world: World, callback: Callback, *, lease_ms: int) -> Callback | None:
    """Take what is to be sent next for the job of a callback that was just tried, if that is due by now."""
    pending = world.callbacks.pending(callback.job_id)
    if not pending or pending[0].due_ms > world.now_ms or pending[0].leased_until_ms > world.real_ms:
        return None
    return _held(world, pending[0], lease_ms)


def forget_old(world: World) -> None:
    """Forget finished callbacks but those among the world's newest."""
    oldest_kept = world.count("callbacks", 0) - KEPT_CALLBACKS + 1
    if oldest_kept > 1:
        world.callbacks.forget_finished(oldest_kept)


def cancel(world: World, job: Job) -> None:
    """Send no more callbacks of a job; what is on its way at this moment cannot be called back."""
    for callback in world.callbacks.pending(job.id):
        world.callbacks.put(replace(callback, outcome=Outcome.CANCELLED))


def _held(world: World, callback: Callback, lease_ms: int) -> Callback:
    callback = replace(callback, leased_until_ms=world.real_ms + lease_ms)
    world.callbacks.put(callback)
    return callback


def _still_held(world: World, held: Callback) -> Callback | None:
    callback = world.callbacks.get(held.number)
    if callback is None or (callback.job_id, callback.leased_until_ms) != (held.job_id, held.leased_until_ms):
        return None
    return callback


def _decided(callback: Callback, attempt: Attempt, backoff_seconds: Sequence[float]) -> Callback:
    if attempt.succeeded:
        return replace(callback, outcome=Outcome.DELIVERED)
    failures = len(callback.attempts)
    if failures > len(backoff_seconds):
        return replace(callback, outcome=Outcome.FAILED)
    return replace(callback, due_ms=callback.due_ms + round(backoff_seconds[failures - 1] * 1000))


def _let_follow(world: World, finished: Callback, attempt: Attempt) -> None:
    """Make the job's next callback due no earlier than the try that ended the one before it."""
    for following in world.callbacks.pending(finished.job_id)[:1]:
        if following.due_ms < attempt.at_ms:
            world.callbacks.put(replace(following, due_ms=attempt.at_ms))
