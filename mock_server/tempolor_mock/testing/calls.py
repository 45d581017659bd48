"""Carrying requests to an application on the event loop of its server, from any thread, without a socket."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

T = TypeVar("T")
RawHeaders = Sequence[tuple[bytes, bytes]]


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

    status: int = 0
    headers: RawHeaders = ()
    chunks: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """All of the body."""
        return b"".join(self.chunks)


class Exchange:
    """One request on its way through an ASGI application; the client stays until it has been answered."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._body_given = False
        self._answered = asyncio.Event()
        self.reply = Reply()

    async def run(self, app: ASGIApp) -> Reply:
        """Carry it out; what the application raises comes out."""
        await app(self._scope(), self._receive, self._send)
        return self.reply

    def _scope(self) -> Scope:
        parts = urlsplit(self._request.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        headers = [(name.lower(), value) for name, value in self._request.headers]
        if not any(name == b"host" for name, _ in headers):
            headers.append((b"host", parts.netloc.encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": parts.scheme,
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": (parts.hostname, port),
        }

    async def _receive(self) -> Message:
        if self._body_given:
            await self._answered.wait()
            return {"type": "http.disconnect"}
        self._body_given = True
        return {"type": "http.request", "body": self._request.body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.reply.status = message["status"]
            self.reply.headers = list(message.get("headers", ()))
            return
        if self._request.method != "HEAD":
            self.reply.chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._answered.set()


async def awaited(future: "Future[T]") -> T:
    """Wait for work on another thread without holding up the loop, whichever library runs that."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        from anyio import to_thread  # noqa: PLC0415 - for other libraries than asyncio only

        return await to_thread.run_sync(future.result, abandon_on_cancel=True)
    return await asyncio.wrap_future(future)
