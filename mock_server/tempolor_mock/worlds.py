"""The seam between the outside and the domain: the store, the wall clock and this instance's identity."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from time import perf_counter_ns
from typing import Any, Protocol

from .domain import errors
from .domain.callbacks import Callback
from .domain.clock import Clock
from .domain.ids import Token
from .domain.jobs import Status
from .domain.world import World
from .journal import Wording, open_journal
from .metrics import Metrics
from .settings import Settings
from .store import Action, MustWaitError, Store
from .store.base import T
from .turns import Turns
from .waiting import in_task

JsonObject = dict[str, Any]

WallClock = Callable[[], int]
"""Returns the real moment in milliseconds since 1970; tests pass their own."""

LONGEST_SLEEP_SECONDS = 0.25


def wall_clock() -> int:
    """Return the real moment of this machine."""
    return time.time_ns() // 1_000_000


class Dispatcher(Protocol):
    """Sends callbacks to `replyUrl` when they are due."""

    def wake(self, token: Token, real_ms: int) -> None:
        """Take note that something of that world may be due at a real moment."""

    async def deliver(self, token: Token) -> Sequence[Callback]:
        """Send all that is due in a world, clock running or not; return it as it stands then, oldest first.

        A receiver that hangs costs no more than the timeout of the tries that are on their way then: what else is due
        to it stays due.
        """

    async def send_again(self, token: Token, number: int) -> Callback:
        """Send a callback once more that was delivered or given up, and return it as it stands then.

        A ServiceError where there is nothing to send.
        """

    def forget(self, token: Token | None) -> None:
        """Break off what is on its way from a world, or from all, that is about to be emptied."""


class NoDispatcher:
    """The dispatcher of worlds that nobody delivers for."""

    def wake(self, token: Token, real_ms: int) -> None:
        """See `Dispatcher`."""

    async def deliver(self, token: Token) -> Sequence[Callback]:  # noqa: ARG002 - the protocol's
        """See `Dispatcher`."""
        return ()

    async def send_again(self, token: Token, number: int) -> Callback:  # noqa: ARG002 - the protocol's
        """See `Dispatcher`."""
        raise errors.stopping()

    def forget(self, token: Token | None) -> None:
        """See `Dispatcher`."""


class Worlds:
    """Runs actions on worlds; the only place where real time meets them.

    `finish_callback` adds to the body of each callback what overlays say it has; None without overlays.
    """

    def __init__(self, settings: Settings, store: Store, wall: WallClock = wall_clock) -> None:
        self.settings = settings
        self.store = store
        self.wall = wall
        self.dispatcher: Dispatcher = NoDispatcher()
        self.uploads = Turns("upload")
        self.metrics = Metrics()
        self.metrics.gauges["uploads_pending"] = lambda: self.uploads.pending
        self.instance = secrets.token_hex(8)
        self.journal = open_journal(store, Wording(settings, self.instance), settings.journal_bytes)
        self.finish_callback: Callable[[JsonObject], JsonObject] | None = None
        store.dropped = self._drop
        store.settled = self._count_ended
        self._is_timed = store.name != "memory"
        self._turning: dict[Token, asyncio.Event] = {}
        self._stopping = False
        self._accepted = frozenset(settings.tokens)

    def accepts(self, token: Token) -> bool:
        """Whether the mock knows the token: any well-formed one, unless it was started with a list."""
        return not self._accepted or str(token) in self._accepted

    async def run(self, token: Token, action: Action[T], *, looks_only: bool = False) -> T:
        """Run `action` in a transaction on the token's world, settled up to now.

        One that `looks_only` changes nothing that others wait for.
        """

        def act(world: World) -> tuple[T, int | None]:
            return action(world), _next_callback_ms(world)

        begun = perf_counter_ns() if self._is_timed else 0
        try:
            result, wake_ms = self.store.transact_now(token, act, real_ms=self.wall())
        except MustWaitError:
            await in_task()
            result, wake_ms = await self.store.transact(token, act, real_ms=self.wall())
        if self._is_timed:
            self.metrics.transactions.observe(perf_counter_ns() - begun)
        if wake_ms is not None:
            self.dispatcher.wake(token, wake_ms)
        if self._turning and not looks_only:
            self._tell_waiting(token)
        return result

    def _tell_waiting(self, token: Token) -> None:
        waited_for = self._turning.pop(token, None)
        if waited_for is not None:
            waited_for.set()

    async def reset(self, token: Token | None) -> int:
        """Empty one world, or all of them, and all that was kept beside them; return how many there were."""
        count = await self.store.reset(token)
        self._break_off(token)
        await self.journal.reset(token)
        return count

    def _count_ended(self, statuses: Sequence[Status]) -> None:
        for status in statuses:
            self.metrics.jobs[status.name.lower()] += 1

    def _drop(self, token: Token) -> None:
        """Forget what was kept beside a world that had to make room for others."""
        self.metrics.bounds["worlds"] += 1
        self._break_off(token)
        self.journal.drop(token)

    def _break_off(self, token: Token | None) -> None:
        """End what is under way for a world that is gone, or for all."""
        self.dispatcher.forget(token)
        for each in list(self._turning) if token is None else [token]:
            self._tell_waiting(each)

    async def reach(self, token: Token, moment_ms: int, *, unless: Action[bool] = lambda _world: False) -> None:
        """Wait until the world shows the virtual moment; return at once where its clock stands still, or `unless`."""

        def missing(world: World) -> float:
            return 0 if world.clock.frozen or unless(world) else real_seconds_until(world, moment_ms)

        await self.wait(token, missing)

    async def wait(self, token: Token, missing: Action[float]) -> None:
        """Wait until nothing is missing; `missing` returns how many real seconds are, at most.

        Whatever is done to the world meanwhile, such as turning its clock, makes this ask again at once. Another
        process may share the world, so it asks every now and then too. Raises a 503 when the mock stops meanwhile.
        """
        while (seconds := await self.run(token, missing, looks_only=True)) > 0:
            turning = self._turning.setdefault(token, asyncio.Event())
            with suppress(TimeoutError):
                await asyncio.wait_for(turning.wait(), min(seconds, LONGEST_SLEEP_SECONDS))
            if self._stopping:
                raise errors.stopping()

    def stop_waiting(self) -> None:
        """End every wait: the mock is about to stop."""
        self._stopping = True
        for turning in self._turning.values():
            turning.set()
        self._turning.clear()


def real_seconds_until(world: World, moment_ms: int) -> float:
    """Return after how many real seconds a world shows a virtual moment; for ever where its clock stands still."""
    missing_ms = moment_ms - world.now_ms
    if missing_ms <= 0:
        return 0
    return inf if world.clock.frozen else missing_ms / 1000 / world.clock.speed


def _next_callback_ms(world: World) -> int | None:
    """Return the real moment at which a callback may have to be made or sent; None while nothing can fall due."""
    due_ms, sent_ms = world.jobs.next_due_ms(), world.callbacks.next_due_ms(real_ms=world.real_ms)
    if sent_ms is not None and (due_ms is None or sent_ms < due_ms):
        due_ms = sent_ms
    return None if due_ms is None else world.clock.real_at(due_ms)


def new_clock(settings: Settings) -> Callable[[int], Clock]:
    """Return what makes a world's first clock: showing real time, at the speed the user chose."""
    return lambda real_ms: Clock(real_ms, real_ms, settings.speed, settings.frozen)
