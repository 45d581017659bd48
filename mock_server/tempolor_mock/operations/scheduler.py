"""Operations of the tag `scheduler`."""

from ..domain import scheduler
from ..domain.clock import iso, minutes_seconds
from ..domain.jobs import Job
from ..domain.world import World
from ..exchange import Answer, Call
from ..shapes import JsonObject, capacity_object


def list_running_jobs(_call: Call, world: World) -> Answer:
    """Return every job the scheduler tracks."""
    return Answer(200, _executing(world))


def get_available_capacity(_call: Call, world: World) -> Answer:
    """Return the running jobs and the free slots of every account."""
    rows = [capacity_object(row) for row in scheduler.capacity(world)]
    return Answer(200, {"executing": _executing(world), "available": rows})


def cancel_job(call: Call, world: World) -> Answer:
    """Stop tracking a running job."""
    scheduler.cancel(world, call.parameters["job_id"])
    return Answer(204)


def _executing(world: World) -> list[JsonObject]:
    return [_running_object(job, world.now_ms) for job in scheduler.running(world)]


def _running_object(job: Job, now_ms: int) -> JsonObject:
    shown: JsonObject = {
        "job_id": str(job.id),
        "started": iso(job.created_ms),
        "elapsed": minutes_seconds(now_ms - job.created_ms),
    }
    if job.request.reply_url:
        shown["replyUrl"] = job.request.reply_url
    if job.request.reply_ref:
        shown["replyRef"] = job.request.reply_ref
    return shown
