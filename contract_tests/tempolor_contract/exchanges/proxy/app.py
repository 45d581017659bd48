"""The proxy as an ASGI app: passes requests on, streams answers back, tells an observer what passed."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

import httpx
from starlette.types import Receive, Scope, Send

from ..exchange import Exchange, Headers, Request, Response
from ..receiver import SOURCE as CALLBACK
from .refusal import refusal
from .sequence import Sequence
from .tape import BEGINNING, Tape
from .upstream import RawHeaders, Upstream, end_to_end, has_two_lengths, is_framed

_SHOWN = 200
"""Characters of a client's own text that a refusal repeats."""


class _GoneError(Exception):
    """The client went away before it had everything."""


@dataclass
class _Passage:
    """One request on its way: what is known of it so far, and the copies of its bodies."""

    method: str
    target: bytes
    headers: RawHeaders
    ticket: int
    started: float
    clock: float
    sent: Tape = field(default_factory=Tape)
    answered: Tape = field(default_factory=partial(Tape, beginning=BEGINNING))
    status: int = 0
    answer_headers: RawHeaders = field(default_factory=list)
    fault: str = ""
    complete: bool = False
    refused: bool = False
    uploaded: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Proxy:
    """Passes every request on to `upstream` and every answer back, byte for byte, as they come.

    Nothing is sent that no client asked for, and nothing is sent twice. Of each body at most a bounded copy is kept.
    `observe` gets the exchanges, as if they had been with the upstream, in the order in which they began.
    """

    upstream: Upstream
    observe: Callable[[Exchange], None]
    timeout: float = 300.0
    tls: ssl.SSLContext | bool = True
    transport: httpx.AsyncBaseTransport | None = None
    patience: float = 5.0
    source: str = "proxy"
    sequence: Sequence = field(init=False)

    def __post_init__(self) -> None:
        """Open nothing yet: connections are made when they are needed."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        self._transport = self.transport or httpx.AsyncHTTPTransport(
            verify=self.tls, trust_env=False, retries=0, limits=limits
        )
        self.sequence = Sequence(self.observe, time.monotonic, self.patience)

    def of_callbacks(self, receiver: Upstream) -> "Proxy":
        """Return a proxy between the service and a receiver of callbacks; what passes both is observed in one order."""
        other = replace(self, upstream=receiver, source=CALLBACK)
        other.sequence = self.sequence
        return other

    async def close(self) -> None:
        """Let go of connections, and hand on what is still held up."""
        await self._transport.aclose()
        self.sequence.flush(everything=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        query = scope["query_string"]
        target = _path(scope.get("raw_path", scope["path"].encode())) + (b"?" + query if query else b"")
        passage = _Passage(
            scope["method"], target, list(scope["headers"]), self.sequence.begin(), time.time(), time.perf_counter()
        )
        try:
            await self._pass(passage, receive, send)
        finally:
            self.sequence.end(passage.ticket, None if passage.refused else self._exchange(passage))
            if self.sequence.waiting:
                asyncio.get_running_loop().call_later(self.patience + 0.1, self.sequence.flush)

    async def _pass(self, passage: _Passage, receive: Receive, send: Send) -> None:
        copying = asyncio.create_task(self._copy(passage, receive, send))
        leaving = asyncio.create_task(_until_gone(passage, receive))
        try:
            await asyncio.wait({copying, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not copying.done() and not passage.complete:
                copying.cancel()
                passage.fault = "the client went away"
            await asyncio.wait({copying})
            if not copying.cancelled():
                copying.result()
        finally:
            copying.cancel()
            leaving.cancel()

    async def _copy(self, passage: _Passage, receive: Receive, send: Send) -> None:
        if not passage.target.startswith(b"/"):
            passage.refused = True
            shown = passage.target[:_SHOWN].decode("latin-1")
            await _answer_instead(passage, send, 400, f"The request's target is no path: {shown}")
            return
        if has_two_lengths(passage.headers):
            # RFC 9112, 6.1: it may be an attempt to smuggle a request, and the upstream may read it in another way.
            passage.refused = True
            await _answer_instead(passage, send, 400, "Content-Length beside Transfer-Encoding: send one of them")
            return
        body = _uploaded(passage, receive) if is_framed(passage.headers) else None
        try:
            request = self.upstream.request(passage.method, passage.target, passage.headers, body, timeout=self.timeout)
            if body is None:
                passage.uploaded.set()
            response = await self._transport.handle_async_request(request)
        except _GoneError:
            passage.fault = "the client went away"
            return
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            passage.fault = _told(error)
            await self._refuse(passage, send)
            return
        passage.uploaded.set()
        try:
            await _answer(passage, response, send)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            # The client has the beginning already. Returning without an end makes the server cut the connection,
            # so that the client sees a broken answer too.
            passage.fault = f"broken off after {passage.answered.size} bytes: {_told(error)}"
        finally:
            await response.aclose()

    async def _refuse(self, passage: _Passage, send: Send) -> None:
        slow = passage.fault.startswith(("ReadTimeout", "WriteTimeout"))
        what = "did not answer in time" if slow else "could not be reached, or closed without an answer"
        await _answer_instead(passage, send, 502, f"{self.upstream.origin} {what} ({passage.fault})")

    def _exchange(self, passage: _Passage) -> Exchange:
        sent, cut = passage.sent.content()
        request = Request(
            method=passage.method,
            url=self._origin(passage.headers) + passage.target.decode("latin-1"),
            headers=_text(passage.headers),
            body=sent,
            truncated=cut,
        )
        response = None
        if passage.complete:
            headers = _text(passage.answer_headers)
            encoding = ",".join(value for name, value in headers if name.lower() == "content-encoding")
            body, lost = passage.answered.content(encoding)
            response = Response(status=passage.status, headers=headers, body=body, truncated=lost)
        elapsed = time.perf_counter() - passage.clock
        return Exchange(
            request, response, passage.started, elapsed, self.source, "" if response else passage.fault or "cut off"
        )

    def _origin(self, headers: RawHeaders) -> str:
        """Return where a request went: to the upstream, but a callback to the address that the service was given."""
        given = next((value for name, value in headers if name.lower() == b"host"), b"")
        return f"http://{given.decode('latin-1')}" if self.source == CALLBACK and given else self.upstream.origin


async def _answer_instead(passage: _Passage, send: Send, status: int, text: str) -> None:
    headers, content = refusal(status, text)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content if passage.method != "HEAD" else b""})


async def _answer(passage: _Passage, response: httpx.Response, send: Send) -> None:
    passage.status = response.status_code
    passage.answer_headers = list(response.headers.raw)
    headers = end_to_end(passage.answer_headers)
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    async for chunk in cast("httpx.AsyncByteStream", response.stream):
        passage.answered.add(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    passage.complete = True
    await send({"type": "http.response.body", "body": b""})


async def _uploaded(passage: _Passage, receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        more = message.get("more_body", False)
        if chunk := message.get("body", b""):
            passage.sent.add(chunk)
            yield chunk
    passage.uploaded.set()


async def _until_gone(passage: _Passage, receive: Receive) -> None:
    """End when the client is gone. As long as it uploads, the upload notices by itself."""
    await passage.uploaded.wait()
    while (await receive())["type"] != "http.disconnect":
        pass


def _path(target: bytes) -> bytes:
    """Return the path of a target, which may be a whole address (RFC 9112, 3.2.2)."""
    scheme, _, rest = target.partition(b"://")
    return b"/" + rest.partition(b"/")[2] if scheme.lower() in {b"http", b"https"} else target


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _text(headers: RawHeaders) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
