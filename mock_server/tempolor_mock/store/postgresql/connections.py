"""The way to the database: a bounded pool of connections on the running event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from ..base import StoreError
from . import errors, layout

SECONDS_TO_CONNECT = 3
SECONDS_TO_ANSWER = 5
"""How long a call may take, from asking for a connection on; more where it carries much (`BYTES_A_SECOND`)."""

BYTES_A_SECOND = 4 << 20
"""At least so fast are uploads taken to come to the database and back."""

OLDEST_VERSION = 13
APPLICATION_NAME = "tempolor-mock"

SECONDS_FOR_A_LOCK = 4
"""How long the database waits for another one's lock, so that it is sure that nothing was done when it gives up."""

SECONDS_FOR_A_STATEMENT = 60
"""When the database gives up a statement that nobody may wait for any more."""


class Connections:
    """Runs statements; a new event loop gets connections of its own."""

    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._most = most
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def fetch(self, statement: str, *values: Any, size: int = 0, seconds: float | None = None) -> list[Any]:
        """Return the rows of a statement; it may take so many seconds, and more where it carries many bytes."""
        async with self.one((seconds or SECONDS_TO_ANSWER) + size / BYTES_A_SECOND) as connection:
            rows: list[Any] = await connection.fetch(statement, *values)
            return rows

    @asynccontextmanager
    async def one(self, seconds: float) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
        """Lend a connection for so many seconds at most; TimeoutError after that, and the connection ends."""
        pool = await self._open()
        async with asyncio.timeout(seconds):
            connection = await pool.acquire()
            try:
                yield connection
            except BaseException as error:
                if not isinstance(error, asyncpg.PostgresError):
                    connection.terminate()  # Who knows what would be read from it next.
                raise
            finally:
                await pool.release(connection)

    async def _open(self) -> "asyncpg.Pool[asyncpg.Record]":
        loop = asyncio.get_running_loop()
        if self._pool is None or self._loop is not loop:
            self._loop = loop
            self._pool = asyncpg.create_pool(
                self._url,
                min_size=0,
                max_size=self._most,
                connect=_connect,
                reset=_leave_as_it_is,
                timeout=SECONDS_TO_CONNECT,
                server_settings={"application_name": APPLICATION_NAME},
            )
            await self._pool  # Connects nowhere yet.
        return self._pool

    async def close(self) -> None:
        """End all connections."""
        pool, self._pool = self._pool, None
        if pool is not None and self._loop is asyncio.get_running_loop():
            pool.terminate()


async def _connect(*place: Any, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a new connection; the pool's own way to set it up would wait for ever where nothing comes back."""
    connection = await asyncpg.connect(*place, **options)
    try:
        await connection.execute(
            f"SET statement_timeout = '{SECONDS_FOR_A_STATEMENT}s'; SET lock_timeout = '{SECONDS_FOR_A_LOCK}s';"
            "SET jit = off; SET client_min_messages = warning"
        )
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _leave_as_it_is(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing is ever left on a connection that must be undone, so no call is spent on it."""


def prepare(url: str) -> None:
    """Make the tables, or bring them to this kit's layout; StoreError where worlds cannot be kept there.

    Works wherever it is called: event loop or not, this waits for a thread of its own.
    """
    failures: list[Exception] = []

    def run() -> None:
        try:
            asyncio.run(_prepare(url))
        except (*errors.Failures, ValueError, StoreError) as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="prepare")
    thread.start()
    thread.join()
    for error in failures:
        raise (error if isinstance(error, StoreError) else errors.refused(url, error)) from None


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(
        url, timeout=SECONDS_TO_CONNECT, server_settings={"application_name": APPLICATION_NAME}
    )
    try:
        if connection.get_server_version().major < OLDEST_VERSION:
            version = connection.get_server_version()
            raise StoreError(
                f"cannot keep worlds in {errors.shown(url)}: it is PostgreSQL {version.major}.{version.minor}, "
                f"and this kit needs {OLDEST_VERSION} or newer"
            )
        await connection.execute("SET client_min_messages = warning; SET lock_timeout = '30s'")
        async with connection.transaction():
            await connection.fetch("SELECT pg_advisory_xact_lock($1)", layout.LOCK)
            await _bring_up_to_date(connection, url)
    finally:
        await connection.close(timeout=SECONDS_TO_CONNECT)


async def _bring_up_to_date(connection: "asyncpg.Connection[asyncpg.Record]", url: str) -> None:
    if await connection.fetchval("SELECT to_regclass('tempolor_layout')") is None:
        await connection.execute(layout.statements(f"layout_{layout.LAYOUT}.sql"))
        return
    version = await connection.fetchval("SELECT version FROM tempolor_layout")
    while version in layout.MIGRATIONS:
        await connection.execute(layout.statements(layout.MIGRATIONS[version]))
        version = await connection.fetchval("SELECT version FROM tempolor_layout")
    if version != layout.LAYOUT:
        raise StoreError(
            f"cannot read the worlds in {errors.shown(url)}: their layout is version {version}, this kit's is "
            f"{layout.LAYOUT}. Use the kit that wrote them or a newer one, or another database"
        )
