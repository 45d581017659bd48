"""Running jobs and free slots. Source: the scheduler pages."""

from dataclasses import dataclass

from . import accounts, callbacks, errors
from .ids import CompositeId
from .jobs import Job
from .world import World


@dataclass(frozen=True, slots=True)
class Capacity:
    """The slots of one account."""

    user_id: str
    max_jobs: int
    executing: int
    available: int


def running(world: World) -> list[Job]:
    """Return every tracked job of every account, oldest first."""
    return list(world.jobs.active())


def capacity(world: World) -> list[Capacity]:
    """Return the slots of every account, most free ones first."""
    rows = [
        Capacity(
            user_id=account.user_id,
            max_jobs=account.max_jobs,
            executing=world.jobs.count_active(account.user_id),
            available=accounts.free_slots(world, account),
        )
        for account in world.accounts.values()
    ]
    return sorted(rows, key=lambda row: (-row.available, row.user_id))


def cancel(world: World, job_id: str) -> None:
    """Stop tracking a running job: its slot is free at once, the generation itself goes on."""
    wanted = CompositeId.parse(job_id, "job", name="job_id")
    job = world.jobs.get(wanted.item_id)
    if job is None or job.id != wanted or not job.active:
        raise errors.not_running()
    callbacks.cancel(world, job)
    world.jobs.put(job.released())
