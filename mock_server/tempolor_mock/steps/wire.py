"""Replies that go wrong on their way: cut short, spoilt, slow, or for nobody any more."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from ..exchange import Parts, Reply, Sender

T = TypeVar("T")

_UNKNOWN_LENGTH_CUT = 1024


class ConnectionCutError(ConnectionResetError):
    """The connection ends here because a fault rule wants it; for transports that have no connection to end."""

    @classmethod
    def of(cls, reply: Reply) -> "ConnectionCutError":
        """Return the error that says how a reply ends."""
        return cls(f"Connection {'reset' if reply.ends == 'reset' else 'closed'} by a fault rule")


class ClientLeftError(Exception):
    """The client has closed the connection: nobody waits for an answer any more."""


async def unless_left(sender: Sender, waiting: Coroutine[Any, Any, T]) -> T:
    """Wait for something; raise ClientLeftError, and end it, as soon as the client closes the connection."""
    work = asyncio.ensure_future(waiting)
    leaving = asyncio.ensure_future(sender.left())
    try:
        await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientLeftError
        return await work
    finally:
        work.cancel()
        leaving.cancel()


def truncated(reply: Reply, size: int | None) -> Reply:
    """Return the head and the first `size` bytes of the body (None: half of it), after which the connection ends."""
    reply.ends = "close"
    if isinstance(reply.body, bytes):
        reply.body = reply.body[: len(reply.body) // 2 if size is None else size]
        return reply
    if size is None:
        length = dict(reply.headers).get(b"content-length")
        size = _UNKNOWN_LENGTH_CUT if length is None else int(length) // 2
    reply.body = _first(reply.body, size)
    return reply


async def _first(body: Parts, size: int) -> AsyncGenerator[bytes]:
    async with aclosing(body):
        async for part in body:
            yield part[:size]
            size -= len(part)
            if size <= 0:
                return


def malformed(reply: Reply) -> Reply:
    """Return half of a JSON body as if it were all of it."""
    assert isinstance(reply.body, bytes)  # noqa: S101 - JSON comes in one piece
    half = reply.body[: len(reply.body) // 2]
    headers = [(name, b"%d" % len(half) if name == b"content-length" else value) for name, value in reply.headers]
    return Reply(reply.status, headers, half)


def dribbled(reply: Reply, pause: Callable[[], Awaitable[None]], size: int) -> Reply:
    """Return the body `size` bytes at a time; `pause` waits before each piece but the first."""
    reply.body = _pieces(reply.body, pause, size)
    return reply


async def _pieces(body: bytes | Parts, pause: Callable[[], Awaitable[None]], size: int) -> AsyncGenerator[bytes]:
    begun = False
    async with aclosing(_whole(body) if isinstance(body, bytes) else body) as parts:
        async for part in parts:
            for start in range(0, len(part), size):
                if begun:
                    await pause()
                begun = True
                yield part[start : start + size]


async def _whole(body: bytes) -> AsyncGenerator[bytes]:
    yield body
