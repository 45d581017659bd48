"""Worlds in an SQLite file: they survive this process, however it ends, and several processes can share them.

A transaction of a world is one of the file. Nothing is kept in memory between two of them, so what another process
did is seen by the next one. Statements run on the event loop's own thread: they take microseconds, a change of thread
would take longer. Only waiting for another process is left to the event loop.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..domain.clock import Clock
from ..domain.errors import store_unavailable
from ..domain.ids import Token
from ..domain.jobs import Status
from ..domain.policy import Policy
from ..domain.room import Limits
from ..domain.settling import settle
from . import codec
from .base import Action, Begin, MustWaitError, NewClock, T, Totals, tell_nobody
from .sqlite_errors import explained, is_busy
from .sqlite_schema import connect
from .sqlite_world import Rows, SqliteWorld

LONGEST_WAIT_SECONDS = 5
"""How long a transaction waits for those of other processes before it gives up."""

PAUSE_SECONDS = 0.002

NOTED_USE_MS = 60_000
"""How exactly the file says when a world was used last: polls should not have to write."""


class SqliteStore:
    """`Store` in one file."""

    name = "sqlite"
    is_shared = False

    def __init__(self, path: Path, policy: Policy, new_clock: NewClock, begin: Begin, limits: Limits) -> None:
        """Open the file, or make it; StoreError where that cannot be done."""
        self.dropped: Callable[[Token], None] = tell_nobody
        self.settled: Callable[[Sequence[Status]], None] = tell_nobody
        self._limits = limits
        self._used_ms = 0  # When the world of the present transaction was used last, as far as that is written down.
        self.path = path
        self._policy = policy
        self._new_clock = new_clock
        self._begin = begin
        self._connection = connect(path)

    async def transact(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """See `Store`."""
        await self._lock()
        return self._act_and_unlock(token, action, real_ms)

    def transact_now(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """See `Store`."""
        if not self._try_lock():
            raise MustWaitError
        return self._act_and_unlock(token, action, real_ms)

    def _act_and_unlock(self, token: Token, action: Action[T], real_ms: int) -> T:
        try:
            with explained(self.path):
                result = self._act(token, action, real_ms)
        finally:
            self._unlock()
        if real_ms - self._used_ms > NOTED_USE_MS:
            with suppress(sqlite3.Error):  # For this no request fails, not even on a full disk.
                self._connection.execute("UPDATE worlds SET used_ms = ? WHERE token = ?", (real_ms, str(token)))
        return result

    def _act(self, token: Token, action: Action[T], real_ms: int) -> T:
        world = self._enter(token, real_ms)
        settle(world)
        settled = tuple(world.ended)
        found_clock = world.clock
        self._connection.execute("SAVEPOINT action")
        try:
            result = action(world)
        except sqlite3.Error:
            raise  # There may be nothing left to go back to.
        except Exception:
            # Only the action is undone: a refusal must not make the next request create or settle the world again.
            self._connection.execute("ROLLBACK TO action")
            self._connection.execute("COMMIT")
            self.settled(settled)
            raise
        if world.clock is not found_clock:
            world.keep_clock()
        dropped = self._drop_surplus(token) if world.has_grown else []
        self._connection.execute("COMMIT")
        self.settled(world.ended)
        for each in dropped:
            self.dropped(each)
        return result

    def _drop_surplus(self, latest: Token) -> list[Token]:
        """Drop the worlds that were not used for longest, but the one in use, where there are too many or too large."""
        dropped = []
        while self._has_surplus():
            found = self._connection.execute(
                "SELECT id, token FROM worlds WHERE used_ms >= 0 AND token <> ? ORDER BY used_ms, id LIMIT 1",
                (str(latest),),
            ).fetchone()
            if found is None:
                break
            self._connection.execute("DELETE FROM worlds WHERE id = ?", found[:1])
            dropped += [token for token in [Token.parse(found[1])] if token is not None]
        return dropped

    def _has_surplus(self) -> bool:
        worlds, size = self._connection.execute("SELECT worlds, bytes FROM totals WHERE id = 1").fetchone()
        return bool(worlds > self._limits.worlds or size > self._limits.bytes)

    async def _lock(self) -> None:
        """Begin a transaction, as soon as no other process is in one."""
        deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_SECONDS
        while not self._try_lock():
            if asyncio.get_running_loop().time() > deadline:
                raise store_unavailable(f"another process has had {self.path.name} for {LONGEST_WAIT_SECONDS} seconds")
            await asyncio.sleep(PAUSE_SECONDS)

    def _try_lock(self) -> bool:
        with explained(self.path):
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    return False
                raise
        return True

    def _unlock(self) -> None:
        """Undo what was not committed."""
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):  # What went wrong before is being told already.
                self._connection.execute("ROLLBACK")

    def _enter(self, token: Token, real_ms: int) -> SqliteWorld:
        row = self._connection.execute(
            "SELECT id, clock, used_ms FROM worlds WHERE token = ?", (str(token),)
        ).fetchone()
        if row is None:
            self._used_ms = real_ms
            return self._create(token, real_ms)
        world_id, clock, self._used_ms = row
        return self._world(world_id, token, codec.CLOCK.decode(clock), real_ms)

    def _create(self, token: Token, real_ms: int) -> SqliteWorld:
        clock = self._new_clock(real_ms)
        world_id = self._connection.execute(
            "INSERT INTO worlds (token, handle, clock, used_ms) VALUES (?, ?, ?, ?)",
            (str(token), token.handle, codec.CLOCK.encode(clock), real_ms),
        ).lastrowid
        assert world_id is not None  # noqa: S101 - an INSERT that succeeded has one
        world = self._world(world_id, token, clock, real_ms)
        self._begin(world)
        world.has_grown = True
        world.keep_clock()
        return world

    def _world(self, world_id: int, token: Token, clock: Clock, real_ms: int) -> SqliteWorld:
        return SqliteWorld(Rows(self._connection, world_id), token, self._policy, clock, real_ms)

    async def find_token(self, handle: str) -> Token | None:
        """See `Store`."""
        found = await self._tokens("SELECT token FROM worlds WHERE handle = ?", handle)
        return found[0] if found else None

    async def tokens(self) -> list[Token]:
        """See `Store`."""
        return await self._tokens("SELECT token FROM worlds ORDER BY id")

    async def worlds_with_work(self) -> list[Token]:
        """See `Store`."""
        return await self._tokens(
            "SELECT token FROM worlds WHERE EXISTS (SELECT 1 FROM items WHERE world = worlds.id AND slot IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM callbacks WHERE world = worlds.id AND head = 1)"
        )

    async def left_behind(self, real_ms: int) -> list[Token]:  # noqa: ARG002 - the protocol's
        """See `Store`: what the others that share a file leave behind is taken up when a mock starts."""
        return []

    async def totals(self) -> Totals:
        """See `Store`."""
        ((worlds, size),) = await self._rows("SELECT worlds, bytes FROM totals WHERE id = 1")
        return Totals(worlds, size)

    async def check(self) -> None:
        """See `Store`."""
        await self._lock()
        self._unlock()

    async def _tokens(self, statement: str, *values: str) -> list[Token]:
        return [token for (text,) in await self._rows(statement, *values) if (token := Token.parse(text)) is not None]

    async def _rows(self, statement: str, *values: str) -> list[Any]:
        await self._lock()
        try:
            with explained(self.path):
                return self._connection.execute(statement, values).fetchall()
        finally:
            self._unlock()

    async def reset(self, token: Token | None) -> int:
        """See `Store`."""
        await self._lock()
        try:
            with explained(self.path):
                if token is None:
                    count = self._connection.execute("DELETE FROM worlds").rowcount
                else:
                    count = self._connection.execute("DELETE FROM worlds WHERE token = ?", (str(token),)).rowcount
                self._connection.execute("COMMIT")
        finally:
            self._unlock()
        return count

    async def close(self) -> None:
        """See `Store`."""
        self._connection.close()
