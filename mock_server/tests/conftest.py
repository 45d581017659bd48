"""What all tests of the mock share: an application in this process, and a server of its own on loopback.

One application serves a whole test run, because worlds are apart by token: each test gets a token, and with it a world,
that nobody used before. Every clock stands still until a test advances it, and every answer is checked against the
document on its way out: one outside it would be a 500.
"""

import asyncio
import hashlib
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tempolor_mock.app import create_app
from tempolor_mock.settings import Settings

from .postgresql import NOT_THERE, Schemas, shared_cluster
from .stores import Places

START_MS = 1_747_731_600_125
"""The real moment all in-process tests are run at: 2025-05-20T09:00:00.125Z."""

USER_NUMBER = "12345"
TEMPOLOR = Path(sysconfig.get_path("scripts"), "tempolor")
SECONDS_TO_START = 20
SECONDS_TO_STOP = 5
PAST_EVERY_JOB = 60
"""Virtual seconds after which any job has completed and its files are there."""

Json = Any


class InProcess(httpx.BaseTransport):
    """Carries requests to an application in this process, on an event loop of its own, without a socket."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._asgi = httpx.ASGITransport(app)
        self._runner = asyncio.Runner()
        self._runner.run(self._start())

    async def _start(self) -> None:
        self._inbox: asyncio.Queue[Json] = asyncio.Queue()
        self._outbox: asyncio.Queue[Json] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._life = asyncio.create_task(self._app(scope, self._inbox.get, self._outbox.put))
        await self._tell("lifespan.startup")

    async def _tell(self, event: str) -> None:
        await self._inbox.put({"type": event})
        assert await self._outbox.get() == {"type": f"{event}.complete"}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        return self._runner.run(self._handle(request))

    def together(self, *requests: httpx.Request) -> list[httpx.Response]:
        """Carry several requests at once."""

        async def handle_all() -> list[httpx.Response]:
            responses = await asyncio.gather(*map(self._handle, requests))
            return [httpx.Response(each.status_code, content=each.read()) for each in responses]

        return self._runner.run(handle_all())

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        body = b"".join([chunk async for chunk in response.stream])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(body))

    def stop(self) -> None:
        """Shut the application down, as a server does; clients that close leave it running."""
        self._runner.run(self._stop())
        self._runner.close()

    async def _stop(self) -> None:
        await self._tell("lifespan.shutdown")
        await self._life


@contextmanager
def in_process(**settings: Any) -> Iterator[InProcess]:
    """Run an application with clocks that stand still and answers that are checked, unless `settings` say otherwise."""
    app = create_app(Settings(**{"frozen": True, "validate_responses": True, **settings}), wall=lambda: START_MS)
    transport = InProcess(app)
    try:
        yield transport
    finally:
        transport.stop()


class Client(httpx.Client):
    """A client of one world, with the steps that many tests begin with."""

    def __init__(self, token: str, **options: Any) -> None:
        self.api_token = token
        super().__init__(headers={"Authorization": f"Bearer {token}"}, timeout=10, **options)

    def anonymous(self) -> httpx.Client:
        """Return a client of the same mock that sends no token, as whoever follows a link."""
        return httpx.Client(transport=self._transport, base_url=self.base_url, timeout=10)

    def control(self, call: str, **content: Any) -> httpx.Response:
        """POST to the control plane."""
        return self.post(self.base_url.join(f"/_mock/{call}"), json=content)

    def advance(self, seconds: float) -> Json:
        """Move the world's clock forward and return the transitions that caused."""
        return self.control("clock/advance", seconds=seconds).raise_for_status().json()["transitions"]

    def now_ms(self) -> int:
        """Return the virtual time."""
        return self.get(self.base_url.join("/_mock/clock")).raise_for_status().json()["now"]

    def account(self, user_id: str = "111", **fields: Any) -> str:
        """Configure an account and return its id."""
        body = {"requestParams": {"user_id": user_id}, **fields}
        return self.post("/accounts", json=body).raise_for_status().json()["user_id"]

    def song(self, prompt: str = "A harbour ballad", **fields: Any) -> list[str]:
        """Start a song and return the ids of its jobs."""
        return self.post("/music/song", json={"prompt": prompt, **fields}).raise_for_status().json()["jobs"]

    def instrumental(self, prompt: str = "A mellow loop", **fields: Any) -> list[str]:
        """Start an instrumental and return the ids of its jobs."""
        return self.post("/music/instrumental", json={"prompt": prompt, **fields}).raise_for_status().json()["jobs"]

    def completed_song(self, **fields: Any) -> str:
        """Start a song of a short model, let its files be made, and return the id of its first job."""
        job_id, *_ = self.song(**{"model_song": "v3"} | fields)
        self.advance(PAST_EVERY_JOB)
        return job_id

    def link(self, job_id: str, file_format: str = "wav") -> str:
        """Return the link to a completed job's file; a WAV is made most quickly."""
        return (
            self.get(f"/music/download/{job_id}", params={"file_format": file_format}).raise_for_status().json()["url"]
        )


def fresh_token(request: pytest.FixtureRequest, number: str = USER_NUMBER) -> str:
    """Return a token that no other test uses, the same one each time this test is run."""
    return f"user:{number}-{hashlib.blake2b(request.node.nodeid.encode(), digest_size=8).hexdigest()}"


@pytest.fixture(scope="session")
def application() -> Iterator[InProcess]:
    """The application that most tests share."""
    with in_process() as transport:
        yield transport


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """The URL of the test run's PostgreSQL; None where there is none."""
    own = tmp_path_factory.getbasetemp()
    with shared_cluster(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) as url:
        yield url


@pytest.fixture(scope="session")
def schemas(postgresql: str | None) -> Iterator[Schemas | None]:
    """Schemas of that PostgreSQL."""
    if postgresql is None:
        yield None
        return
    made = Schemas(postgresql, f"test_{os.getpid()}_{os.urandom(3).hex()}")
    yield made
    made.drop()


@pytest.fixture
def place_of(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Places]:
    """Return what `--store` is told: `place_of("sqlite")`; the same label is the same place."""
    with places(tmp_path, request) as found:
        yield found


@contextmanager
def places(folder: Path, request: pytest.FixtureRequest) -> Iterator[Places]:
    """Lend places for stores; one in PostgreSQL is skipped where there is none."""

    def find() -> Schemas:
        found: Schemas | None = request.getfixturevalue("schemas")
        return pytest.skip(NOT_THERE) if found is None else found

    found = Places(folder, find)
    yield found
    found.give_back()


@pytest.fixture
def new_client(request: pytest.FixtureRequest, application: InProcess) -> Iterator[Callable[..., Client]]:
    """Make clients: of a world by its token, or of an application of their own with other settings."""
    with ExitStack() as stack:

        def make(token: str | None = None, **settings: Any) -> Client:
            transport = stack.enter_context(in_process(**settings)) if settings else application
            return Client(token or fresh_token(request), transport=transport, base_url="http://mock/v1/tempolor")

        yield make


@pytest.fixture(scope="session")
def separate_mock() -> Callable[..., AbstractContextManager[Client]]:
    """Run a mock with settings of its own for several tests; gives a client of an empty world."""

    @contextmanager
    def run(**settings: Any) -> Iterator[Client]:
        with in_process(**settings) as transport:
            yield Client(f"user:{USER_NUMBER}-separate", transport=transport, base_url="http://mock/v1/tempolor")

    return run


@pytest.fixture
def client(new_client: Callable[..., Client]) -> Client:
    """A client of an empty world."""
    return new_client()


@dataclass(frozen=True)
class Server:
    """A mock that was started by its command line and serves a socket."""

    process: subprocess.Popen[str]
    url: str
    announced: str

    @property
    def port(self) -> int:
        """The port it listens on."""
        return httpx.URL(self.url).port

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS_TO_STOP)


@contextmanager
def serving(*arguments: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """Run `tempolor mock` on a free port for as long as the context lasts."""
    command = [sys.executable, TEMPOLOR, "mock", *arguments]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=env) as process,
    ):
        watchdog = threading.Timer(SECONDS_TO_START, process.kill)
        watchdog.start()
        try:
            announced = process.stdout.readline()
            url = re.search(r"https?://\S+:\d+(?=/v1/tempolor)", announced)
            log.seek(0)
            assert url, f"no address announced: {announced!r}; {log.read()}"
            watchdog.cancel()
            yield Server(process, url[0], announced)
        finally:
            watchdog.cancel()
            process.kill()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real server with clocks that stand still, shared by the tests of a run; each uses a token of its own."""
    with serving("--port", "0", "--frozen", "--validate-responses") as started:
        yield started


@pytest.fixture
def wire_client(request: pytest.FixtureRequest, server: Server) -> Iterator[Client]:
    """A client of an empty world of the real server."""
    with Client(fresh_token(request), base_url=f"{server.url}/v1/tempolor") as client:
        yield client
