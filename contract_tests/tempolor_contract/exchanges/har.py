"""HAR 1.2 files: reading those of browsers, proxies and test tools, and writing our own."""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

import ijson
import orjson

from .errors import BrokenRecordingError, Skipped, end_reading
from .exchange import Exchange, Headers, Message, Request, Response, readable_url
from .nesting import ShallowReader
from .redaction import Redactor

_WITHOUT_BODY: Final = frozenset({204, 205, 304})
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_LONGEST_NUMBER: Final = 16
_MILLISECONDS_ONLY: Final = re.compile(r"[^.]*(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)?")
BOM: Final = b"\xef\xbb\xbf"
"""What editors of some systems put in front of a text file."""
_HEAD: Final = b'{"log":{"version":"1.2","creator":{"name":"tempolor","version":"0.1.0"},"entries":['
_TAIL: Final = b"\n]}}\n"


def read_har(file: Path, skipped: Skipped = end_reading) -> Iterator[Exchange]:
    """Yield the exchanges of a HAR file, in the order in which they began; BrokenRecordingError where that fails.

    `skipped` is told of entries that are not as HAR has them.

    The file is read twice, once for the order and once for the exchanges, and never held whole: what is kept are the
    exchanges that were written too early, because some tools write an entry when it ends.
    """
    order = iter(_order(file))
    early: dict[int, Exchange | None] = {}
    try:
        following = next(order, None)
        for number, entry in enumerate(_entries(file)):
            early[number] = _entry(file, number + 1, entry, skipped)
            while following in early:
                if (exchange := early.pop(following)) is not None:
                    yield exchange
                following = next(order, None)
    except BrokenRecordingError:
        yield from sorted(filter(None, early.values()), key=lambda exchange: exchange.started)
        raise


def _order(file: Path) -> list[int]:
    """Return the entries' positions by when they began; as they stand, if any of them does not tell."""
    starts: list[float] = []
    # What is broken is told by the second reading, after all that comes before it.
    with suppress(BrokenRecordingError):
        starts.extend(map(_started, _entries(file)))
    positions = range(len(starts))
    return sorted(positions, key=starts.__getitem__) if all(starts) else list(positions)


def _entries(file: Path) -> Iterator[Any]:
    count = 0
    try:
        for entry in _items(file, "log.entries.item"):
            count += 1
            yield entry
        if not count and not isinstance(next(_items(file, "log.entries"), None), list):
            raise BrokenRecordingError(file, "", "not a HAR file: it has no log.entries")
    except ijson.JSONError as error:
        raise BrokenRecordingError(file, f"after entry {count}", f"not JSON: {_first_line(error)}") from None


def _items(file: Path, path: str) -> Iterator[Any]:
    with file.open("rb") as content:
        content.seek(len(BOM) if content.read(len(BOM)) == BOM else 0)
        yield from ijson.items(ShallowReader(content), path, use_float=True)


def _first_line(error: Exception) -> str:
    return str(error.args[0] if error.args else error).strip().splitlines()[0]


def _entry(file: Path, number: int, entry: Any, skipped: Skipped) -> Exchange | None:
    try:
        return _exchange(entry, f"entry {number}")
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error) as error:
        told = f"{type(error).__name__}: {error}"
        skipped(BrokenRecordingError(file, f"entry {number}", f"not as HAR 1.2 has it ({told})"))
        return None


def _exchange(entry: dict[str, Any], label: str) -> Exchange:
    request, response = entry["request"], entry["response"]
    elapsed = max(0.0, float(entry.get("time") or 0)) / 1000
    if _MILLISECONDS_ONLY.fullmatch(str(entry.get("startedDateTime", ""))):
        # The start was cut off to a millisecond: without this, the next request seems to begin before this one ended.
        elapsed = max(0.0, elapsed - 0.001)
    return Exchange(
        Request(
            method=str(request["method"]).upper(),
            url=readable_url(request["url"]),
            headers=_headers(request),
            **_request_body(request),
        ),
        _response(response, str(request["method"]).upper()),
        _started(entry),
        elapsed,
        str(entry.get("_source", "har")),
        str(entry.get("_fault") or response.get("_error") or "") if not response.get("status") else "",
        label,
    )


def _started(entry: Any) -> float:
    """Return when an entry began, in seconds since 1970; 0 if it does not tell."""
    told = entry.get("startedDateTime") if isinstance(entry, dict) else None
    try:
        return datetime.fromisoformat(told).timestamp() if isinstance(told, str) else 0.0
    except ValueError:
        return 0.0


def _headers(message: dict[str, Any]) -> Headers:
    pairs = ((str(each["name"]), str(each["value"])) for each in message.get("headers") or ())
    return tuple((name, value) for name, value in pairs if not name.startswith(":"))


def _request_body(request: dict[str, Any]) -> dict[str, Any]:
    posted = request.get("postData") or {}
    text = posted.get("text")
    if isinstance(text, str) and text:
        return {"body": _decoded(text, posted.get("encoding") or posted.get("_encoding")), "truncated": False}
    expected = bool(posted) or str(request["method"]).upper() in _WITH_BODY
    sent = bool(posted.get("params")) or _length(request, request.get("bodySize"), expected=expected) != 0
    return {"body": b"", "truncated": sent}


def _response(response: dict[str, Any], method: str) -> Response | None:
    status = int(response.get("status") or 0)
    if not status:
        return None
    content = response.get("content") or {}
    text = content.get("text")
    body = _decoded(text, content.get("encoding")) if isinstance(text, str) else b""
    bare = method == "HEAD" or status in _WITHOUT_BODY
    lost = not body and not bare and _length(response, content.get("size"), expected=True) != 0
    return Response(
        status=status, headers=_headers(response), body=body, truncated=lost or bool(content.get("_truncated"))
    )


def _length(message: dict[str, Any], size: Any, *, expected: bool) -> int:
    """Return how long a body was that has no text in a recording: 0 if there was none, -1 where nobody knows.

    Tools that leave bodies out write a size of -1, or none; what was sent tells its length in a header, too.
    """
    told = next((value for name, value in _headers(message) if name.lower() == "content-length"), "")
    if told.isdecimal() and len(told) < _LONGEST_NUMBER:
        return int(told)
    if isinstance(size, int | float) and size >= 0:
        return int(size)
    return -1 if expected else 0


def _decoded(text: str, encoding: Any) -> bytes:
    return base64.b64decode(text, validate=True) if encoding == "base64" else text.encode("utf-8", "surrogatepass")


@dataclass
class HarWriter:
    """Writes exchanges to a HAR file as they come, without secrets.

    The file is a whole HAR after each exchange, so whatever ends the program leaves something to read. Bodies longer
    than `most_bytes` are left out, and marked so; so are answers of which only the beginning is known.
    """

    file: Path
    redactor: Redactor = field(default_factory=Redactor)
    most_bytes: int = 1 << 20

    def __enter__(self) -> Self:
        self._out: IO[bytes] = self.file.open("wb")
        self._out.write(_HEAD)
        self._end = len(_HEAD)
        self._first = True
        self._finish()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()

    def write(self, exchange: Exchange) -> None:
        """Append an exchange."""
        entry = orjson.dumps(_to_entry(self.redactor.exchange(exchange), self.most_bytes))
        self._out.seek(self._end)
        self._end += self._out.write((b"\n" if self._first else b",\n") + entry)
        self._first = False
        self._finish()

    @property
    def size(self) -> int:
        """How many bytes it has written."""
        return self._end

    def _finish(self) -> None:
        self._out.write(_TAIL)
        self._out.flush()


@dataclass
class Recorder:
    """Records beside something that goes on whether that works or not; `fault` says why it has ended, if it has.

    A recording ends when it is longer than `most_bytes`.
    """

    har: HarWriter
    most_bytes: int = 1 << 30
    fault: str = ""

    def write(self, exchange: Exchange) -> None:
        """Append an exchange, if the recording goes on."""
        if self.fault:
            return
        try:
            self.har.write(exchange)
        except OSError as error:
            self.fault = f"{self.har.file} could not be written on: {error.strerror}"
            return
        if self.har.size > self.most_bytes:
            self.fault = f"{self.har.file} has reached {self.most_bytes >> 20} MB; what came later is not in it"


def _to_entry(exchange: Exchange, most_bytes: int) -> dict[str, Any]:
    milliseconds_taken = round(exchange.elapsed * 1000, 3)
    started = datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="microseconds")
    return {
        "startedDateTime": started,
        "time": milliseconds_taken,
        "request": _to_request(exchange.request, most_bytes),
        "response": _to_response(exchange.response, most_bytes),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds_taken, "receive": 0},
        "_source": exchange.source,
        "_fault": exchange.fault,
    }


def _to_request(request: Request, most_bytes: int) -> dict[str, Any]:
    query = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    entry = {
        "method": request.method,
        "url": request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _to_pairs(request.headers),
        "queryString": _to_pairs(tuple(query)),
        "headersSize": -1,
        "bodySize": len(request.body) or int(request.truncated),
    }
    if request.body and not request.truncated and len(request.body) <= most_bytes:
        entry["postData"] = {"mimeType": request.header("content-type") or "", **_to_text(request)}
    return entry


def _to_response(response: Response | None, most_bytes: int) -> dict[str, Any]:
    status = response.status if response else 0
    content: dict[str, Any] = {"size": 0, "mimeType": ""}
    if response is not None:
        content = {"size": len(response.body), "mimeType": response.header("content-type") or ""}
        lost = len(response.body) > most_bytes
        if response.truncated or lost:
            content["_truncated"] = True
        if response.body and not lost:
            content |= _to_text(response)
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _to_pairs(response.headers if response else ()),
        "content": content,
        "redirectURL": (response.header("location") if response else "") or "",
        "headersSize": -1,
        "bodySize": len(response.body) if response else -1,
    }


def _to_text(message: Message) -> dict[str, str]:
    try:
        return {"text": message.body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(message.body).decode(), "encoding": "base64"}


def _to_pairs(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]
