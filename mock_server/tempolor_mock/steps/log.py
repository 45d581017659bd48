"""The log: each request in one line."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click
import orjson

from ..domain.clock import iso
from ..exchange import Call, Request
from ..journal import redacted_path, redacted_query, redacted_token
from ..settings import LogFormat
from ..worlds import WallClock

_COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
_READS = frozenset(("GET", "HEAD", "OPTIONS"))

Write = Callable[[str], None]


class JsonFormatter(logging.Formatter):
    """Tells everything else that happens, errors with their tracebacks included, in one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        facts = {
            "time": iso(int(record.created * 1000)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", None),
            "traceback": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return _json_line(facts)


def to_stderr(line: str) -> None:
    """Print a line; nobody reading any more is no reason to fail a request."""
    with suppress(OSError):
        click.echo(line, err=True)


class RequestLog:
    """Tells calls, in one line each, but for what only reads the control plane: our own page does so all the time."""

    def __init__(self, wall: WallClock, style: LogFormat, write: Write = to_stderr) -> None:
        self._wall = wall
        self._write = write
        self._format = _json_line if style == "json" else _coloured_line if _wants_colour() else _text_line

    def tell(self, call: Call, status: int, duration_ns: int) -> None:
        """Write a call's line; a status of 0 is one that was never sent."""
        request, notes = call.request, call.notes
        if call.is_control and request.method in _READS:
            return
        facts = {
            "time": iso(self._wall()),
            "request_id": call.request_id,
            "method": request.method,
            "path": _shown(request),
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


def _shown(request: Request) -> str:
    """Return path and query as sent, but for secrets and what could forge a line."""
    path = redacted_path(request.target.partition(b"?")[0].decode("latin-1"))
    query = redacted_query(request.query)
    text = f"{path}?{query}" if query else path
    is_harmless = text.isascii() and text.isprintable()
    return text if is_harmless else text.encode("unicode_escape").decode()


def _wants_colour() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _json_line(facts: dict[str, Any]) -> str:
    return orjson.dumps({name: value for name, value in facts.items() if value not in (None, [], ())}).decode()


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
