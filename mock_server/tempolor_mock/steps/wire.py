"""Answers that go wrong on their way: connections that end too soon, bodies that are cut, spoilt or slow.

Each class wraps an ASGI `send`. The server gives the connection as the extension `TRANSPORT` of a request's scope;
without one (an application in process, another server) a connection that is to end raises ConnectionCutError, which a
client in the same process sees come out of its transport.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

TRANSPORT = "tempolor.transport"
_NO_LINGER = struct.pack("ii", 1, 0)
_UNKNOWN_LENGTH_CUT = 1024


class ConnectionCutError(ConnectionResetError):
    """The connection ends here because a fault rule wants it."""


class ClientLeftError(Exception):
    """The client has closed the connection: nobody waits for an answer any more."""


async def cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection, by a TCP reset or by closing it in good order; return when it has ended."""
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(TRANSPORT)
    if transport is None:
        raise ConnectionCutError("Connection reset by a fault rule" if reset else "Connection closed by a fault rule")
    if reset:
        _forget_what_is_unsent(transport)
        transport.abort()
    else:
        transport.close()
    await left(receive)


def _forget_what_is_unsent(transport: asyncio.Transport) -> None:
    """Make closing the socket send a reset: with a linger time of zero the system does so at once."""
    # The option belongs to the socket, not to the descriptor; event loops keep the socket itself to themselves.
    with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


async def left(receive: Receive) -> None:
    """Return when the client has closed the connection, or has got its answer."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Truncated:
    """Sends the head and the first `size` bytes of the body (None: half of it), then ends the connection."""

    def __init__(self, send: Send, end: Callable[[], Awaitable[None]], size: int | None) -> None:
        self._send = send
        self._end = end
        self._left = size

    async def __call__(self, message: Message) -> None:
        """Send what still gets through."""
        if message["type"] == "http.response.start":
            if self._left is None:
                length = _content_length(message)
                self._left = _UNKNOWN_LENGTH_CUT if length is None else length // 2
            await self._send(message)
            return
        body = message.get("body", b"")[: self._left]
        self._left = (self._left or 0) - len(body)
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        if self._left <= 0 or not message.get("more_body", False):
            await self._end()
            raise ClientLeftError


class Malformed:
    """Sends half of a JSON body as if it were all of it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        """Send the head when the body is known, which comes in one piece."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = message.get("body", b"")
        half = body[: len(body) // 2]
        headers = [
            (name, b"%d" % len(half) if name == b"content-length" else value) for name, value in self._start["headers"]
        ]
        await self._send({**self._start, "headers": headers})
        await self._send({**message, "body": half})


class Dribbled:
    """Sends the body `size` bytes at a time; `pause` waits before each piece but the first."""

    def __init__(self, send: Send, pause: Callable[[], Awaitable[None]], size: int) -> None:
        self._send = send
        self._pause = pause
        self._size = size
        self._begun = False

    async def __call__(self, message: Message) -> None:
        """Send one message, in pieces."""
        if message["type"] == "http.response.start":
            await self._send(message)
            return
        body = message.get("body", b"")
        for start in range(0, len(body), self._size):
            if self._begun:
                await self._pause()
            self._begun = True
            piece = body[start : start + self._size]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        if not message.get("more_body", False):
            await self._send({"type": "http.response.body", "body": b""})


def _content_length(start: Message) -> int | None:
    value = dict(start["headers"]).get(b"content-length")
    return None if value is None else int(value)
