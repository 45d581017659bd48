"""A real HTTP server on loopback that a service can call back."""

import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

from .exchange import Exchange, Request, Response

SOURCE: Final = "callback"
_MOST_BYTES: Final = 4 << 20
_CHUNK_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,8})\s*[;\r\n]")
_LONGEST_LINE: Final = 64
_MOST_KEPT: Final = 64 << 20
"""Bytes of all that was received; the oldest that was asked for goes first."""
_BESIDE_A_BODY: Final = 2000
"""Bytes that an exchange takes, roughly, beside its body, its address and its headers."""
_MOST_ADDRESSES: Final = 10_000
_FULL: Final = 503
_POLL_SECONDS: Final = 0.05
_CLIENT_PATIENCE: Final = 10.0

StatusFor = Callable[[Request], int]
"""Decides on the status of the answer to a callback."""


class CallbackReceiver:
    """Collects what a service posts to `url`, in the order of arrival, as exchanges with `source` `callback`.

    A context manager; it listens from the moment it is made. `public_url` is what the service is told where it reaches
    this machine by another address. Callbacks are answered 200, or as the query of their address says: all of them with
    `answer=503`, the first of that address with `first=503`. `answers` and `answer_with` say otherwise. Of more than
    64 MB the oldest are forgotten, once `received` has returned them; what finds no room is answered 503, and not kept.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, public_url: str | None = None) -> None:
        self._arrived = Condition()
        self._exchanges: deque[Exchange] = deque()
        self._bytes = 0
        self._handed_over = 0
        self._planned: deque[int] = deque()
        self._answer: StatusFor = self._asked_for
        self._came: dict[int, None] = {}
        self._server = _Server((host, port), self._take)
        shown = f"[{host}]" if ":" in host else host
        self._url = public_url or f"http://{shown}:{self._server.server_address[1]}/callback"
        self._thread = Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="tempolor-callbacks", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The address to give as `replyUrl`; a query or a longer path may be added."""
        return self._url

    @property
    def exchanges(self) -> list[Exchange]:
        """Everything received so far and still kept, in the order of arrival."""
        with self._arrived:
            return list(self._exchanges)

    def received(self) -> list[Exchange]:
        """Return the exchanges received since the last time."""
        with self._arrived:
            fresh = list(islice(self._exchanges, self._handed_over, None))
            self._handed_over = len(self._exchanges)
            return fresh

    def for_job(self, job_id: str) -> list[dict[str, Any]]:
        """Return the items reported for a job, in the order of arrival."""
        bodies = (each.request.json for each in self.exchanges if not each.request.truncated)
        return [body for body in bodies if isinstance(body, dict) and body.get("job_id") == job_id]

    def wait_for(self, predicate: Callable[[list[Exchange]], bool], timeout: float) -> bool:
        """Wait until what was received satisfies a predicate; False after so many seconds without."""
        with self._arrived:
            return self._arrived.wait_for(lambda: predicate(list(self._exchanges)), timeout)

    def answers(self, *statuses: int) -> None:
        """Answer the next callbacks with these statuses, one each."""
        with self._arrived:
            self._planned.extend(statuses)

    def answer_with(self, answer: StatusFor) -> None:
        """Decide on each further status by a function of the request."""
        with self._arrived:
            self._answer = answer

    def close(self) -> None:
        """Stop listening, and wait until the thread has ended."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _take(self, request: Request, began: float) -> int:
        with self._arrived:
            planned = self._planned.popleft() if self._planned else None
            answer = self._answer
        status = answer(request) if planned is None else planned
        exchange = Exchange(request, Response(status=status), began, max(0.0, time.time() - began), SOURCE)
        with self._arrived:
            if not self._makes_room(_size(exchange)):
                return _FULL
            self._exchanges.append(exchange)
            self._arrived.notify_all()
        return status

    def _makes_room(self, size: int) -> bool:
        while self._bytes + size > _MOST_KEPT and self._handed_over:
            self._bytes -= _size(self._exchanges.popleft())
            self._handed_over -= 1
        if self._bytes + size > _MOST_KEPT:
            return False
        self._bytes += size
        return True

    def _asked_for(self, request: Request) -> int:
        query = parse_qs(urlsplit(request.url).query)
        wanted = query.get("answer", ["200"])[0]
        # Addresses may be long.
        address = hash(request.url)
        if "first" in query and address not in self._came:
            self._came[address] = None
            if len(self._came) > _MOST_ADDRESSES:
                del self._came[next(iter(self._came))]
            wanted = query["first"][0]
        return int(wanted) if re.fullmatch(r"[2-5]\d\d", wanted) else 200


def _size(exchange: Exchange) -> int:
    request = exchange.request
    headers = sum(len(name) + len(value) for name, value in request.headers)
    return len(request.body) + len(request.url) + headers + _BESIDE_A_BODY


Take = Callable[[Request, float], int]


class _Server(ThreadingHTTPServer):
    """Hands each request to `take`, and answers with the status it returns."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], take: Take) -> None:
        self.take = take
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep silent about callers that hang up."""


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection, of any method."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _CLIENT_PATIENCE
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        # The standard library looks for `do_<METHOD>`; a callback by a wrong method is received too, and judged.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep silent: what arrives is kept."""

    def _answer(self) -> None:
        began = time.time()
        body, truncated = self._body()
        host = self.headers.get("Host") or "{}:{}".format(*self.server.server_address[:2])
        request = Request(
            method=self.command.upper(),
            url=self.path if "://" in self.path else f"http://{host}{self.path}",
            headers=tuple(self.headers.items()),
            body=body,
            truncated=truncated,
        )
        status = self.server.take(request, began)
        self.close_connection = self.close_connection or truncated
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _body(self) -> tuple[bytes, bool]:
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length") or "0"
        wanted = int(length) if length.isdecimal() else 0
        body = self.rfile.read(min(wanted, _MOST_BYTES))
        return body, len(body) < wanted

    def _chunks(self) -> tuple[bytes, bool]:
        body = bytearray()
        while len(body) < _MOST_BYTES:
            size = _CHUNK_SIZE.match(self.rfile.readline(_LONGEST_LINE))
            wanted = int(size[1], 16) if size else _MOST_BYTES
            if wanted == 0:
                self.rfile.readline(_LONGEST_LINE)
                return bytes(body), False
            # One that cannot be read is the last.
            body += self.rfile.read(min(wanted, _MOST_BYTES)) if size else b""
            if wanted >= _MOST_BYTES:
                break
            self.rfile.readline(_LONGEST_LINE)
        return bytes(body), True
