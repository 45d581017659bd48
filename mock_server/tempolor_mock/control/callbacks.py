"""Operations of the tag `callbacks`."""

import asyncio
from collections.abc import Sequence
from functools import partial

from ..domain.callbacks import Attempt, Callback, Outcome
from ..domain.clock import iso
from ..domain.world import World
from ..exchange import Answer, Call

JsonObject = dict[str, object]

SHOWN_AT_ONCE = 1000
"""How many callbacks are looked up in one transaction, so that requests get their turn between two of them."""


async def list_callbacks(call: Call) -> Answer:
    """Show the newest callbacks and what became of them."""
    given = call.parameters

    def read(world: World) -> list[JsonObject]:
        return _objects(world, world.callbacks.latest(given["limit"], job_id=given.get("job_id")))

    return Answer(200, {"callbacks": await call.run(read)})


async def shown(call: Call, items: Sequence[Callback]) -> list[JsonObject]:
    """Return any number of callbacks as the control plane shows them."""
    objects: list[JsonObject] = []
    for start in range(0, len(items), SHOWN_AT_ONCE):
        objects += await call.run(partial(_objects, items=items[start : start + SHOWN_AT_ONCE]))
        await asyncio.sleep(0)
    return objects


def _objects(world: World, items: Sequence[Callback]) -> list[JsonObject]:
    return [callback_object(world, each) for each in items]


def callback_object(world: World, callback: Callback) -> JsonObject:
    """Return a callback as the control plane shows it; a job that was deleted has no status any more."""
    shown: JsonObject = {"job_id": str(callback.job_id), "url": callback.url, "at": iso(callback.moment_ms)}
    job = world.jobs.get(callback.job_id.item_id)
    if job is not None:
        step = job.plan.steps[callback.step]
        shown |= {"status": step.status.name, "progress": step.progress}
    shown |= {"attempts": [_attempt_object(each) for each in callback.attempts], "outcome": callback.outcome.value}
    if callback.outcome is Outcome.DUE:
        shown["next"] = iso(callback.due_ms)
    return shown


def _attempt_object(attempt: Attempt) -> JsonObject:
    shown: JsonObject = {"at": iso(attempt.at_ms)}
    if attempt.status is not None:
        shown["status"] = attempt.status
    if attempt.error is not None:
        shown["error"] = attempt.error
    return shown
