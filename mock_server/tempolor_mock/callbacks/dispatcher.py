"""Knowing when something may be due in which world, and letting that world's delivery send it."""

import asyncio
from asyncio import TimerHandle
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from ..domain import callbacks
from ..domain.callbacks import Callback
from ..domain.errors import ServiceError
from ..domain.ids import Token
from ..worlds import Worlds
from .delivery import WorldDelivery, lease_ms, log_failure
from .sending import LocalReceivers, Sender

if TYPE_CHECKING:
    from .http_client import CallbackClient

CONNECTIONS = 256
"""At most so many callbacks are on their way at a time, all worlds and receivers together."""


SECONDS_TO_TRY_AGAIN = 1
"""After how many real seconds a world is looked after again whose store could not be used, such as on a full disk."""


SECONDS_BETWEEN_ROUNDS = 1
"""How often a mock looks for what others that share its worlds left behind."""

LEFT_ALONE_MS = 2_000
"""After how many real milliseconds something that is due counts as left behind: whoever it belongs to is dead then."""


class HttpDispatcher:
    """`Dispatcher` that POSTs callbacks.

    It needs no start: timers of the running event loop are all there is while nothing is due. `start` is for what a
    store kept over a restart, and for what others that share it leave behind, `stop` for ending in good order.
    """

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._local: dict[Token, LocalReceivers] = {}
        self._current: LoopDispatcher | None = None
        self._rounds: asyncio.Task[None] | None = None

    def deliver_by(self, token: Token, receivers: LocalReceivers | None) -> None:
        """Let receivers in this process have a world's callbacks, as far as they take them; None: no longer."""
        if receivers is None:
            self._local.pop(token, None)
        else:
            self._local[token] = receivers

    def wake(self, token: Token, real_ms: int) -> None:
        """See `Dispatcher`."""
        self._running().wake(token, real_ms)

    async def deliver(self, token: Token) -> Sequence[Callback]:
        """See `Dispatcher`."""
        return await self._running().deliver(token)

    async def send_again(self, token: Token, number: int) -> Callback:
        """See `Dispatcher`."""
        return await self._running().send_again(token, number)

    def forget(self, token: Token | None) -> None:
        """See `Dispatcher`."""
        self._running().forget(token)

    async def start(self) -> None:
        """Take up the work of all worlds, now and once more when the leases of a dispatcher that died have run out."""
        tokens = await self._worlds.store.worlds_with_work()
        now_ms = self._worlds.wall()
        for token in tokens:
            self.wake(token, now_ms)
            self._running().call_again(token, lease_ms(self._worlds) / 1000)
        if self._worlds.store.is_shared:
            self._rounds = asyncio.get_running_loop().create_task(self._go_round())

    async def _go_round(self) -> None:
        """Take over what others left behind, again and again."""
        is_away = False
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_ROUNDS)
            try:
                for token in await self._worlds.store.left_behind(self._worlds.wall() - LEFT_ALONE_MS):
                    self.wake(token, 0)
                is_away = False
            except ServiceError as error:
                if not is_away:  # Once is enough to say so.
                    log_failure("worlds cannot be looked after until the store is there again", error)
                is_away = True

    async def stop(self) -> None:
        """Break off what is on its way; a restart sends it again, if the store survives."""
        if self._rounds is not None:
            self._rounds.cancel()
            self._rounds = None
        if self._current is not None:
            await self._current.close()
            self._current = None

    def _running(self) -> "LoopDispatcher":
        """Return the dispatcher on the running event loop; what an earlier loop had under way ended with that loop."""
        if self._current is None or self._current.loop is not asyncio.get_running_loop():
            self._current = LoopDispatcher(self._worlds, self._local)
        return self._current


class LoopDispatcher:
    """All that belongs to one event loop: timers, a delivery for each world with work, the HTTP client in use."""

    def __init__(self, worlds: Worlds, local: Mapping[Token, LocalReceivers]) -> None:
        self.loop = asyncio.get_running_loop()
        self._worlds = worlds
        self._local = local
        self._timers: dict[Token, tuple[int, TimerHandle]] = {}
        self._late_timers: dict[tuple[Token, float], TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._deliveries: dict[Token, WorldDelivery] = {}
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._client: CallbackClient | None = None
        self._client_users = 0

    def wake(self, token: Token, real_ms: int) -> None:
        """See `Dispatcher`. A millisecond at least goes by, so that no world can keep the loop to itself."""
        known = self._timers.get(token)
        if known is None or real_ms < known[0]:
            if known is not None:
                known[1].cancel()
            timer = self.loop.call_later(max(1, real_ms - self._worlds.wall()) / 1000, self._ring, token)
            self._timers[token] = real_ms, timer

    def call_again(self, token: Token, seconds: float) -> None:
        """Look after a world once more, after so many real seconds."""
        if (token, seconds) not in self._late_timers:
            self._late_timers[token, seconds] = self.loop.call_later(seconds, self._ring_late, token, seconds)

    def _ring_late(self, token: Token, seconds: float) -> None:
        del self._late_timers[token, seconds]
        self._ring(token)

    def _ring(self, token: Token) -> None:
        self._timers.pop(token, None)
        if token not in self._deliveries or not self._deliveries[token].watched:
            task = self.loop.create_task(self._delivery(token).collect())
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, token))

    def _ended(self, token: Token, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log_failure("a world's callbacks could not be collected", error)
            self.call_again(token, SECONDS_TO_TRY_AGAIN)

    def _delivery(self, token: Token) -> WorldDelivery:
        delivery = self._deliveries.get(token)
        if delivery is None:
            delivery = WorldDelivery(
                token,
                self._worlds,
                partial(self._open_sender, token),
                self._slots,
                left=partial(self._deliveries.pop, token, None),
                failed=partial(self.call_again, token, lease_ms(self._worlds) / 1000),
            )
            self._deliveries[token] = delivery
        return delivery

    async def deliver(self, token: Token) -> list[Callback]:
        """See `Dispatcher`. The world's timer rests meanwhile; the last transaction winds it up again."""
        delivery = self._delivery(token)
        async with delivery.watching() as seen:
            await delivery.collect()
            await delivery.finished()
        await self._worlds.run(token, callbacks.forget_old)
        return [seen[number] for number in sorted(seen)]

    async def send_again(self, token: Token, number: int) -> Callback:
        """See `Dispatcher`."""
        return await self._delivery(token).send_again(number)

    def forget(self, token: Token | None) -> None:
        """See `Dispatcher`."""
        for each in list(self._timers) if token is None else [token]:
            if (known := self._timers.pop(each, None)) is not None:
                known[1].cancel()
        for each in list(self._deliveries) if token is None else [token]:
            if each in self._deliveries:
                self._deliveries[each].break_off()

    async def close(self) -> None:
        """End everything."""
        for timer in (*(timer for _, timer in self._timers.values()), *self._late_timers.values()):
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for delivery in list(self._deliveries.values()):
            await delivery.close()
        for _, timer in self._timers.values():  # Giving back what was not sent has wound them up again.
            timer.cancel()

    @asynccontextmanager
    async def _open_sender(self, token: Token, receiver: str) -> AsyncIterator[Sender]:
        local = self._local.get(token)
        if local is not None and local.take(receiver):
            yield local
        else:
            async with self._open_client() as client:
                yield client

    @asynccontextmanager
    async def _open_client(self) -> AsyncIterator["CallbackClient"]:
        """Lend the HTTP client, which is open as long as anybody uses it: nothing is left open while nothing is due."""
        self._client_users += 1
        try:
            if self._client is None:
                # The HTTP client takes its time to load: in a thread, with the first callback, not with the server.
                module = await asyncio.to_thread(import_module, f"{__package__}.http_client")
                self._client = self._client or module.CallbackClient(self._worlds.settings)
            yield self._client
        finally:
            self._client_users -= 1
            if not self._client_users and self._client is not None:
                client, self._client = self._client, None
                client.close()
