"""Worlds in a PostgreSQL database: any number of mocks share them, and none of them is needed for the others.

Each mock has copies of the worlds it used last. An action runs on the copy at once; then one call of the database says
whether that was as of the present version: it writes what was changed, or, where nothing was, only looks. Where it was
not, it answers with what the others did meanwhile, the action is undone, and runs again. So a transaction is one round
trip, and two where another mock wrote to that world in between; and nothing stays locked between two of them.

Requests to one world that come while such a call is under way wait for it, and share the next one.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ...domain.errors import store_unavailable
from ...domain.ids import Token
from ...domain.jobs import Status
from ...domain.policy import Policy
from ...domain.room import Limits
from ...domain.settling import settle
from ..base import Action, Begin, MustWaitError, NewClock, T, Totals, tell_nobody
from . import layout
from .connections import Connections, prepare
from .copies import Checked, Copies
from .errors import Failures, unavailable
from .tracked_blobs import MissingBlobError
from .tracked_world import TrackedWorld

AT_ONCE = 64
"""How many actions share a call at most: others of the event loop get their turn between two calls."""

MOST_TRIES = 50
"""How often an action runs while others keep writing to its world in between; each time one of them succeeds."""


SECONDS_TO_CHECK = 2
"""How long whoever asks for the mock's health waits for the database."""


class Waiting(NamedTuple):
    """An action that is to be run, and who waits for what it returns."""

    action: Action[Any]
    real_ms: int
    result: "asyncio.Future[Any]"


class Outcome(NamedTuple):
    """What an action returned or raised; it is told as soon as the database agrees."""

    waiting: Waiting
    value: Any
    error: Exception | None

    def tell(self) -> None:
        """Tell whoever waits, if anybody still does."""
        if self.waiting.result.done():
            return
        if self.error is None:
            self.waiting.result.set_result(self.value)
        else:
            self.waiting.result.set_exception(self.error)


class PostgresStore:
    """`Store` in one database."""

    name = "postgresql"
    is_shared = True

    def __init__(  # noqa: PLR0913 - what every store is made of, and how many connections this one may have
        self, url: str, policy: Policy, new_clock: NewClock, begin: Begin, limits: Limits, *, connections: int
    ) -> None:
        """Make the tables; StoreError where worlds cannot be kept there."""
        prepare(url)
        self.dropped: Callable[[Token], None] = tell_nobody
        self.settled: Callable[[Sequence[Status]], None] = tell_nobody
        self._policy = policy
        self._new_clock = new_clock
        self._begin = begin
        self._limits = limits
        self.database = Connections(url, connections)
        self._copies = Copies(self.database, policy)
        self._waiting: dict[Token, deque[Waiting]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    def transact_now(self, token: Token, action: Action[T], *, real_ms: int) -> T:  # noqa: ARG002 - the protocol's
        """See `Store`: there is always the database to be waited for."""
        raise MustWaitError

    async def transact(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """See `Store`."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(action, real_ms, loop.create_future())
        queue = self._waiting.get(token)
        if queue is None:
            self._waiting[token] = deque([waiting])
            task = loop.create_task(self._serve(token))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        else:
            queue.append(waiting)
        result: T = await waiting.result
        return result

    async def _serve(self, token: Token) -> None:
        """Run what waits for a world, until nothing does."""
        queue = self._waiting[token]
        try:
            while queue:
                batch = [queue.popleft() for _ in range(min(len(queue), AT_ONCE))]
                await self._run_all(token, batch)
        finally:
            del self._waiting[token]
            for each in queue:  # Only where this task was cancelled.
                each.result.cancel()

    async def _run_all(self, token: Token, batch: list[Waiting]) -> None:
        try:
            outcomes = await self._settled(token, batch)
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait
            self._copies.forget(token)
            outcomes = [Outcome(each, None, error) for each in batch]
        except BaseException:
            self._copies.forget(token)
            for each in batch:
                each.result.cancel()
            raise
        for outcome in outcomes:
            outcome.tell()

    async def _settled(self, token: Token, batch: list[Waiting]) -> list[Outcome]:
        """Run actions until what they saw and did is what the database has."""
        world, is_fresh = self._copies.get(token), False
        real_ms = batch[-1].real_ms
        for _ in range(MOST_TRIES):
            if world is None:
                world, is_fresh = await self._copies.look(token) or self._new_world(token, batch[0].real_ms), True
            try:
                outcomes = _act(world, batch)
            except MissingBlobError as missing:
                world.changes.undo()
                world, is_fresh = await self._copies.lend_blob(world, missing.name), True
                continue
            if world.changes or not world.id:
                checked = await self._copies.write(world, real_ms)
            elif is_fresh:
                checked = Checked(world, is_good=True)
            else:
                checked = await self._copies.is_present(world)
            if checked.is_good:
                self.settled(world.ended)
                await self._finish(world, real_ms)
                return outcomes
            world, is_fresh = checked.world, True
        raise store_unavailable(f"others have changed this world {MOST_TRIES} times meanwhile")

    def _new_world(self, token: Token, real_ms: int) -> TrackedWorld:
        world = TrackedWorld(token, self._policy, self._new_clock(real_ms))
        world.real_ms = real_ms
        self._begin(world)
        world.weighed = -1
        return world

    async def _finish(self, world: TrackedWorld, real_ms: int) -> None:
        """Keep the copy of a world that was used, and see to it that all worlds are within the limits."""
        world.parts.blobs.put_away()
        self._copies.keep(world)
        await self._copies.note_use(world, real_ms)
        grows, world.weighed = world.bytes > world.weighed, world.bytes
        if not grows:
            return
        limits = self._limits
        with suppress(*Failures):  # What was asked for is done; the next one that grows sees to it again.
            for (text,) in await self.database.fetch(layout.DROP, str(world.token), limits.worlds, limits.bytes):
                if (token := Token.parse(text)) is not None:
                    self._copies.forget(token)
                    self.dropped(token)

    async def find_token(self, handle: str) -> Token | None:
        """See `Store`."""
        found = await self._tokens("SELECT token FROM tempolor_worlds WHERE handle = $1", handle)
        return found[0] if found else None

    async def tokens(self) -> list[Token]:
        """See `Store`."""
        return await self._tokens("SELECT token FROM tempolor_worlds ORDER BY id")

    async def worlds_with_work(self) -> list[Token]:
        """See `Store`."""
        return await self._tokens("SELECT token FROM tempolor_worlds WHERE busy")

    async def left_behind(self, real_ms: int) -> list[Token]:
        """See `Store`."""
        return await self._tokens("SELECT token FROM tempolor_worlds WHERE busy AND due_ms <= $1", real_ms)

    async def totals(self) -> Totals:
        """See `Store`."""
        ((worlds, size),) = await self._fetch("SELECT sum(worlds)::bigint, sum(bytes)::bigint FROM tempolor_totals")
        return Totals(worlds, size)

    async def check(self) -> None:
        """See `Store`."""
        await self._fetch("SELECT 1", seconds=SECONDS_TO_CHECK)

    async def _tokens(self, statement: str, *values: Any) -> list[Token]:
        rows = await self._fetch(statement, *values)
        return [token for (text,) in rows if (token := Token.parse(text)) is not None]

    async def _fetch(self, statement: str, *values: Any, seconds: float | None = None) -> list[Any]:
        try:
            return await self.database.fetch(statement, *values, seconds=seconds)
        except Failures as error:
            raise unavailable(error) from error

    async def reset(self, token: Token | None) -> int:
        """See `Store`."""
        rows = await self._fetch(layout.RESET, None if token is None else str(token))
        self._copies.forget(token)
        return int(rows[0][0])

    async def close(self) -> None:
        """See `Store`."""
        serving = [task for task in self._serving if task.get_loop() is asyncio.get_running_loop()]
        await asyncio.gather(*serving, return_exceptions=True)
        await self.database.close()


def _act(world: TrackedWorld, batch: list[Waiting]) -> list[Outcome]:
    """Run actions one after another, each in a world that is settled up to its own moment."""
    outcomes = []
    world.ended = []
    for waiting in batch:
        if waiting.result.done():  # Nobody waits any more.
            continue
        world.real_ms = waiting.real_ms
        world.now_ms = world.clock.now(waiting.real_ms)
        settle(world)
        mark = len(world.changes)
        try:
            outcomes.append(Outcome(waiting, waiting.action(world), None))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            world.changes.undo(mark)
            outcomes.append(Outcome(waiting, None, error))
    return outcomes
