"""Operations of the tag `journal`."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..domain.errors import ServiceError
from ..domain.ids import CompositeId
from ..domain.world import World
from ..exchange import Answer, Call
from ..journal import Filters, JsonObject, Shown
from .callbacks import callback_object

MOST_CALLBACKS = 100
"""How many callbacks of a job are shown: more than the steps of any plan."""


async def list_requests(call: Call) -> Answer:
    """List requests of the world."""
    given = call.parameters
    limit = 0 if given["count"] else given["limit"]
    page = await call.worlds.journal.find(call.owner, _filters(given), limit=limit, brief=given["brief"])
    counts = {
        "matched": page.matched,
        "kept": page.counts.kept,
        "dropped": page.counts.dropped,
        "last": page.counts.last,
    }
    return Answer(200, {"requests": await _with_jobs(call, page.requests), **counts})


async def get_request(call: Call) -> Answer:
    """Show one request of the world."""
    number = call.parameters["number"]
    found = await call.worlds.journal.get(call.owner, number)
    if found is None:
        raise ServiceError(404, f"Request {number} is not in the journal")
    (shown,) = await _with_jobs(call, [found])
    return Answer(200, shown)


async def delete_requests(call: Call) -> Answer:
    """Empty the world's journal."""
    return Answer(200, {"deleted": await call.worlds.journal.clear(call.owner)})


def _filters(given: Mapping[str, Any]) -> Filters:
    return Filters(**{name: given[name] for name in Filters.__struct_fields__ if name in given})


async def _with_jobs(call: Call, requests: Sequence[Shown]) -> list[JsonObject]:
    """Return requests with the jobs they started, as these are now."""
    job_ids = {job_id for each in requests for job_id in each.jobs}
    jobs = await call.run(lambda world: _jobs(world, job_ids)) if job_ids else {}
    return [each.facts | {"jobs": [jobs[job_id] for job_id in each.jobs]} for each in requests]


def _jobs(world: World, job_ids: set[str]) -> dict[str, JsonObject]:
    """Return jobs by id, as they are now, with their callbacks."""
    return {job_id: _job_object(world, job_id) for job_id in job_ids}


def _job_object(world: World, job_id: str) -> JsonObject:
    sent = reversed(world.callbacks.latest(MOST_CALLBACKS, job_id=job_id))
    job = world.jobs.get(CompositeId.parse(job_id, "job", name="job_id").item_id)
    step = job.step(world.now_ms) if job else None
    return {
        "job_id": job_id,
        "status": step.status.name if step else None,
        "progress": step.progress if step else None,
        "callbacks": [callback_object(world, each) for each in sent],
    }
