"""Finds jobs whose final callback had not come when a recording ended, though those of others came at once."""

from collections.abc import Iterable
from typing import Final

from ..document.call import CALLBACK, Call
from ..rules.history.records import Job
from ..rules.history.world import World
from ..rules.rule import Problem

_SOME: Final = 3
"""So many final callbacks show that somebody listens, and how soon they come."""
_AT_ONCE: Final = 1.0
_LATE: Final = 5.0
"""Seconds by the recorder's clock, from the first poll that showed the end of a job."""


def lost_callbacks(worlds: Iterable[World], last: Call) -> Problem | None:
    """Return what is wrong if several jobs ended well before the last call of a recording, and were not reported.

    One may be on its way still; of a recording without times nothing is said.
    """
    jobs = [job for world in worlds for job in world.jobs.values() if job.final is not None and _is_due(world, job)]
    if not last.exchange.started or any(not each.call.accepted for job in jobs for each in job.callbacks):
        return None
    finals = [(job, each.call) for job in jobs for each in job.callbacks if each.final]
    prompt = all(_since(job, call) <= _AT_ONCE for job, call in finals)
    reported = {job.id for job, _ in finals}
    latest = {job.receiver: call for job, call in sorted(finals, key=lambda each: each[1].exchange.started)}
    # Who is told of the end of a later one listens still.
    lost = [
        job
        for job in jobs
        if job.id not in reported and job.receiver in latest and _since(job, latest[job.receiver]) > 0
    ]
    waiting = [job for job in lost if _since(job, last) >= _LATE]
    if len(finals) < _SOME or len(waiting) < _SOME - 1 or not prompt:
        return None
    told = f"{len(waiting)} jobs have ended, {waiting[0].id} first, but no final callback of them came"
    ends = tuple(job.final.call for job in waiting[:_SOME] if job.final is not None)
    return Problem(f"{told}, while those of {len(finals)} others came at once", ends, key="lost")


def _is_due(world: World, job: Job) -> bool:
    return bool(job.receiver) and not (world.may_be_cancelled(job) or job.gone)


def _since(job: Job, call: Call) -> float:
    """Return how long before a call a job was seen to have ended, in seconds; a callback shows it itself."""
    if job.final is None or job.final.call.operation == CALLBACK:
        return 0.0
    return call.exchange.started - job.final.call.exchange.finished
