"""The seam between the outside and the domain: the store, the wall clock and this instance's identity."""

import asyncio
import secrets
import time
from collections.abc import Callable

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


class Worlds:
    """Runs actions on worlds; the only place where real time meets them."""

    def __init__(self, settings: Settings, store: Store, wall: WallClock = wall_clock) -> None:
        self.settings = settings
        self.store = store
        self.wall = wall
        self.instance = secrets.token_hex(8)
        self._accepted = frozenset(settings.tokens)

    def accepts(self, token: Token) -> bool:
        """Whether the mock knows the token: any well-formed one, unless it was started with a list."""
        return not self._accepted or str(token) in self._accepted

    async def run(self, token: Token, action: Action[T]) -> T:
        """Run `action` in a transaction on the token's world, settled up to now."""
        return await self.store.transact(token, action, real_ms=self.wall())

    async def reach(self, token: Token, moment_ms: int) -> None:
        """Wait until the world shows the virtual moment; return at once where its clock stands still.

        Somebody may turn the clock meanwhile, so it is read again every now and then.
        """

        def missing(world: World) -> float:
            return 0 if world.clock.frozen else (moment_ms - world.now_ms) / 1000 / world.clock.speed

        while (seconds := await self.run(token, missing)) > 0:  # noqa: ASYNC110 - the event is a clock's
            await asyncio.sleep(min(seconds, LONGEST_SLEEP_SECONDS))


def new_clock(settings: Settings) -> Callable[[int], Clock]:
    """Return what makes a world's first clock: showing real time, at the speed the user chose."""
    return lambda real_ms: Clock(real_ms, real_ms, settings.speed, settings.frozen)
