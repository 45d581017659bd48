"""Connections to a server in this process: over sockets, or without one."""

import socket
from unittest import mock
from uuid import uuid4

from tempolor_mock.server import configured
from tempolor_mock.testing import MockServer
from uvicorn.server import ServerState

SECONDS = 5


def connected(server: MockServer) -> socket.socket:
    """Return a connection that sends at once what it is given."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    found = socket.create_connection((host, int(port)), timeout=SECONDS)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


class Line:
    """A connection in a world of its own, with the account 111."""

    def __init__(self, server: MockServer) -> None:
        self.world = server.world(f"user:12345-{uuid4()}")
        self.world.add_account("111")
        self.socket = connected(server)

    def head(self, line: str, *headers: str) -> bytes:
        """Return the bytes of a request's head."""
        lines = (f"{line} HTTP/1.1", "Host: mock", f"Authorization: Bearer {self.world.token}", *headers)
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def order(self, *headers: str) -> bytes:
        """Return the head of an order for a song."""
        return self.head("POST /v1/tempolor/music/song", "Content-Type: application/json", *headers)

    def statuses(self, count: int) -> list[int]:
        """Return the statuses of so many answers, in the order in which they come."""
        found = []
        with self.socket.makefile("rb") as stream:
            for _ in range(count):
                found.append(int(stream.readline().split()[1]))
                lines = dict(line.split(b": ", 1) for line in iter(stream.readline, b"\r\n"))
                stream.read(int(lines.get(b"content-length", 0)))
        return found


class Clockwork:
    """An event loop's time and timers, in the test's hands; tasks are begun and left alone."""

    def __init__(self):
        self.now = 0.0
        self.timers = []

    def time(self):
        """Return the loop's time."""
        return self.now

    def call_at(self, moment, call):
        """Keep a timer."""
        timer = mock.Mock(moment=moment, call=call)
        timer.when.return_value = moment
        timer.cancel.side_effect = lambda: self.timers.remove(timer)
        self.timers.append(timer)
        return timer

    def call_soon(self, call):
        """Call at once."""
        call()

    def create_future(self):
        """Make a future that nobody waits for."""
        return mock.Mock()

    def create_task(self, work):
        """End a task before it goes on."""
        work.close()
        return mock.Mock()

    def until(self, moment):
        """Let time pass, and what falls due happen."""
        while due := [each for each in self.timers if each.moment <= moment]:
            timer = min(due, key=lambda each: each.moment)
            self.timers.remove(timer)
            self.now = timer.moment
            timer.call()
        self.now = moment


def protocol_on(server, loop):
    """Return a connection's protocol and its transport, without a socket."""
    transport = mock.Mock()
    transport.get_extra_info.return_value = None
    transport.is_closing.return_value = False
    config = configured(server._mock)
    config.load()
    protocol = config.http_protocol_class(config=config, server_state=ServerState(), app_state={}, _loop=loop)
    protocol.connection_made(transport)
    return protocol, transport
