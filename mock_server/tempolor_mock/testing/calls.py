"""Carrying requests to the pipeline on the event loop of its server, from any thread, without a socket."""

import asyncio
from concurrent.futures import Future
from contextlib import aclosing
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
class Reply:
    """An answer whose body has arrived in whole."""

    status: int
    headers: RawHeaders
    body: bytes


async def carry(request: Request, pipeline: "Pipeline") -> Reply:
    """Carry a request out; ConnectionCutError where a fault rule ends the connection."""
    reply = await pipeline.answer(_parsed(request))
    if reply.ends is not None:
        raise ConnectionCutError.of(reply)
    if isinstance(reply.body, bytes):
        return Reply(reply.status, reply.headers, reply.body)
    async with aclosing(reply.body) as parts:
        return Reply(reply.status, reply.headers, b"".join([part async for part in parts]))


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
