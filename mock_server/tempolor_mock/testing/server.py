"""A mock that serves loopback from a thread of this process, or this process alone where sockets are forbidden."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..domain.ids import Token
from ..domain.world import World
from .hosts import ListeningHost, SocketlessHost
from .loops import may_use_sockets
from .options import Options
from .receivers import Receivers
from .transport import Transport
from .world import MockWorld

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from ..app import MockApp
    from ..pipeline import Pipeline

T = TypeVar("T")


class MockServer:
    """A running mock; `url` is its address, such as `http://127.0.0.1:40123`.

    A context manager: it stops at the end. Options are those of `@pytest.mark.tempolor`, as `options` or by name.
    Where sockets are forbidden, as by pytest-socket, it listens nowhere: `transport` and `app` reach it.
    """

    def __init__(self, options: Options | None = None, **by_name: Any) -> None:
        from ..app import create_app  # noqa: PLC0415 - takes half a second

        self._options = options or Options.of(by_name)
        self._mock = create_app(self._options.settings)
        self.pipeline: Pipeline = self._mock.pipeline
        self._host = ListeningHost(self._mock) if may_use_sockets() else SocketlessHost(self._mock)
        self.url = self._host.url
        self._loop = self._host.loop
        self.app = Bridge(self._mock, self._loop)
        self.transport = Transport(self)

    def stop(self) -> None:
        """Stop serving, and wait until the thread has ended."""
        self._host.stop()

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

    def submit(self, work: Coroutine[Any, Any, T], patience: float | None = None) -> "Future[T]":
        """Run a coroutine on the mock's event loop; TimeoutError after so many real seconds."""
        return asyncio.run_coroutine_threadsafe(_within(patience, work), self._loop)

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Run a coroutine that nobody waits for, unless the mock has stopped."""
        try:
            asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()

    def run(self, token: Token, action: Callable[[World], T]) -> T:
        """Run a function on a world in a transaction of its own."""
        return self.submit(self._mock.worlds.run(token, action)).result()

    def deliver_by(self, token: Token, receivers: Receivers | None) -> None:
        """Hand a world's callbacks to the applications of a test, as far as these take them."""
        self._mock.dispatcher.deliver_by(token, receivers)


async def _within(patience: float | None, work: Coroutine[Any, Any, T]) -> T:
    async with asyncio.timeout(patience):
        return await work


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
