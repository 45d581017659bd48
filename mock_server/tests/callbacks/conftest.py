"""A real receiver of callbacks, which can misbehave, and mocks whose event loop the test itself runs."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tempolor_mock.app import create_app
from tempolor_mock.settings import Settings

SECONDS_TO_ARRIVE = 20


@dataclass(frozen=True)
class Received:
    """One callback as it came in."""

    target: str
    headers: dict[str, str]
    body: Any

    @property
    def job_id(self) -> str:
        """The job it is about."""
        return self.body["job_id"]

    @property
    def progress(self) -> int:
        """The progress it tells."""
        return self.body["progress"]


Behaviour = Callable[["Receiver", Received, asyncio.StreamWriter], Awaitable[None]]


def answering(status: int, headers: str = "", body: bytes = b"") -> Behaviour:
    """Answer with a status."""

    async def behave(_receiver, _received, writer) -> None:
        head = f"HTTP/1.1 {status} X\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return behave


def saying(raw: bytes) -> Behaviour:
    """Send raw bytes, whatever they are, and close."""

    async def behave(_receiver, _received, writer) -> None:
        writer.write(raw)
        await writer.drain()

    return behave


async def hang(receiver, _received, writer) -> None:
    """Say nothing until the test lets go, then answer 200."""
    await receiver.wait_until_let_go()
    await OK(receiver, _received, writer)


async def begin_and_hang(receiver, _received, writer) -> None:
    """Answer 200 and never send the body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    await writer.drain()
    await receiver.wait_until_let_go()


async def never_end(_receiver, _received, writer) -> None:
    """Answer 200 with a body that has no end."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


OK = answering(200, body=b"ok")


class Receiver:
    """An HTTP server on a free loopback port, on a thread of its own.

    It notes what comes in and does what `behave` says with it.
    """

    def __init__(self) -> None:
        self.behave: Behaviour = OK
        self.received: list[Received] = []
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._let_go = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            received = await self._read(reader)
            with self._arrived:
                self.received.append(received)
                self._arrived.notify_all()
            await self.behave(self, received, writer)
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return Received(
            first.split(" ")[1], headers, json.loads(await reader.readexactly(int(headers["content-length"])))
        )

    async def wait_until_let_go(self) -> None:
        """Wait for the test."""
        await self._let_go.wait()

    def let_go(self) -> None:
        """Answer all who hang, now and from now on."""
        self._loop.call_soon_threadsafe(self._let_go.set)

    def wait_for(self, ready: Callable[[list[Received]], bool]) -> list[Received]:
        """Wait until what came in is what the test waits for."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: ready(self.received), SECONDS_TO_ARRIVE), "nothing more came in"
            return list(self.received)

    async def arrived(self, ready: Callable[[list[Received]], bool]) -> list[Received]:
        """Wait, and let the event loop go on meanwhile."""
        return await asyncio.to_thread(self.wait_for, ready)

    def of(self, job_id: str) -> list[Received]:
        """Return what came in about one job."""
        return [each for each in self.received if each.job_id == job_id]

    def close(self) -> None:
        """End the server and its thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(SECONDS_TO_ARRIVE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that answers 200 until told otherwise."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def other_receiver() -> Iterator[Receiver]:
    """Another one."""
    with receiving() as receiver:
        yield receiver


class AsyncClient(httpx.AsyncClient):
    """A client of one world of a mock on the test's own event loop."""

    async def account(self, **fields: Any) -> None:
        """Configure an account."""
        (await self.post("/accounts", json={"requestParams": {"user_id": "111"}, **fields})).raise_for_status()

    async def song(self, reply_url: str, **fields: Any) -> list[str]:
        """Start a song and return the ids of its jobs."""
        body = {"prompt": "A harbour ballad", "replyUrl": reply_url, **fields}
        return (await self.post("/music/song", json=body)).raise_for_status().json()["jobs"]

    async def advance(self, seconds: float, **options: Any) -> Any:
        """Move the clock and return what that caused."""
        url = self.base_url.join("/_mock/clock/advance")
        return (await self.post(url, json={"seconds": seconds, **options})).raise_for_status().json()

    async def callbacks(self) -> Any:
        """Return the callbacks."""
        url = self.base_url.join("/_mock/callbacks?limit=1000")
        return (await self.get(url)).raise_for_status().json()["callbacks"]


@asynccontextmanager
async def running(token: str = "user:12345-async", *, wall=None, **settings: Any) -> AsyncIterator[AsyncClient]:
    """Run a mock from start to shutdown on this event loop."""
    app = create_app(
        Settings(**{"frozen": True, "validate_responses": True, **settings}), **({"wall": wall} if wall else {})
    )
    async with (
        app._lifespan(None),
        AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://mock/v1/tempolor",
            headers={"Authorization": f"Bearer {token}"},
        ) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def acts() -> SimpleNamespace:
    """What a receiver can do."""
    return SimpleNamespace(
        ok=OK, answering=answering, begin_and_hang=begin_and_hang, hang=hang, never_end=never_end, saying=saying
    )


@pytest.fixture(scope="session")
def run_mock() -> Callable[..., Any]:
    """Run a mock on the test's own event loop; yields a client of one world."""
    return running


@pytest.fixture
def ordered(client: Any) -> Callable[..., list[str]]:
    """Start a song with a `replyUrl`, in a world whose clock stands still, and return the ids of its jobs."""

    def order(reply_url: str, **fields: Any) -> list[str]:
        client.account()
        return client.song(replyUrl=reply_url, **fields)

    return order


@pytest.fixture
def listed(client: Any) -> Callable[..., list[Any]]:
    """Return the callbacks of the client's world, newest first."""

    def read(**query: Any) -> list[Any]:
        url = client.base_url.join("/_mock/callbacks")
        return client.get(url, params=query).raise_for_status().json()["callbacks"]

    return read
