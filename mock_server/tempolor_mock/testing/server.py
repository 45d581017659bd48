"""A mock that serves loopback from a thread of this process."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..domain.ids import Token
from ..domain.world import World
from .calls import Reply, Request, carry
from .options import Options
from .transport import Transport
from .world import MockWorld

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from ..app import MockApp

T = TypeVar("T")

SECONDS_TO_START = 30
SECONDS_TO_STOP = 10


class MockServer:
    """A running mock; `url` is its address, such as `http://127.0.0.1:40123`.

    A context manager: it stops at the end. Options are those of `@pytest.mark.tempolor`, as `options` or by name.
    """

    def __init__(self, options: Options | None = None, **by_name: Any) -> None:
        from ..app import create_app  # noqa: PLC0415 - takes half a second
        from ..server import AnnouncingServer, bind, configured  # noqa: PLC0415 - the same

        self._options = options or Options.of(by_name)
        self._mock = create_app(self._options.settings)
        self._bound = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}"
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._server = AnnouncingServer(
            configured(self._mock), lambda: self._started.set_result(asyncio.get_running_loop())
        )
        self._thread = threading.Thread(target=self._serve, name="tempolor-mock", daemon=True)
        self._thread.start()
        self._loop = self._started.result(SECONDS_TO_START)
        self.app = Bridge(self._mock, self._loop)
        self.transport = Transport(self)

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._bound])
        except BaseException as error:  # noqa: BLE001 - told in the thread that waits for the start
            if not self._started.done():
                self._started.set_exception(error)
        finally:
            self._bound.close()

    def stop(self) -> None:
        """Stop serving, and wait until the thread has ended."""
        self._server.should_exit = True
        self._thread.join(SECONDS_TO_STOP)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def world(self, token: str, options: Options | None = None) -> MockWorld:
        """Return the world of a token, emptied, with a clock that begins as `options` say, else the server's."""
        parsed = Token.parse(token)
        if parsed is None:
            raise ValueError(f"{token!r} is no token: expected user:<number>-<text>")
        world = MockWorld(self, parsed, options or self._options)
        world.reset()
        return world

    def begin(self, request: Request, *, patience: float | None = None) -> "Future[Reply]":
        """Start to carry a request to the application; TimeoutError after so many real seconds."""
        return asyncio.run_coroutine_threadsafe(self._carry(request, patience), self._loop)

    async def _carry(self, request: Request, patience: float | None) -> Reply:
        async with asyncio.timeout(patience):
            return await carry(request, self._mock.pipeline)

    def run(self, token: Token, action: Callable[[World], T]) -> T:
        """Run a function on a world in a transaction of its own."""
        return asyncio.run_coroutine_threadsafe(self._mock.worlds.run(token, action), self._loop).result()


class Bridge:
    """The mock as an ASGI application for any event loop of asyncio: requests are carried to its own."""

    def __init__(self, app: "MockApp", loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Carry one request; the lifespan is the server's own, so here it only is answered."""
        if scope["type"] == "lifespan":
            await _be_alive(receive, send)
            return
        here = asyncio.get_running_loop()

        async def receive_there() -> Any:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_call(receive), here))

        async def send_there(message: Any) -> None:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_call(send, message), here))

        work = _call(self._app, scope, receive_there, send_there)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


async def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return await function(*arguments)


async def _be_alive(receive: "Receive", send: "Send") -> None:
    for event in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{event}.complete"})
