"""The courier: it knows when something may be due in which world, and lets that world's desk send it."""

import asyncio
from asyncio import TimerHandle
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..domain import callbacks
from ..domain.callbacks import Callback
from ..domain.ids import Token
from ..worlds import Worlds
from .delivery import Desk, lease_ms, logger

if TYPE_CHECKING:
    from .http_client import Post

CONNECTIONS = 256
"""At most so many reports are on their way at a time, all worlds and receivers together."""


class HttpCourier:
    """`Courier` that POSTs reports.

    It needs no start: timers of the running event loop are all there is while nothing is due. `start` is for what a
    store kept over a restart, `stop` for ending in good order.
    """

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._office: Office | None = None

    def wake(self, token: Token, real_ms: int) -> None:
        """See `Courier`."""
        self._here().wake(token, real_ms)

    async def deliver(self, token: Token) -> Sequence[Callback]:
        """See `Courier`."""
        return await self._here().deliver(token)

    def forget(self, token: Token | None) -> None:
        """See `Courier`."""
        self._here().forget(token)

    async def start(self) -> None:
        """Take up the work of all worlds, now and once more when the leases of a courier that died have run out."""
        tokens = await self._worlds.store.worlds_with_work()
        now_ms = self._worlds.wall()
        for token in tokens:
            self.wake(token, now_ms)
            self._here().call_again(token, lease_ms(self._worlds) / 1000)

    async def stop(self) -> None:
        """Break off what is on its way; a restart sends it again, if the store survives."""
        if self._office is not None:
            await self._office.close()
            self._office = None

    def _here(self) -> "Office":
        """Return the office on the running event loop; what an earlier loop had under way ended with that loop."""
        if self._office is None or self._office.loop is not asyncio.get_running_loop():
            self._office = Office(self._worlds)
        return self._office


class Office:
    """All that belongs to one event loop: timers, the desks of worlds with work, the HTTP client while it is in use."""

    def __init__(self, worlds: Worlds) -> None:
        self.loop = asyncio.get_running_loop()
        self._worlds = worlds
        self._timers: dict[Token, tuple[int, TimerHandle]] = {}
        self._late_timers: list[TimerHandle] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._desks: dict[Token, Desk] = {}
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._post: Post | None = None
        self._post_users = 0

    def wake(self, token: Token, real_ms: int) -> None:
        """See `Courier`. A millisecond at least goes by, so that no world can keep the loop to itself."""
        known = self._timers.get(token)
        if known is None or real_ms < known[0]:
            if known is not None:
                known[1].cancel()
            timer = self.loop.call_later(max(1, real_ms - self._worlds.wall()) / 1000, self._ring, token)
            self._timers[token] = real_ms, timer

    def call_again(self, token: Token, seconds: float) -> None:
        """Look after a world once more, after so many real seconds."""
        self._late_timers.append(self.loop.call_later(seconds, self._ring, token))

    def _ring(self, token: Token) -> None:
        self._timers.pop(token, None)
        if token not in self._desks or not self._desks[token].watched:
            self._start(self._desk(token).collect())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a world's reports could not be collected", exc_info=error)

    def _desk(self, token: Token) -> Desk:
        desk = self._desks.get(token)
        if desk is None:
            desk = Desk(token, self._worlds, self._open_post, self._slots, partial(self._desks.pop, token, None))
            self._desks[token] = desk
        return desk

    async def deliver(self, token: Token) -> list[Callback]:
        """See `Courier`. The world's timer rests meanwhile; the last transaction winds it up again."""
        desk = self._desk(token)
        async with desk.watching() as seen:
            await desk.collect()
            await desk.finished()
        await self._worlds.run(token, callbacks.forget_old)
        return [seen[number] for number in sorted(seen)]

    def forget(self, token: Token | None) -> None:
        """See `Courier`."""
        for each in list(self._timers) if token is None else [token]:
            if (known := self._timers.pop(each, None)) is not None:
                known[1].cancel()
        for each in list(self._desks) if token is None else [token]:
            if each in self._desks:
                self._desks[each].break_off()

    async def close(self) -> None:
        """End everything."""
        for timer in (*(timer for _, timer in self._timers.values()), *self._late_timers):
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for desk in list(self._desks.values()):
            await desk.close()
        for _, timer in self._timers.values():  # Giving back what was not sent has wound them up again.
            timer.cancel()

    @asynccontextmanager
    async def _open_post(self) -> AsyncIterator["Post"]:
        """Lend the HTTP client, which is open as long as anybody uses it: nothing is left open while nothing is due."""
        self._post_users += 1
        try:
            if self._post is None:
                # The HTTP client takes its time to load: in a thread, with the first report, not with the server.
                module = await asyncio.to_thread(import_module, f"{__package__}.http_client")
                self._post = self._post or module.Post(self._worlds.settings)
            yield self._post
        finally:
            self._post_users -= 1
            if not self._post_users and self._post is not None:
                post, self._post = self._post, None
                await post.close()
