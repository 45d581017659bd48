"""The log: each request in one line."""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, Self

import click
import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.clock import iso
from ..exchange import Notes
from ..journal import redacted_query, redacted_token
from ..settings import CONTROL_BASE_PATH, LogFormat
from ..worlds import WallClock

_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
_READS = frozenset(("GET", "HEAD", "OPTIONS"))

Write = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Print a line; nobody reading any more is no reason to fail a request."""
    with suppress(OSError):
        click.echo(line, err=True)


class RequestLog:
    """Tells requests, in one line each."""

    def __init__(self, wall: WallClock, style: LogFormat, write: Write = to_stderr) -> None:
        self._wall = wall
        self._write = write
        self._format = _json_line if style == "json" else _coloured_line if _wants_colour() else _text_line

    def tell(self, asked: "Asked", status: int, duration_ns: int, notes: Notes) -> None:
        """Write a request's line; a status of 0 is one that was never sent."""
        facts = {
            "time": iso(self._wall()),
            "method": asked.method,
            "path": asked.path,
            "status": status,
            "ms": round(duration_ns / 1e6, 2),
            "operation_id": notes.operation_id,
            "world": redacted_token(notes.token) if notes.token else None,
            "virtual_time": None if notes.now_ms is None else iso(notes.now_ms),
            "forced": notes.forced,
            "jobs": notes.jobs,
            "violations": notes.violations,
        }
        self._write(self._format(facts))


class Asked(NamedTuple):
    """What a line says of a request's head: path and query as sent, but for secrets and what could forge a line."""

    method: str
    path: str

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Read a scope."""
        path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        query = redacted_query(scope["query_string"])
        text = f"{path}?{query}" if query else path
        is_harmless = text.isascii() and text.isprintable()
        return cls(scope["method"], text if is_harmless else text.encode("unicode_escape").decode())


class LogSlot:
    """Outermost slot. What only reads the control plane is left out: the page for people does so all the time."""

    def __init__(self, app: ASGIApp, *, log: RequestLog) -> None:
        self.app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and tell what became of it."""
        if scope["type"] != "http" or (scope["method"] in _READS and scope["path"].startswith(CONTROL_BASE_PATH)):
            await self.app(scope, receive, send)
            return
        status = 0

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun_ns = time.perf_counter_ns()
        try:
            await self.app(scope, receive, watched_send)
        finally:
            notes = scope.get("tempolor.notes") or Notes()
            self._log.tell(Asked.of(scope), status, time.perf_counter_ns() - begun_ns, notes)


def _wants_colour() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _json_line(facts: dict[str, Any]) -> str:
    return orjson.dumps({name: value for name, value in facts.items() if value not in (None, [])}).decode()


def _text_line(facts: dict[str, Any]) -> str:
    return _line(facts, str(facts["status"] or "---"))


def _coloured_line(facts: dict[str, Any]) -> str:
    return _line(facts, click.style(facts["status"] or "---", fg=_COLOURS.get(facts["status"] // 100), bold=True))


def _line(facts: dict[str, Any], status: str) -> str:
    line = f"{facts['time'][11:-1]}  {facts['method']:<6} {status} {facts['ms']:>8.2f} ms  {facts['path']}"
    if facts["world"]:
        line += f"  {facts['world']}"
    if facts["forced"]:
        line += f"  forced: {_printable(facts['forced'])}"
    if facts["violations"]:
        line += f"  broke: {_printable('; '.join(facts['violations']))}"
    return line


def _printable(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode()
