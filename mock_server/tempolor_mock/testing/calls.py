"""Carrying requests to the pipeline on the event loop of its server, from any thread, without a socket."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from .. import exchange
from ..exchange import RawHeaders
from ..steps.wire import ConnectionCutError

if TYPE_CHECKING:
    from ..pipeline import Pipeline

T = TypeVar("T")


@dataclass(slots=True)
class Request:
    """A request whose body has been read; `url` is absolute."""

    method: str
    url: str
    headers: RawHeaders = ()
    body: bytes = b""


@dataclass(slots=True)
class WholeReply:
    """An answer whose body has arrived in whole."""

    status: int
    body: bytes


class OpenReply:
    """An answer whose body arrives in parts; whoever gets one reads it to its end or closes it."""

    def __init__(self, reply: exchange.Reply) -> None:
        self.status = reply.status
        self.headers = reply.headers
        self._reply = reply
        self._body = reply.body
        self._parts = None if isinstance(reply.body, bytes) else aiter(reply.body)
        self._busy = asyncio.Lock()  # A client that gives up a part while it is made closes the rest at once.

    async def part(self) -> bytes:
        """Return the next part, empty at the end; ConnectionCutError where a fault rule ends the connection there."""
        async with self._busy:
            part = await self._next()
        if not part and self._reply.ends is not None:
            raise ConnectionCutError.of(self._reply)
        return part

    async def _next(self) -> bytes:
        if self._parts is not None:
            return await anext(self._parts, b"")
        body, self._body = self._body, b""
        assert isinstance(body, bytes)  # noqa: S101 - has no parts
        return body

    async def close(self) -> None:
        """Take note that nobody wants the rest."""
        async with self._busy:
            if not isinstance(self._body, bytes):
                await self._body.aclose()


async def opened(request: Request, pipeline: "Pipeline") -> OpenReply:
    """Carry a request out; ConnectionCutError where a fault rule ends the connection before the answer."""
    reply = await pipeline.answer(_parsed(request))
    if not reply.status:
        raise ConnectionCutError.of(reply)
    return OpenReply(reply)


async def whole(request: Request, pipeline: "Pipeline") -> WholeReply:
    """Carry a request out, and wait for all of its answer."""
    reply = await opened(request, pipeline)
    parts = []
    while part := await reply.part():
        parts.append(part)
    return WholeReply(reply.status, b"".join(parts))


def _parsed(request: Request) -> exchange.Request:
    parts = urlsplit(request.url)
    headers = [(name.lower(), value) for name, value in request.headers]
    if not any(name == b"host" for name, _ in headers):
        headers.append((b"host", parts.netloc.encode()))
    path, query = parts.path.encode(), parts.query.encode()
    return exchange.Request(
        request.method,
        unquote(parts.path),
        path + b"?" + query if query else path,
        query,
        headers,
        parts.scheme,
        (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)),
        "127.0.0.1",
        exchange.STAYER,
        request.body,
    )


async def awaited(future: "Future[T]") -> T:
    """Wait for work on another thread without holding up the loop, whichever library runs that."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        from anyio import to_thread  # noqa: PLC0415 - for other libraries than asyncio only

        return await to_thread.run_sync(future.result, abandon_on_cancel=True)
    return await asyncio.wrap_future(future)
