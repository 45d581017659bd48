"""The one function that carries a world forward to now.

It runs at the start of every transaction and nowhere else, handles what fell due in the order of the virtual
moments, and costs what is due, not what is stored.
"""

from dataclasses import dataclass

from .ids import CompositeId
from .jobs import Status
from .world import World


@dataclass(frozen=True, slots=True)
class Transition:
    """A job reached its final status at a virtual moment."""

    job_id: CompositeId
    at_ms: int
    status: Status


def settle(world: World) -> list[Transition]:
    """Bring `world` up to its own now; return what happened, in order."""
    transitions = []
    while (job := world.jobs.next_to_end(world.now_ms)) is not None:
        world.jobs.put(job.released())
        transitions.append(Transition(job.id, job.ends_ms, job.plan.end.status))
    return transitions
