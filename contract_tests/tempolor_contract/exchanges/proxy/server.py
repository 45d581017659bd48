"""Runs the proxy on a loopback address until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import h11
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import Proxy
from .refusal import refusal


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Return a socket that listens; OSError if the port is taken."""
    # Only where the protocol is named does asyncio send small packets at once; else each answer waits for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


class _Protocol(H11Protocol):
    """Refuses what is no HTTP in the words of the proxy."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - Uvicorn's words, always the same
        """Answer, where no answer has begun, and close."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers, content = refusal(400, "This is no HTTP/1.1; the proxy's address begins with http://")
            answer = h11.Response(status_code=400, headers=[*headers, (b"connection", b"close")], reason=b"Bad Request")
            for event in (answer, h11.Data(data=content), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


@dataclass(frozen=True)
class Door:
    """A proxy, and the socket it listens on."""

    listener: socket.socket
    proxy: Proxy

    @property
    def url(self) -> str:
        """The address for whoever stands in front of it."""
        return "http://{}:{}".format(*self.listener.getsockname())


def make_server(*doors: Door) -> uvicorn.Server:
    """Return a server that adds nothing to what the proxies answer, and is silent."""
    by_port = {door.listener.getsockname()[1]: door.proxy for door in doors}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    config = uvicorn.Config(
        answer,
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        # The other parser knows a fixed list of methods; refusing one is the service's business.
        http=_Protocol,
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)


async def serve_doors(server: uvicorn.Server, *doors: Door) -> None:
    """Serve until `server.should_exit`; what is on its way gets three seconds."""
    await server.serve(sockets=[door.listener for door in doors])
    for door in doors:
        await door.proxy.close()


def serve(*doors: Door, ready: Callable[[uvicorn.Server], None]) -> None:
    """Serve until Ctrl-C, a SIGTERM, or `server.should_exit`."""
    server = make_server(*doors)

    async def main() -> None:
        ready(server)
        await serve_doors(server, *doors)

    with _signals_ignored():
        asyncio.run(main())


@contextmanager
def _signals_ignored() -> Iterator[None]:
    """Uvicorn stops at a signal and raises it again at its end; it has had its effect then."""

    def ignore(*_: Any) -> None:
        pass

    before = {number: signal.signal(number, ignore) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
