"""Reading recordings, whatever their format."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from .cassette import read_cassette, read_event
from .errors import BrokenRecordingError, Skipped, end_reading
from .exchange import Exchange
from .har import BOM, read_har
from .nesting import ShallowReader

_HAR: Final = re.compile(rb'\s*\{\s*"log"\s*:')
_HEAD_BYTES: Final = 1 << 12


def read_recording(file: Path, skipped: Skipped = end_reading) -> Iterator[Exchange]:
    """Yield the exchanges of a HAR file, an ndjson file of exchanges, or a recording of Schemathesis.

    The content decides on the format, not the name. BrokenRecordingError for a file that is missing, empty or broken;
    what comes before the broken place is yielded first where the format allows it. An exchange that cannot be read
    ends the reading too, unless `skipped` is there to be told.
    """
    try:
        read = _reader_of(file)
    except OSError as error:
        raise BrokenRecordingError(file, "", error.strerror or str(error)) from None
    yield from read(file, skipped)


def read_all(files: Iterable[Path], see: Callable[[Exchange], object]) -> str:
    """Show all exchanges of some recordings, read as one history, and return what kept some from being read.

    An exchange that cannot be read is left out. A broken file ends the reading, and so does Ctrl-C.
    """
    unreadable: list[BrokenRecordingError] = []
    try:
        for file in files:
            for exchange in read_recording(file, unreadable.append):
                see(exchange)
    except BrokenRecordingError as error:
        return str(error)
    except KeyboardInterrupt:
        return "interrupted"
    others = f", and {len(unreadable) - 1} more" if len(unreadable) > 1 else ""
    return f"{unreadable[0]}{others}; the rest was read" if unreadable else ""


def _reader_of(file: Path) -> Any:
    with file.open("rb") as content:
        head = content.read(_HEAD_BYTES).removeprefix(BOM).lstrip()
        if not head:
            raise BrokenRecordingError(file, "", "the file is empty")
        if not head.startswith((b"{", b"[")):
            return read_cassette
        if _HAR.match(head):
            return read_har
        content.seek(0)
        return _read_lines if _is_line(next(filter(bytes.strip, content))) else read_har


def _is_line(line: bytes) -> bool:
    try:
        value = orjson.loads(ShallowReader().keep(line.removeprefix(BOM)))
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and "log" not in value


def _read_lines(file: Path, skipped: Skipped) -> Iterator[Exchange]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield from _read_line(file, f"line {number}", line.removeprefix(BOM))
                except BrokenRecordingError as error:
                    skipped(error)


def _read_line(file: Path, place: str, line: bytes) -> Iterator[Exchange]:
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BrokenRecordingError(file, place, f"not JSON: {error.msg}") from None
    try:
        if "request" in value:
            yield Exchange.from_json(value, label=place)
        else:
            yield from read_event(value, place)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        told = f"{type(error).__name__}: {error}"
        raise BrokenRecordingError(file, place, f"neither an exchange nor an event of Schemathesis ({told})") from None
