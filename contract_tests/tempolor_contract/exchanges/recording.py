"""Reading recordings, whatever their format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from .cassette import read_cassette, read_event
from .errors import BrokenRecordingError
from .exchange import Exchange
from .har import BOM, read_har


def read_recording(file: Path) -> Iterator[Exchange]:
    """Yield the exchanges of a HAR file, an ndjson file of exchanges, or a recording of Schemathesis.

    The content decides on the format, not the name. BrokenRecordingError for a file that is missing, empty or broken;
    what comes before the broken place is yielded first where the format allows it.
    """
    try:
        begin = _begin(file)
    except OSError as error:
        raise BrokenRecordingError(file, "", error.strerror or str(error)) from None
    if not begin:
        raise BrokenRecordingError(file, "", "the file is empty")
    if not begin.startswith((b"{", b"[")):
        yield from read_cassette(file)
    elif _is_lines(begin):
        yield from _read_lines(file)
    else:
        yield from read_har(file)


def _begin(file: Path) -> bytes:
    with file.open("rb") as lines:
        return next((line.strip() for line in lines if line.strip()), b"").removeprefix(BOM)


def _is_lines(line: bytes) -> bool:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and "log" not in value


def _read_lines(file: Path) -> Iterator[Exchange]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield from _read_line(file, f"line {number}", line.removeprefix(BOM))


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
