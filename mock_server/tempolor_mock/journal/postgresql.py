"""The journal's tables in the database of a PostgreSQL store, which makes them and lends its connections."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any

import asyncpg

from ..store.postgresql.connections import SECONDS_TO_ANSWER, Connections
from ..store.postgresql.errors import Failures, unavailable
from .shelf import Values

# A crash of the database may lose the last moments of a journal, and nothing else of it.
_WRITING = "BEGIN; SET LOCAL synchronous_commit = off"
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresStatements:
    """`Statements` on a connection."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def run(self, statement: str, *values: Any) -> None:
        """See `Statements`."""
        await self._connection.execute(_numbered(statement), *values)

    async def add(self, table: str, columns: Sequence[str], rows: Sequence[Values]) -> None:
        """See `Statements`; by COPY."""
        await self._connection.copy_records_to_table(table, columns=columns, records=rows)

    async def rows(self, statement: str, *values: Any) -> list[Values]:
        """See `Statements`."""
        return [tuple(row) for row in await self._connection.fetch(_numbered(statement), *values)]


class PostgresDatabase:
    """`Database` of a store that is open."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[PostgresStatements]:
        """See `Database`."""
        async with self._transaction(_READING) as statements:
            yield statements

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[PostgresStatements]:
        """See `Database`."""
        async with self._transaction(_WRITING) as statements:
            yield statements

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[PostgresStatements]:
        try:
            async with self._connections.one(SECONDS_TO_ANSWER) as connection:
                await connection.execute(begin)
                try:
                    yield PostgresStatements(connection)
                    await connection.execute("COMMIT")
                except BaseException:
                    with suppress(*Failures):  # What went wrong before is being told already.
                        await connection.execute("ROLLBACK")
                    raise
        except Failures as error:
            raise unavailable(error) from error

    async def close(self) -> None:
        """See `Database`: the connections are the store's."""


@lru_cache(maxsize=256)
def _numbered(statement: str) -> str:
    """Return a statement with `$1`, `$2` and so on in the places of `?`."""
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
