"""A callback as it goes over the wire."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from .. import shapes
from ..domain.callbacks import Callback, Outcome
from ..domain.jobs import Job
from ..domain.records import replace
from ..domain.world import World

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


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of one try: a status, or what went wrong instead; after some errors another try is of no use."""

    status: int | None = None
    error: str | None = None
    retry: bool = True
    timed_out: bool = False


def make_payload(world: World, held: Callback, finish: Finish | None = None) -> Payload | None:
    """Return what to send for a callback, or None where its job is gone, which ends the callback."""
    job = world.jobs.get(held.job_id.item_id)
    if job is None:
        world.callbacks.put(replace(held, outcome=Outcome.CANCELLED))
        return None
    request = job.request
    origin = None if request.origin == request.base_url else request.origin
    content = _content(world, job, held.moment_ms)
    if finish is not None:
        content = finish(content)
    return Payload(held, orjson.dumps(content), request.depth + 1, origin)


def _content(world: World, job: Job, at_ms: int) -> shapes.JsonObject:
    """Return what GET music/job_id showed at a virtual moment, with what its request said about callbacks."""
    content = shapes.music_item(job, world, job.request.base_url, at_ms=at_ms)
    content["replyUrl"] = job.request.reply_url
    if job.request.reply_ref:
        content["replyRef"] = job.request.reply_ref
    return content
