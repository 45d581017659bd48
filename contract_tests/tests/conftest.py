"""What the tests of the contract share: a mock in this process, and services that are broken in one place."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from threading import Lock

import httpx
import pytest
from tempolor_contract import Level, Target

START_MS = 1_747_731_600_125
BASE_URL = "http://mock/v1/tempolor"
Rewrite = Callable[[httpx.Request, httpx.Response], httpx.Response | None]


class InProcess(httpx.BaseTransport):
    """Carries requests to an application in this process, on an event loop of its own, without a socket."""

    def __init__(self, app) -> None:
        self._asgi = httpx.ASGITransport(app)
        self._runner = asyncio.Runner()
        self._lock = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        with self._lock:
            return self._runner.run(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        body = b"".join([chunk async for chunk in response.stream])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(body))

    def shut(self) -> None:
        """End the event loop."""
        self._runner.close()


class Broken(httpx.BaseTransport):
    """A service that is broken in one place: `rewrite` returns another answer, or None to leave it."""

    def __init__(self, inner: httpx.BaseTransport, rewrite: Rewrite) -> None:
        self._inner = inner
        self._rewrite = rewrite

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request, and spoil its answer."""
        request.read()
        response = self._inner.handle_request(request)
        response.read()
        return self._rewrite(request, response) or response


@pytest.fixture(scope="session")
def mock() -> Iterator[InProcess]:
    """Return a mock whose clocks stand still; each token is a world of its own."""
    from tempolor_mock import Settings, create_app  # noqa: PLC0415 - only some tests need it

    app = create_app(Settings(frozen=True), wall=lambda: START_MS)
    transport = InProcess(app)
    yield transport
    app._renderings.close()
    transport.shut()


@pytest.fixture
def target(mock, request) -> Callable[..., Target]:
    """Return a maker of targets: this test's own world of the mock, broken if `rewrite` says so."""

    def make(rewrite: Rewrite | None = None, **settings) -> Target:
        name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
        return Target(
            **{
                "base_url": BASE_URL,
                "token": f"user:12345-{name}",
                "other_token": f"user:777-{name}",
                "level": Level.FULL,
                "transport": Broken(mock, rewrite) if rewrite else mock,
                "control_url": "http://mock/_mock",
                **settings,
            }
        )

    return make
