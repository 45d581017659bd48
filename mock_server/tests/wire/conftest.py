"""Requests that no HTTP client would send, byte by byte over a socket."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tempolor_mock.testing import MockServer

from .servers import Line

SECONDS = 5
"""How long a test waits for any answer: without one by then, the server hangs."""


@dataclass(frozen=True)
class Reply:
    """What came back over the socket."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Raw:
    """Speaks to a server byte by byte, in the name of one API token."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._authorization = f"Authorization: Bearer {token}\r\n".encode()

    def send(self, data: bytes, *, method: str = "GET", close: bool = False) -> Reply | None:
        """Send bytes and return the reply, None where the server just closes the connection."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=SECONDS) as connection:
            with suppress(ConnectionError):  # the answer may come before everything was sent
                connection.sendall(data)
                if close:
                    connection.shutdown(socket.SHUT_WR)
            response = http.client.HTTPResponse(connection, method=method)
            try:
                response.begin()
            except (ConnectionError, http.client.RemoteDisconnected):
                return None
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, headers, response.read())

    def converse(self, data: bytes) -> bytes:
        """Send bytes and return everything that comes back until the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=SECONDS) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def request(self, method: str, path: str | bytes, *headers: bytes, body: bytes = b"", length: bool = True) -> Reply:
        """Send a request with a `Host`, the token, more headers and a body."""
        target = path.encode() if isinstance(path, str) else path
        lines = b"".join(line + b"\r\n" for line in headers)
        if body and length:
            lines += b"Content-Length: %d\r\n" % len(body)
        head = method.encode() + b" /v1/tempolor" + target + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        return self.send(head + self._authorization + lines + b"\r\n" + body, method=method)


@pytest.fixture
def raw(server, wire_client) -> Raw:
    """A raw connection to the real server, in a world with one account."""
    wire_client.account("111")
    return Raw(server.port, wire_client.api_token)


@pytest.fixture
def refused_on_the_wire(server) -> Callable[..., None]:
    """Assert that a reply is a 4xx in the envelope, with this status if given, and that the server still answers."""

    def check(reply: Reply | None, status: int | None = None) -> None:
        assert reply is not None, "closed without an answer"
        assert 400 <= reply.status < 500
        assert status in {None, reply.status}
        assert reply.headers["content-type"] == "application/json"
        assert set(reply.json) >= {"error", "code"}
        assert isinstance(reply.json["error"], str)
        assert reply.json["code"] == reply.status
        assert httpx.get(f"{server.url}/_mock/health", timeout=SECONDS).status_code == 200

    return check


@pytest.fixture(scope="module")
def mock_server() -> Iterator[MockServer]:
    """A server in this process, for tests that look inside."""
    with MockServer(frozen=True, seed=7) as started:
        yield started


@pytest.fixture
def line(mock_server) -> Iterator[Line]:
    """A connection of the test's own, closed at its end."""
    found = Line(mock_server)
    with found.socket:
        yield found
