"""Operations of the tag `callbacks`."""

import asyncio
from collections.abc import Sequence
from functools import partial

from ..callbacks.payload import Finish, request_of
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

    def read(world: World) -> Sequence[Callback]:
        return world.callbacks.latest(given["limit"], job_id=given.get("job_id"))

    return Answer(200, {"callbacks": await shown(call, await call.run(read), with_requests=True)})


async def send_callback(call: Call) -> Answer:
    """Send a callback again."""
    again = await call.worlds.dispatcher.send_again(call.owner, call.parameters["number"])
    (object_,) = await shown(call, [again], with_requests=True)
    return Answer(200, object_)


async def shown(call: Call, items: Sequence[Callback], *, with_requests: bool) -> list[JsonObject]:
    """Return any number of callbacks as the control plane shows them."""
    show = partial(_with_request, finish=call.worlds.finish_callback) if with_requests else callback_object
    objects: list[JsonObject] = []
    for start in range(0, len(items), SHOWN_AT_ONCE):
        part = items[start : start + SHOWN_AT_ONCE]
        objects += await call.run(lambda world: [show(world, each) for each in part])  # noqa: B023 - runs at once
        await asyncio.sleep(0)
    return objects


def _with_request(world: World, callback: Callback, finish: Finish | None) -> JsonObject:
    shown = callback_object(world, callback)
    if (request := request_of(world, callback, finish)) is not None:
        shown["request"] = {"headers": dict(request.headers), "body": request.body.decode()}
    return shown


def callback_object(world: World, callback: Callback) -> JsonObject:
    """Return a callback as the control plane shows it; a job that was deleted has no status any more."""
    shown: JsonObject = {
        "number": callback.number,
        "job_id": str(callback.job_id),
        "url": callback.url,
        "at": iso(callback.moment_ms),
    }
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
