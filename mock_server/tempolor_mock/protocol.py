"""HTTP/1.1 on one connection: uvicorn's protocol, with what a mock needs besides."""

from asyncio import TimerHandle
from time import perf_counter_ns
from typing import Any, cast
from urllib.parse import unquote

import httptools
import orjson
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .app import MockApp
from .domain.errors import ServiceError
from .known_heads import KnownHeads
from .steps.fast_path import LARGEST_BODY, FastPath, PlainHead
from .steps.journal import Reply
from .steps.wire import TRANSPORT

MOST_HEADER_BYTES = 256 << 10
"""How long the names and values of a request's headers may be together: the journal keeps them."""


class HeadersTooLargeError(Exception):
    """Stops the parser, which reports it as a request that is none."""


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol, which answers plain requests by itself, and what is no HTTP in the service's envelope too.

    It also lets fault rules get at the connection of a request. An application that is no mock gets all requests.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.config.loaded_app
        self._fast_path: FastPath | None = app.fast_path if isinstance(app, MockApp) else None
        self._plain: PlainHead | None = None
        self._begun_ns = 0
        self._body = b""
        self._is_reading = False
        self._heads = KnownHeads()
        self._header_bytes = 0
        self._default_headers: list[tuple[bytes, bytes]] = []
        self._default_text = b""
        self._answered_at = 0.0
        self._idle_timer: TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take bytes; called by the event loop. The parser need not see a request whose head is known."""
        if self._is_reading or self._fast_path is None or not self._is_quiet():
            self._heads.seek_nothing()
            super().data_received(data)
            return
        begun_ns = perf_counter_ns()
        found = self._heads.find(data)
        reply = None if found is None else self._fast_path.answer(*found, begun_ns)
        if reply is None:
            super().data_received(data)
        else:
            self._unset_keepalive_if_required()
            self._write(reply, keep_alive=True)

    def on_message_begin(self) -> None:
        """Begin a request; called by the parser, as the next four methods are."""
        self._is_reading = True
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]
        self._header_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MOST_HEADER_BYTES:
            raise HeadersTooLargeError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Keep a plain request until all of it is there; let a task begin with any other one."""
        if self._fast_path is not None and self._is_quiet() and self._is_usual():
            self._complete_scope()
            self._plain = self._fast_path.read(cast("Scope", self.scope))
        if self._plain is None:
            super().on_headers_complete()
        else:
            self._begun_ns = perf_counter_ns()
            if self.parser.should_keep_alive():
                self._heads.remember(self._plain, len(self.headers))

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._plain is None:
            super().on_body(body)
            return
        self._body += body
        if len(self._body) > LARGEST_BODY:
            self._leave_fast_path()

    def on_message_complete(self) -> None:
        """Answer a plain request."""
        self._is_reading = False
        self._heads.seek_nothing()
        if self._plain is None or self._fast_path is None:
            super().on_message_complete()
            return
        reply = self._fast_path.answer(self._plain, self._body, self._begun_ns)
        if reply is None:
            self._leave_fast_path()
            super().on_message_complete()
        else:
            self._plain, self._body = None, b""
            self._write(reply, keep_alive=self.parser.should_keep_alive())

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up, and let the journal learn of a request that ends before its body does."""
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._plain is not None:
            self._leave_fast_path()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close the connection, but not under a request that is on its way; called when the server stops."""
        if self._plain is not None:
            self._leave_fast_path()
        super().shutdown()

    def on_response_complete(self) -> None:
        """Go on with the next request; called when a task has answered."""
        self._answered_at = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is none and close the connection; called when the parser has failed."""
        refusal = ServiceError(400, msg)
        if self._header_bytes > MOST_HEADER_BYTES:
            refusal = ServiceError(431, f"Request headers are longer than {MOST_HEADER_BYTES} bytes")
        body = orjson.dumps(refusal.body())
        head = b"%scontent-type: application/json\r\nconnection: close\r\n" % STATUS_LINE[refusal.code]
        self.transport.write(b"%scontent-length: %d\r\n\r\n%s" % (head, len(body), body))
        self.transport.close()

    def _is_quiet(self) -> bool:
        """Whether no answer is on its way."""
        return (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused

    def _is_usual(self) -> bool:
        """Whether nothing is special about the request's HTTP."""
        return (
            not self.expect_100_continue
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
        )

    def _complete_scope(self) -> None:
        """Add what the head's first line says, in the way uvicorn does."""
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        self.scope["method"] = self.parser.get_method().decode("ascii")
        self.scope["path"] = unquote(path) if "%" in path else path
        self.scope["raw_path"] = url.path
        self.scope["query_string"] = url.query or b""

    def _leave_fast_path(self) -> None:
        """Let a task answer after all, with what has come of the body."""
        body, self._plain, self._body = self._body, None, b""
        super().on_headers_complete()
        if body:
            super().on_body(body)

    def _write(self, reply: Reply, *, keep_alive: bool) -> None:
        status, headers, body = reply
        lines = [STATUS_LINE[status], self._default_lines()]
        for name, value in headers:
            lines += (name.lower(), b": ", value, b"\r\n")
        lines += (b"\r\n" if keep_alive else b"connection: close\r\n\r\n", body)
        self.transport.write(b"".join(lines))
        self.server_state.total_requests += 1
        if keep_alive:
            self._rest()
        else:
            self.transport.close()

    def _default_lines(self) -> bytes:
        """Return uvicorn's own headers, which change once a second."""
        headers = self.server_state.default_headers
        if headers is not self._default_headers:
            self._default_headers = headers
            self._default_text = b"".join([b"%s: %s\r\n" % header for header in headers])
        return self._default_text

    def _rest(self) -> None:
        """Close the connection if nothing comes for a while; one timer waits for many requests in turn."""
        self._answered_at = self.loop.time()
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def _close_if_idle(self) -> None:
        self._idle_timer = None
        if self._is_reading or not (self.cycle is None or self.cycle.response_complete):
            return  # Whoever answers this one starts a timer.
        missing = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if missing > 0:
            self._idle_timer = self.loop.call_later(missing, self._close_if_idle)
        else:
            self.timeout_keep_alive_handler()
