"""Where a mock of a test run lives: on an event loop in a thread, behind an address or without one."""

import asyncio
import threading
from abc import ABC, abstractmethod
from concurrent.futures import Future
from typing import TYPE_CHECKING

from .loops import SocketlessLoop

if TYPE_CHECKING:
    from starlette.types import Message

    from ..app import MockApp

SECONDS_TO_START = 30
SECONDS_TO_STOP = 10

NOWHERE = "http://127.0.0.1:0"
"""The address of a mock that listens nowhere: clients that do not use its transport cannot connect there."""


class Host(ABC):
    """Runs a mock in a thread; `url` is its address, `loop` the event loop it runs on."""

    url: str

    def __init__(self) -> None:
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._live, name="tempolor-mock", daemon=True)
        self._thread.start()
        self.loop = self._started.result(SECONDS_TO_START)

    def _live(self) -> None:
        try:
            self.serve()
        except BaseException as error:  # noqa: BLE001 - told in the thread that waits for the start
            if not self._started.done():
                self._started.set_exception(error)

    def announce(self) -> None:
        """Say that requests are answered; called on the event loop."""
        self._started.set_result(asyncio.get_running_loop())

    @abstractmethod
    def serve(self) -> None:
        """Run until `leave`; called in the thread."""

    @abstractmethod
    def leave(self) -> None:
        """Let `serve` come to its end."""

    def stop(self) -> None:
        """Stop, and wait until the thread has ended."""
        self.leave()
        self._thread.join(SECONDS_TO_STOP)


class ListeningHost(Host):
    """Serves a port of the loopback interface."""

    def __init__(self, app: "MockApp") -> None:
        from ..server import AnnouncingServer, bind, configured  # noqa: PLC0415 - loads uvicorn

        self._bound = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}"
        self._server = AnnouncingServer(configured(app), self.announce)
        super().__init__()

    def serve(self) -> None:
        """See `Host`."""
        try:
            self._server.run(sockets=[self._bound])
        finally:
            self._bound.close()

    def leave(self) -> None:
        """See `Host`."""
        self._server.should_exit = True


class SocketlessHost(Host):
    """Answers what is carried to its event loop, and listens nowhere."""

    url = NOWHERE

    def __init__(self, app: "MockApp") -> None:
        self._app = app
        self._leaving = asyncio.Event()
        super().__init__()

    def serve(self) -> None:
        """See `Host`."""
        with asyncio.Runner(loop_factory=SocketlessLoop) as runner:
            runner.run(self._app({"type": "lifespan"}, self._receive, self._send))

    async def _receive(self) -> "Message":
        if not self._started.done():
            return {"type": "lifespan.startup"}
        await self._leaving.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: "Message") -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                self.announce()
            case "lifespan.startup.failed":
                raise RuntimeError(message.get("message") or "the mock did not start")

    def leave(self) -> None:
        """See `Host`."""
        self._app.worlds.stop_waiting()
        self.loop.call_soon_threadsafe(self._leaving.set)
