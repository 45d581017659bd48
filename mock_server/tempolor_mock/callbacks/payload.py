"""A callback as it goes over the wire."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from .. import shapes
from ..domain.callbacks import Callback, Outcome
from ..domain.errors import ServiceError
from ..domain.jobs import Job
from ..domain.records import replace
from ..domain.world import World
from .sending import NoWebAddressError, RequestToSend, request_to_send

Finish = Callable[[shapes.JsonObject], shapes.JsonObject]
"""Returns the content of a callback with what an overlay adds to it."""

LONGEST_CHAIN = 5
"""How many callbacks in a row may cause the request for the next job, before it counts as a loop."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A callback that is being sent: its compact JSON, and how many callbacks led to it, this one included.

    `origin` is that of the page whose request it tells of, None where it was no page or one of the mock's own.
    """

    held: Callback
    body: bytes
    depth: int
    origin: str | None = None

    @property
    def loops(self) -> bool:
        """Whether it must not be sent, because a receiver asks for a new job at each callback of the one before."""
        return self.depth > LONGEST_CHAIN


def make_payload(world: World, held: Callback, finish: Finish | None = None) -> Payload | None:
    """Return what to send for a callback, or None where its job is gone, which ends the callback."""
    job = world.jobs.get(held.job_id.item_id)
    if job is None:
        world.callbacks.put(replace(held, outcome=Outcome.CANCELLED))
        return None
    return _payload(world, held, job, finish)


def make_again(world: World, number: int, finish: Finish | None = None) -> Payload:
    """Return what to send for a callback once more; a ServiceError where that cannot be."""
    callback = world.callbacks.get(number)
    if callback is None:
        raise ServiceError(404, f"There is no callback {number}")
    if callback.outcome is Outcome.DUE:
        raise ServiceError(400, f"Callback {number} is still to be sent: it is due when its moment comes")
    job = world.jobs.get(callback.job_id.item_id)
    if job is None:
        raise ServiceError(400, f"Callback {number} tells of a job that was deleted")
    return _payload(world, callback, job, finish)


def request_of(world: World, callback: Callback, finish: Finish | None = None) -> RequestToSend | None:
    """Return a callback as it was or will be sent; None where its job is gone, or its `replyUrl` is no web address."""
    job = world.jobs.get(callback.job_id.item_id)
    if job is None:
        return None
    payload = _payload(world, callback, job, finish)
    try:
        return request_to_send(callback.url, payload.body, payload.depth)
    except NoWebAddressError:
        return None


def _payload(world: World, callback: Callback, job: Job, finish: Finish | None) -> Payload:
    request = job.request
    origin = None if request.origin == request.base_url else request.origin
    content = _content(world, job, callback.moment_ms)
    if finish is not None:
        content = finish(content)
    return Payload(callback, orjson.dumps(content), request.depth + 1, origin)


def _content(world: World, job: Job, at_ms: int) -> shapes.JsonObject:
    """Return what GET music/job_id showed at a virtual moment, with what its request said about callbacks."""
    content = shapes.music_item(job, world, job.request.base_url, at_ms=at_ms)
    content["replyUrl"] = job.request.reply_url
    if job.request.reply_ref:
        content["replyRef"] = job.request.reply_ref
    return content
