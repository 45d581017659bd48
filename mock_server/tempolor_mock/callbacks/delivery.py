"""Sending what is due in one world: one report at a time for each job, all jobs at once, within bounds."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from ..domain import callbacks
from ..domain.callbacks import Attempt, Callback
from ..domain.ids import Token
from ..domain.world import World
from ..worlds import Worlds
from .payload import Parcel, Receipt, pack

if TYPE_CHECKING:
    from .http_client import Post

logger = logging.getLogger("tempolor.mock")

CONNECTIONS_PER_RECEIVER = 16
"""At most so many reports of one world are on their way to one receiver at a time; the others wait in line."""

LEASE_MARGIN_SECONDS = 10
"""How much longer than a try may take a report is kept from other couriers."""

BATCH = 500
"""How many reports are taken in one transaction, so that requests get their turn between two of them."""

T = TypeVar("T")
Seen = dict[int, Callback]
OpenPost = Callable[[], AbstractAsyncContextManager["Post"]]


@dataclass(slots=True)
class Line:
    """The reports waiting for one receiver; it `hangs` once it kept somebody waiting who advances the clock."""

    waiting: deque[Callback] = field(default_factory=deque)
    workers: int = 0
    hangs: bool = False


class Desk:
    """Sends the reports of one world.

    `slots` bound how many are on their way at a time, all worlds together; `left` is called whenever there is nothing
    left to do. A report that waited in line is looked at again in the moment it is sent: one that was cancelled
    meanwhile stays here.
    """

    def __init__(
        self, token: Token, worlds: Worlds, open_post: OpenPost, slots: asyncio.Semaphore, left: Callable[[], object]
    ) -> None:
        self._token = token
        self._worlds = worlds
        self._open_post = open_post
        self._slots = slots
        self._left = left
        self._lines: dict[str, Line] = {}
        self._held: dict[int, Callback] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._watchers: list[Seen] = []
        self._collecting = 0

    @property
    def watched(self) -> bool:
        """Whether somebody who advances the clock waits for the reports that are due."""
        return bool(self._watchers)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Seen]:
        """Collect the reports that are sent, or should have been, as they last stood, by number."""
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
                self._put_in_line(taken)
            self._put_in_line(taken)
        finally:
            self._collecting -= 1
            self._leave_if_done()

    async def finished(self) -> None:
        """Wait until all that was taken is sent or given back."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def close(self) -> None:
        """Break off what is on its way, and give everything back for another courier."""
        held = list(self._held.values())
        await asyncio.gather(*self.break_off(), return_exceptions=True)
        if held:
            await self._run(lambda world: _release_all(world, held))

    def break_off(self) -> Iterable[asyncio.Task[None]]:
        """Forget what waits in line and break off what is on its way; return the tasks that are ending."""
        self._held.clear()
        for line in self._lines.values():
            line.waiting.clear()
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

    def _put_in_line(self, taken: Iterable[Callback]) -> None:
        for held in taken:
            self._see(held)
            self._held[held.number] = held
            receiver = _receiver(held.url)
            line = self._lines.setdefault(receiver, Line())
            line.waiting.append(held)
            if line.workers < CONNECTIONS_PER_RECEIVER:
                self._start_worker(receiver, line)

    def _see(self, callback: Callback) -> None:
        for seen in self._watchers:
            seen[callback.number] = callback

    def _start_worker(self, receiver: str, line: Line) -> None:
        line.workers += 1
        worker = asyncio.get_running_loop().create_task(self._work(line))
        self._workers.add(worker)
        worker.add_done_callback(lambda worker: self._worker_left(worker, receiver, line))

    def _worker_left(self, worker: asyncio.Task[None], receiver: str, line: Line) -> None:
        self._workers.discard(worker)
        line.workers -= 1
        if not line.workers:
            self._lines.pop(receiver, None)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            logger.error("reports to %s could not be sent", receiver, exc_info=error)
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if not (self._workers or self._watchers or self._collecting):
            self._left()

    async def _work(self, line: Line) -> None:
        async with self._open_post() as post:
            while line.waiting:
                async with self._slots:
                    if line.waiting:
                        await self._send(line, line.waiting.popleft(), post)

    async def _send(self, line: Line, held: Callback, post: "Post") -> None:
        """Send a report, and then all that is due next for the same job."""
        parcel = await self._run(lambda world: self._begin(world, line, held))
        while parcel is not None:
            receipt = await _try(post, parcel)
            line.hangs |= receipt.timed_out and self.watched
            tried = parcel
            parcel = await self._run(lambda world: self._go_on(world, line, tried, receipt))  # noqa: B023 - runs at once

    def _begin(self, world: World, line: Line, held: Callback) -> Parcel | None:
        self._held.pop(held.number, None)
        if line.hangs or self._stands_still(world):
            callbacks.release(world, held)
            return None
        kept = callbacks.keep_hold(world, held, lease_ms=self._lease_ms)
        if kept is not None:
            return self._packed(world, kept)
        if (lost := world.callbacks.get(held.number)) is not None:
            self._see(lost)
        return None

    def _go_on(self, world: World, line: Line, parcel: Parcel, receipt: Receipt) -> Parcel | None:
        self._held.pop(parcel.held.number, None)
        attempt = Attempt(parcel.held.due_ms, receipt.status, receipt.error)
        tried = callbacks.record(world, parcel.held, attempt, retry=receipt.retry)
        if tried is None:
            return None
        self._see(tried)
        if line.hangs or self._stands_still(world):
            return None
        following = callbacks.take_next(world, tried, lease_ms=self._lease_ms)
        return None if following is None else self._packed(world, following)

    def _packed(self, world: World, held: Callback) -> Parcel | None:
        self._see(held)
        self._held[held.number] = held
        return pack(world, held)


def lease_ms(worlds: Worlds) -> int:
    """Return for how long, in real milliseconds, a courier keeps a report from others."""
    return round((worlds.settings.callback_timeout_seconds + LEASE_MARGIN_SECONDS) * 1000)


def _release_all(world: World, held: Iterable[Callback]) -> None:
    for each in held:
        callbacks.release(world, each)


def _receiver(url: str) -> str:
    """Return what tells one receiver from another: scheme, host and port."""
    try:
        return "{0.scheme}://{0.netloc}".format(urlsplit(url))
    except ValueError:
        return url


async def _try(post: "Post", parcel: Parcel) -> Receipt:
    if parcel.loops:
        return Receipt(error="loop: reports keep causing the orders that cause them", retry=False)
    return await post.send(parcel.held.url, parcel.body, parcel.depth)
