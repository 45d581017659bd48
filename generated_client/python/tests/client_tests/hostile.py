"""A server on raw sockets that answers as a test tells it, and keeps what it was sent, byte by byte."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Reply = Callable[[Request, socket.socket], bool]
"""Answers a request; tells whether the connection stays."""


def answer(status: int = 200, body: Any = b"", **headers: str) -> Reply:
    """Answer properly; anything but bytes goes as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {} if isinstance(body, bytes) else {"Content-Type": "application/json"}
    sent = {**kind, **{name.replace("_", "-"): value for name, value in headers.items()}}

    def reply(request: Request, connection: socket.socket) -> bool:
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        length = "" if status == 204 else f"Content-Length: {len(content)}\r\n"
        connection.sendall(f"HTTP/1.1 {status} Whatever\r\n{lines}{length}\r\n".encode() + content)
        return True

    return reply


def error(status: int, text: str, **fields: Any) -> Reply:
    """Answer with the service's own envelope."""
    return answer(status, {"error": text, "code": status, **fields})


def html(status: int = 502) -> Reply:
    """Answer as a gateway does."""
    return answer(status, b"<html><h1>Bad Gateway</h1></html>", Content_Type="text/html; charset=utf-8")


def drop(request: Request, connection: socket.socket) -> bool:
    """Close the connection without a word."""
    return False


def reset(request: Request, connection: socket.socket) -> bool:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang(request: Request, connection: socket.socket) -> bool:
    """Say nothing until the other side gives up."""
    while connection.recv(65_536):
        pass
    return False


def cut(content: bytes, after: int, status: int = 200, **headers: str) -> Reply:
    """Promise a whole body, and close the connection in the middle of it."""

    def reply(request: Request, connection: socket.socket) -> bool:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Whatever\r\n{lines}Content-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content[:after])
        return False

    return reply


class Hostile:
    """The server.

    Replies given to `then` are used up one after the other; `always` answers when none is left.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.open_connections = 0
        self.all_connections = 0
        self._replies: list[Reply] = []
        self._always: Reply = error(500, "no reply left")
        self._lock = threading.Condition()
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port = self._listener.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.origin}/v1/tempolor"

    def then(self, *replies: Reply) -> Self:
        """Add replies."""
        self._replies += replies
        return self

    def always(self, reply: Reply) -> Self:
        """Set the reply when no other is left."""
        self._always = reply
        return self

    @property
    def lines(self) -> list[str]:
        """The request lines, without the version."""
        return [request.line.removesuffix(" HTTP/1.1") for request in self.requests]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has come true, at most for some seconds."""
        with self._lock:
            assert self._lock.wait_for(condition, timeout=10)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Only a shutdown wakes the thread that is in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._sockets:
                with suppress(OSError):  # its thread may have closed it just now
                    connection.shutdown(socket.SHUT_RDWR)
            assert self._lock.wait_for(lambda: not self._sockets, timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._sockets.add(connection)
                self.all_connections += 1
                self.open_connections += 1
                number = self.all_connections
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while (request := _read(stream, number)) is not None and self._reply(request)(request, connection):
                    pass
        except OSError:
            pass
        finally:
            with self._lock:
                self._sockets.discard(connection)
                self.open_connections -= 1
                self._lock.notify_all()

    def _reply(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            self._lock.notify_all()
            return self._replies.pop(0) if self._replies else self._always


def _read(stream: Any, number: int) -> Request | None:
    line = stream.readline().decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    headers = {}
    while header := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(iter(lambda: _chunk(stream), b""))
    else:
        body = stream.read(int(headers.get("content-length", 0)))
    return Request(line, headers, body, number)


def _chunk(stream: Any) -> bytes:
    size = int(stream.readline(), 16)
    data = stream.read(size)
    stream.readline()
    return data
