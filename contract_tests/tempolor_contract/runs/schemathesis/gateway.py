"""The one way out for everything that Schemathesis sends."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ...document.call import Call
from ...rules.history.records import Crashes
from ...target.guard import Refused
from ...target.sender import Sender
from ..scenarios.lab import Lab

CASE_ID: Final = "x-schemathesis-testcaseid"
NOT_SENT: Final = "x-tempolor-not-sent"
_SLOW: Final = ("/cloned-voices", "/stems-splitter")
_FAULTS_IN_A_ROW: Final = 6
_MOST_CRASH_TRIES: Final = 2


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much is generated: examples for each operation, sequences and their steps, seconds and creations in all.

    The seconds count from before what is prepared, but half of them are left behind it.

    Schemathesis' own limits do not bind all its phases, so `seconds`, `requests` and `creations` are kept by us, and
    `slow`: voices cloned and stems split, each of which keeps its caller waiting where time is real.
    """

    examples: int = 6
    sequences: int = 15
    steps: int = 8
    seconds: float = 40.0
    requests: int = 4000
    creations: int = 600
    slow: int = 600
    now: Callable[[], float] = time.monotonic


class Gateway:
    """The one way out for everything Schemathesis sends, as an ASGI application.

    What the guard does not let through, or the extent has no room for, is answered by the gateway itself with a marked
    404; `Judge` ignores those answers.
    """

    def __init__(self, lab: Lab, extent: Extent, until: float) -> None:
        """Carry requests until that time, as the extent tells it."""
        self.calls: dict[str, Call] = {}
        self.last: Call | None = None
        self.sent = 0
        self.refused: Counter[str] = Counter()
        self.crashes: set[str] = set()
        self.deleted: set[str] = set()
        self._lab = lab
        self._extent = extent
        self.spent = False
        self._slow = 0
        self._faults = 0
        self._until = until
        self._thread = ThreadPoolExecutor(1, "tempolor-gateway")
        self._created_before = lab.guard.spending.created
        self._sender = Sender(lab.target.client(lab.guard), source="schemathesis")
        parts = urlsplit(lab.target.base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """Carry one request."""
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        # In a thread of its own, because a transport may want to run an event loop.
        status, headers, content = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._carry, scope, body
        )
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _carry(self, scope: Mapping[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        url = f"{self._origin}{path}" + (f"?{query}" if query else "")
        headers = [(name, value) for name, value in scope["headers"] if name not in {b"host", b"connection"}]
        try:
            call = self._send(scope["method"], url, headers, body)
        except Refused as refusal:
            self.refused[type(refusal).__name__] += 1
            return 404, [(NOT_SENT.encode(), b"1"), (b"content-type", b"application/json")], b"{}"
        case = dict(headers).get(CASE_ID.encode(), b"").decode()
        self.calls[case] = self.last = call
        if call.exchange.response is None:
            return 503, [(NOT_SENT.encode(), b"1")], call.exchange.fault.encode()
        response = call.exchange.response
        kept = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in response.headers
            if name.lower() not in {"content-encoding", "transfer-encoding", "content-length"}
        ]
        return call.status, kept, response.body

    def _send(self, method: str, url: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Call:
        if self.gone:
            raise Refused("the service has stopped answering")
        if self.sent >= self._extent.requests or self._extent.now() > self._until:
            # Schemathesis stops between two operations only, which is late where answers are slow.
            self.spent = True
            raise Refused("the extent of the generated tests is spent")
        spending = self._lab.guard.spending
        # Nothing but the guard counts creations; this only keeps something of its budget for others.
        if method not in {"GET", "DELETE"} and spending.created >= self._created_before + self._extent.creations:
            raise Refused("the creations of the generated tests are spent")
        if method == "POST" and url.partition("?")[0].rstrip("/").endswith(_SLOW):
            self._slow += 1
            if self._slow > self._extent.slow:
                raise Refused("the slow uploads of the generated tests are spent")
        call = self._once(method, url, headers, body)
        crashed = Crashes.is_crash(call)
        for _ in range(_MOST_CRASH_TRIES if crashed else 0):
            # One 5xx proves nothing; one that comes back each time is a crash. No answer at all is no recovery: it may
            # be the old connection that the crash has closed, so the next one decides.
            again = self._once(method, url, headers, body)
            again = again if again.status else self._once(method, url, headers, body)
            crashed = crashed and (Crashes.is_crash(again) or not again.status)
        if crashed:
            self.crashes.add(dict(headers).get(CASE_ID.encode(), b"").decode())
        return call

    def _once(self, method: str, url: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Call:
        exchange = self._sender.send(method, url, headers=headers, content=body)
        self.sent += 1
        self._faults = 0 if exchange.response else self._faults + 1
        self._lab.collect()
        call = self._lab.inspector.see(exchange).call
        if method == "DELETE" and not call.refused:
            self.deleted |= set(call.arguments.values())
        return call

    @property
    def gone(self) -> bool:
        """Whether many requests in a row had no answer at all."""
        return self._faults >= _FAULTS_IN_A_ROW

    def close(self) -> None:
        """Close the client."""
        self._thread.shutdown()
        self._sender.client.close()
