"""The one function that carries a world forward to now.

It runs at the start of every transaction and nowhere else, handles what fell due in the order of the virtual
moments, and costs what is due, not what is stored.
"""

from . import callbacks
from .ids import CompositeId
from .jobs import Job, Status
from .records import Record, replace
from .world import World


class Transition(Record, frozen=True):
    """A job reached its final status at a virtual moment."""

    job_id: CompositeId
    at_ms: int
    status: Status


def settle(world: World) -> list[Transition]:
    """Bring `world` up to its own now; return which jobs ended, in order."""
    transitions = []
    while (job := world.jobs.next_due(world.now_ms)) is not None:
        step = _settled_step(job)
        final = job.plan.steps[step].status.final
        world.jobs.put(replace(job, settled_steps=step + 1, active=not final))
        if job.plan.steps[step].told:
            callbacks.announce(world, job, step)
        if final:
            transitions.append(Transition(job.id, job.ends_ms, job.plan.end.status))
    if transitions:
        world.ended += [each.status for each in transitions]
    return transitions


def _settled_step(job: Job) -> int:
    """Return the step a job that is due has reached; where nobody is told of the others, that is the last one."""
    return job.settled_steps if job.request.reply_url else len(job.plan.steps) - 1
