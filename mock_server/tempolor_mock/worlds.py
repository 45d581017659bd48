"""The seam between the outside and the domain: the store, the wall clock and this instance's identity."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Protocol

from .domain.clock import Clock
from .domain.ids import Token
from .domain.world import World
from .settings import Settings
from .store import Action, Store
from .store.base import T

WallClock = Callable[[], int]
"""Returns the real moment in milliseconds since 1970; tests pass their own."""

LONGEST_SLEEP_SECONDS = 0.25


def wall_clock() -> int:
    """Return the real moment of this machine."""
    return time.time_ns() // 1_000_000


class Courier(Protocol):
    """Sends reports to `replyUrl` when they are due."""

    def wake(self, token: Token, real_ms: int) -> None:
        """Take note that something of that world may be due at a real moment."""


class NoCourier:
    """The courier of worlds that nobody delivers for."""

    def wake(self, token: Token, real_ms: int) -> None:
        """See `Courier`."""


class Worlds:
    """Runs actions on worlds; the only place where real time meets them."""

    def __init__(self, settings: Settings, store: Store, wall: WallClock = wall_clock) -> None:
        self.settings = settings
        self.store = store
        self.wall = wall
        self.courier: Courier = NoCourier()
        self.instance = secrets.token_hex(8)
        self._accepted = frozenset(settings.tokens)

    def accepts(self, token: Token) -> bool:
        """Whether the mock knows the token: any well-formed one, unless it was started with a list."""
        return not self._accepted or str(token) in self._accepted

    async def run(self, token: Token, action: Action[T]) -> T:
        """Run `action` in a transaction on the token's world, settled up to now."""

        def act(world: World) -> tuple[T, int | None]:
            return action(world), _next_report_ms(world)

        result, wake_ms = await self.store.transact(token, act, real_ms=self.wall())
        if wake_ms is not None:
            self.courier.wake(token, wake_ms)
        return result

    async def reach(self, token: Token, moment_ms: int) -> None:
        """Wait until the world shows the virtual moment; return at once where its clock stands still.

        Somebody may turn the clock meanwhile, so it is read again every now and then.
        """

        def missing(world: World) -> float:
            return 0 if world.clock.frozen else (moment_ms - world.now_ms) / 1000 / world.clock.speed

        while (seconds := await self.run(token, missing)) > 0:  # noqa: ASYNC110 - the event is a clock's
            await asyncio.sleep(min(seconds, LONGEST_SLEEP_SECONDS))


def _next_report_ms(world: World) -> int | None:
    """Return the real moment at which a report may have to be made or sent; None while nothing can fall due."""
    moments = [moment for moment in (world.jobs.next_due_ms(), world.callbacks.next_due_ms()) if moment is not None]
    return world.clock.real_at(min(moments)) if moments else None


def new_clock(settings: Settings) -> Callable[[int], Clock]:
    """Return what makes a world's first clock: showing real time, at the speed the user chose."""
    return lambda real_ms: Clock(real_ms, real_ms, settings.speed, settings.frozen)
