"""Worlds in this process's memory: the default store, gone with the process."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from ..domain.ids import Token
from ..domain.jobs import Status
from ..domain.policy import Policy
from ..domain.room import Limits
from ..domain.settling import settle
from .base import Action, Begin, NewClock, T, Totals, tell_nobody
from .memory_world import MemoryWorld


class MemoryStore:
    """`Store` in memory. One event loop uses it, and no transaction awaits: each is exclusive by construction."""

    name = "memory"
    is_shared = False

    def __init__(self, policy: Policy, new_clock: NewClock, begin: Begin, limits: Limits) -> None:
        self.dropped: Callable[[Token], None] = tell_nobody
        self.settled: Callable[[Sequence[Status]], None] = tell_nobody
        self._policy = policy
        self._new_clock = new_clock
        self._begin = begin
        self._limits = limits
        self._worlds: OrderedDict[Token, MemoryWorld] = OrderedDict()  # The one used last comes last.
        self._tokens: dict[str, Token] = {}
        self._bytes = 0

    async def transact(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """See `Store`."""
        return self.transact_now(token, action, real_ms=real_ms)

    def transact_now(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """See `Store`. Nobody ever has to wait."""
        world = self._worlds.get(token)
        if world is None:
            world = self._create(token, real_ms)
        else:
            self._worlds.move_to_end(token)
        world.real_ms = real_ms
        world.now_ms = world.clock.now(real_ms)
        settle(world)
        result = action(world)
        if world.ended:
            ended, world.ended = world.ended, []
            self.settled(ended)
        if world.bytes != world.weighed:
            self._weigh(world)
        return result

    def _create(self, token: Token, real_ms: int) -> MemoryWorld:
        world = MemoryWorld(token, self._policy, self._new_clock(real_ms))
        self._begin(world)
        self._worlds[token] = world
        self._tokens[token.handle] = token
        self._weigh(world)
        return world

    def _weigh(self, latest: MemoryWorld) -> None:
        """Count what the world in use has grown by, and drop others where there is too much."""
        self._bytes += latest.bytes - latest.weighed
        latest.weighed = latest.bytes
        while len(self._worlds) > 1 and (len(self._worlds) > self._limits.worlds or self._bytes > self._limits.bytes):
            token = next(iter(self._worlds))
            self._remove(token)
            self.dropped(token)

    def _remove(self, token: Token) -> None:
        self._bytes -= self._worlds.pop(token).weighed
        del self._tokens[token.handle]

    async def find_token(self, handle: str) -> Token | None:
        """See `Store`."""
        return self._tokens.get(handle)

    async def tokens(self) -> list[Token]:
        """See `Store`."""
        return list(self._tokens.values())

    async def worlds_with_work(self) -> list[Token]:
        """See `Store`."""
        return [
            token
            for token, world in self._worlds.items()
            if world.jobs.next_due_ms() is not None or world.callbacks.next_due_ms() is not None
        ]

    async def left_behind(self, real_ms: int) -> list[Token]:  # noqa: ARG002 - the protocol's
        """See `Store`: nobody shares these worlds."""
        return []

    async def totals(self) -> Totals:
        """See `Store`."""
        return Totals(len(self._worlds), self._bytes)

    async def check(self) -> None:
        """See `Store`."""

    async def reset(self, token: Token | None) -> int:
        """See `Store`."""
        doomed = list(self._worlds) if token is None else [token] if token in self._worlds else []
        for each in doomed:
            self._remove(each)
        return len(doomed)

    async def close(self) -> None:
        """See `Store`."""
