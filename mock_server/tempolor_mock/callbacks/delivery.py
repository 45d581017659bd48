"""Sending what is due in one world: one callback at a time for each job, all jobs at once, within bounds."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from ..domain import callbacks
from ..domain.callbacks import Attempt, Callback, Outcome
from ..domain.errors import ServiceError
from ..domain.ids import Token
from ..domain.world import World
from ..worlds import Worlds
from .allowed_origins import AllowedOrigins, origin_not_allowed
from .payload import Payload, make_again, make_payload
from .sending import NoWebAddressError, Sender, SendResult, origin_of, request_to_send

logger = logging.getLogger("tempolor.mock")

CONNECTIONS_PER_RECEIVER = 16
"""At most so many callbacks of one world are on their way to one receiver at a time; the others wait in a queue."""

LEASE_MARGIN_SECONDS = 10
"""How much longer than a try may take a callback is kept from other dispatchers."""

BATCH = 500
"""How many callbacks are taken in one transaction, so that requests get their turn between two of them."""

T = TypeVar("T")
Seen = dict[int, Callback]
OpenSender = Callable[[str], AbstractAsyncContextManager[Sender]]
"""Lends what sends callbacks to a receiver."""


@dataclass(slots=True)
class ReceiverQueue:
    """The callbacks waiting for one receiver; it `hangs` once it kept somebody waiting who advances the clock."""

    waiting: deque[Callback] = field(default_factory=deque)
    workers: int = 0
    hangs: bool = False


class WorldDelivery:
    """Sends the callbacks of one world.

    `slots` bound how many are on their way at a time, all worlds together; `left` is called whenever there is nothing
    left to do, `failed` when callbacks keep their lease because the store could not be used. A callback that waited in
    the queue is looked at again in the moment it is sent: one that was cancelled meanwhile stays here.
    """

    def __init__(  # noqa: PLR0913 - the seams to the dispatcher
        self,
        token: Token,
        worlds: Worlds,
        open_sender: OpenSender,
        slots: asyncio.Semaphore,
        *,
        left: Callable[[], object],
        failed: Callable[[], object],
    ) -> None:
        self._token = token
        self._worlds = worlds
        self._open_sender = open_sender
        self._slots = slots
        self._origins = AllowedOrigins(worlds.settings.allowed_callback_origins)
        self._left = left
        self._failed = failed
        self._queues: dict[str, ReceiverQueue] = {}
        self._held: dict[int, Callback] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._watchers: list[Seen] = []
        self._collecting = 0

    @property
    def watched(self) -> bool:
        """Whether somebody who advances the clock waits for the callbacks that are due."""
        return bool(self._watchers)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Seen]:
        """Collect the callbacks that are sent, or should have been, as they last stood, by number."""
        seen: Seen = {}
        self._watchers.append(seen)
        try:
            yield seen
        finally:
            self._watchers = [each for each in self._watchers if each is not seen]
            self._leave_if_done()

    async def collect(self) -> None:
        """Take all that is due and begin to send it; in a world that stands still only if somebody waits for it."""
        self._collecting += 1
        try:
            while len(taken := await self._run(self._take)) == BATCH:
                self._enqueue(taken)
            self._enqueue(taken)
        finally:
            self._collecting -= 1
            self._leave_if_done()

    async def finished(self) -> None:
        """Wait until all that was taken is sent or given back."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def close(self) -> None:
        """Break off what is on its way, and give everything back for another dispatcher."""
        held = list(self._held.values())
        await asyncio.gather(*self.break_off(), return_exceptions=True)
        if held:
            await self._run(lambda world: _release_all(world, held))

    def break_off(self) -> Iterable[asyncio.Task[None]]:
        """Forget what waits in the queue and break off what is on its way; return the tasks that are ending."""
        self._held.clear()
        for queue in self._queues.values():
            queue.waiting.clear()
        for worker in self._workers:
            worker.cancel()
        return tuple(self._workers)

    async def _run(self, action: Callable[[World], T]) -> T:
        return await self._worlds.run(self._token, action)

    @property
    def _lease_ms(self) -> int:
        return lease_ms(self._worlds)

    def _take(self, world: World) -> Sequence[Callback]:
        callbacks.forget_old(world)
        if self._stands_still(world):
            return ()
        return callbacks.take_due(world, lease_ms=self._lease_ms, limit=BATCH)

    def _stands_still(self, world: World) -> bool:
        return world.clock.frozen and not self.watched

    def _enqueue(self, taken: Iterable[Callback]) -> None:
        for held in taken:
            self._see(held)
            self._held[held.number] = held
            receiver = _receiver(held.url)
            queue = self._queues.setdefault(receiver, ReceiverQueue())
            queue.waiting.append(held)
            if queue.workers < CONNECTIONS_PER_RECEIVER:
                self._start_worker(receiver, queue)

    def _see(self, callback: Callback) -> None:
        for seen in self._watchers:
            seen[callback.number] = callback

    def _start_worker(self, receiver: str, queue: ReceiverQueue) -> None:
        queue.workers += 1
        worker = asyncio.get_running_loop().create_task(self._work(receiver, queue))
        self._workers.add(worker)
        worker.add_done_callback(lambda worker: self._worker_left(worker, receiver, queue))

    def _worker_left(self, worker: asyncio.Task[None], receiver: str, queue: ReceiverQueue) -> None:
        self._workers.discard(worker)
        queue.workers -= 1
        if not queue.workers:
            self._queues.pop(receiver, None)
            for held in queue.waiting:
                self._held.pop(held.number, None)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            log_failure(f"callbacks to {receiver} could not be sent", error)
            self._failed()
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if not (self._workers or self._watchers or self._collecting):
            self._left()

    async def _work(self, receiver: str, queue: ReceiverQueue) -> None:
        async with self._open_sender(receiver) as sender:
            while queue.waiting:
                async with self._slots:
                    if queue.waiting:
                        await self._send(queue, queue.waiting.popleft(), sender)

    async def _send(self, queue: ReceiverQueue, held: Callback, sender: Sender) -> None:
        """Send a callback, and then all that is due next for the same job."""
        payload = await self._run(lambda world: self._begin(world, queue, held))
        while payload is not None:
            result = await self._try(sender, payload)
            queue.hangs |= result.timed_out and self.watched
            sent = payload
            tried, payload = await self._run(lambda world: self._go_on(world, queue, sent, result))  # noqa: B023 - runs at once
            self._count(result, tried)

    def _count(self, result: SendResult, tried: Callback | None) -> None:
        metrics = self._worlds.metrics
        metrics.attempted(result.status)
        if tried is not None and tried.outcome is not Outcome.DUE:
            metrics.callbacks[tried.outcome.value] += 1

    async def send_again(self, number: int) -> Callback:
        """Send a callback once more that was delivered or given up; a ServiceError where there is nothing to send."""
        self._collecting += 1
        try:
            payload = await self._run(lambda world: make_again(world, number, self._worlds.finish_callback))
            async with self._open_sender(_receiver(payload.held.url)) as sender, self._slots:
                result = await self._try(sender, payload)
            return await self._run(
                lambda world: callbacks.record_again(world, number, Attempt(world.now_ms, result.status, result.error))
            )
        finally:
            self._collecting -= 1
            self._leave_if_done()

    async def _try(self, sender: Sender, payload: Payload) -> SendResult:
        if payload.loops:
            return SendResult(error="loop: callbacks keep causing the requests that cause them", retry=False)
        if payload.origin is not None and not self._origins.allow(payload.origin):
            return SendResult(error=origin_not_allowed(payload.origin), retry=False)
        try:
            request = request_to_send(payload.held.url, payload.body, payload.depth)
        except NoWebAddressError:
            return SendResult(error="not an http or https address", retry=False)
        return await sender.send(request)

    def _begin(self, world: World, queue: ReceiverQueue, held: Callback) -> Payload | None:
        self._held.pop(held.number, None)
        if queue.hangs or self._stands_still(world):
            callbacks.release(world, held)
            return None
        kept = callbacks.keep_hold(world, held, lease_ms=self._lease_ms)
        if kept is not None:
            return self._payload(world, kept)
        if (lost := world.callbacks.get(held.number)) is not None:
            self._see(lost)
        return None

    def _go_on(
        self, world: World, queue: ReceiverQueue, payload: Payload, result: SendResult
    ) -> tuple[Callback | None, Payload | None]:
        """Note a try; return its callback as it stands now, and what is to be sent next."""
        self._held.pop(payload.held.number, None)
        attempt = Attempt(payload.held.due_ms, result.status, result.error)
        tried = callbacks.record(world, payload.held, attempt, retry=result.retry)
        if tried is None:
            return None, None
        self._see(tried)
        if queue.hangs or self._stands_still(world):
            return tried, None
        following = callbacks.take_next(world, tried, lease_ms=self._lease_ms)
        return tried, None if following is None else self._payload(world, following)

    def _payload(self, world: World, held: Callback) -> Payload | None:
        self._see(held)
        self._held[held.number] = held
        return make_payload(world, held, self._worlds.finish_callback)


def log_failure(what: str, error: BaseException) -> None:
    """Log that something went wrong: in one line what the store says, whole what nobody expected."""
    if isinstance(error, ServiceError):
        logger.error("%s: %s", what, error)
    else:
        logger.error(what, exc_info=error)


def lease_ms(worlds: Worlds) -> int:
    """Return for how long, in real milliseconds, a dispatcher keeps a callback from others."""
    return round((worlds.settings.callback_timeout_seconds + LEASE_MARGIN_SECONDS) * 1000)


def _release_all(world: World, held: Iterable[Callback]) -> None:
    for each in held:
        callbacks.release(world, each)


def _receiver(url: str) -> str:
    """Return what tells one receiver from another."""
    try:
        return origin_of(url)
    except NoWebAddressError:
        return url
