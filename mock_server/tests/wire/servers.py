"""Two equal servers, one without the short way, and connections to them: over sockets, or without one."""

import http.client
import socket
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import uuid4

import httpx
from tempolor_mock.server import configured
from tempolor_mock.testing import MockServer
from uvicorn.server import ServerState

SECONDS = 5
TAKES_ITS_TIME = ("durationMs", "received")
"""What the journal says of the real time a request came and took."""


@dataclass(frozen=True)
class Step:
    """One request; `job` in its path stands for one of those that were started before."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    in_one_piece: bool = True

    def sent(self, token: str, job: str) -> list[bytes]:
        """Return what is sent: head and body together, or one after the other."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Host": "mock"}
        if self.body is not None:
            headers["Content-Length"] = str(len(self.body))
        path = self.path.format(job=job, escaped=job.replace(":", "%3A"))
        lines = [f"{name}: {value}" for name, value in (headers | self.headers).items()]
        head = "\r\n".join((f"{self.method} /v1/tempolor{path} HTTP/1.1", *lines, "", "")).encode()
        body = self.body or b""
        return [head + body] if self.in_one_piece else [head, body]


class Side:
    """One of two equal servers, spoken to over one connection for as long as the server keeps it."""

    def __init__(self, server: MockServer) -> None:
        self.server = server
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def ask(self, step: Step, token: str, job: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request and return what came back, without the date."""
        self._socket = self._socket or connected(self.server)
        for piece in step.sent(token, job):
            self._socket.sendall(piece)
        with http.client.HTTPResponse(self._socket, method=step.method) as response:
            response.begin()
            shown = [(name, value) for name, value in response.getheaders() if name != "date"]
            found = response.status, shown, response.read()
        if response.will_close:
            self.close()
        return found

    def journal(self, token: str) -> list[dict[str, Any]]:
        """Return what the journal says of a world's requests, without real time."""
        headers = {"Authorization": f"Bearer {token}"}
        entries = httpx.get(f"{self.server.url}/_mock/requests", headers=headers).json()["requests"]
        return [{name: value for name, value in entry.items() if name not in TAKES_ITS_TIME} for entry in entries]


def connected(server: MockServer) -> socket.socket:
    """Return a connection that sends at once what it is given."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    found = socket.create_connection((host, int(port)), timeout=SECONDS)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


class Line:
    """A connection to the server with the short way, in a world with the account 111."""

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
    """An event loop's time and timers, in the test's hands."""

    def __init__(self):
        self.now = 0.0
        self.timers = []

    def time(self):
        """Return the loop's time."""
        return self.now

    def call_later(self, delay, call):
        """Keep a timer."""
        self.timers.append((self.now + delay, call))
        return mock.Mock()

    def until(self, moment):
        """Let time pass, and what falls due happen."""
        while self.timers and self.timers[0][0] <= moment:
            self.now, call = self.timers.pop(0)
            call()
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
