"""The journal's tables in the file of an SQLite store, on a connection of their own.

Statements run on the event loop's own thread, as the store's do (`store.sqlite`), and wait for nobody in there.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from ..domain.errors import store_unavailable
from ..store.sqlite_errors import explained, is_busy
from .shelf import Values

TABLES = (
    """CREATE TABLE IF NOT EXISTS tempolor_journals (
        token TEXT PRIMARY KEY,
        last INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        dropped INTEGER NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS tempolor_requests (
        token TEXT NOT NULL,
        number INTEGER NOT NULL,
        size INTEGER NOT NULL,
        operation_id TEXT,
        method TEXT NOT NULL,
        status INTEGER NOT NULL,
        path TEXT NOT NULL,
        jobs TEXT NOT NULL,
        facts TEXT NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (token, number)
    )""",
)

LONGEST_WAIT_SECONDS = 5
"""How long a transaction waits for those of other processes before it gives up."""

PAUSE_SECONDS = 0.002


class SqliteStatements:
    """`Statements` on a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def run(self, statement: str, *values: Any) -> None:
        """See `Statements`."""
        self._connection.execute(statement, values)

    async def add(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """See `Statements`."""
        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
        self._connection.executemany(statement, rows)

    async def rows(self, statement: str, *values: Any) -> list[Values]:
        """See `Statements`."""
        return self._connection.execute(statement, values).fetchall()


class SqliteDatabase:
    """`Database` in a file that the store has opened before: it is there, and it is ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(
            path, timeout=LONGEST_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        for statement in TABLES:
            self._connection.execute(statement)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._statements = SqliteStatements(self._connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteStatements]:
        """See `Database`."""
        async with self._transaction("BEGIN") as statements:
            yield statements

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqliteStatements]:
        """See `Database`."""
        async with self._transaction("BEGIN IMMEDIATE") as statements:
            yield statements

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[SqliteStatements]:
        await self._begin(begin)
        try:
            with explained(self._path):
                yield self._statements
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):  # What went wrong before is being told already.
                    self._connection.execute("ROLLBACK")

    async def _begin(self, begin: str) -> None:
        """Begin a transaction, as soon as no other process is in one."""
        deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_SECONDS
        while not self._try(begin):
            if asyncio.get_running_loop().time() > deadline:
                raise store_unavailable(f"another process has had {self._path.name} for {LONGEST_WAIT_SECONDS} seconds")
            await asyncio.sleep(PAUSE_SECONDS)

    def _try(self, begin: str) -> bool:
        with explained(self._path):
            try:
                self._connection.execute(begin)
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    return False
                raise
        return True

    async def close(self) -> None:
        """See `Database`."""
        self._connection.close()
