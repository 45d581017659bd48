"""A way to PostgreSQL that a test can cut, block and count what passes on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

TO_SERVER_ENDS = (b"S", b"Q", b"H")
"""Messages after which a client waits for the server: Sync, Query and Flush."""


class DatabaseProxy:
    """Passes on what clients and the database send each other; runs on a thread of its own.

    `trips` counts how often a client has waited for the database since it was connected and set up.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self._host = query.get("host", [parts.hostname or "127.0.0.1"])[0]
        self._port = parts.port or 5432
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._passes = asyncio.Event()
        self._passes.set()
        self._answers = asyncio.Event()
        self._answers.set()
        self._refuses = False
        self.trips = 0
        schema = query.get("search_path", ["public"])[0]
        user = f"{parts.username or 'postgres'}{f':{parts.password}' if parts.password else ''}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"postgresql://{user}@127.0.0.1:{port}{parts.path}?search_path={schema}&sslmode=disable"

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        if self._host.startswith("/"):
            to_server = await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        else:
            to_server = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, to_server[1]}
        with suppress(OSError, asyncio.IncompleteReadError):
            await asyncio.gather(self._to_server(reader, to_server[1]), self._to_client(to_server[0], writer))
        for each in (writer, to_server[1]):
            each.transport.abort()
            self._writers.discard(each)

    async def _to_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(4)
        writer.write(first + await reader.readexactly(int.from_bytes(first) - 4))
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            self.trips += head[:1] in TO_SERVER_ENDS
            await self._passes.wait()
            writer.write(head + body)

    async def _to_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._answers.wait()
            writer.write(data)
        raise asyncio.IncompleteReadError(b"", 1)

    def cut(self, *, refuse: bool = False) -> None:
        """End all connections, and refuse new ones if it is so wished."""

        async def end() -> None:
            self._refuses = refuse
            for writer in self._writers:
                writer.transport.abort()

        self._call(end())

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Be nobody's way to the database."""
        self.cut(refuse=True)
        try:
            yield
        finally:
            self._refuses = False

    @contextmanager
    def blocked(self, *, answers: bool = False) -> Iterator[None]:
        """Keep what clients send from the database, or only its answers from them."""
        gate = self._answers if answers else self._passes
        self._loop.call_soon_threadsafe(gate.clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(gate.set)

    def close(self) -> None:
        """Stop, and leave nothing open."""
        self.cut(refuse=True)

        async def end() -> None:
            self._server.close()
            current = asyncio.current_task()
            others = [task for task in asyncio.all_tasks() if task is not current]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._call(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
