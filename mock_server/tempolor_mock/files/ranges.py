"""The `Range` header of RFC 9110, as far as files need it: one range of bytes."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(rb"(?i:bytes)=(\d{0,18})-(\d{0,18})")


class UnsatisfiableRangeError(Exception):
    """The range lies outside the file."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from `start` up to, not including, `end`."""

    start: int
    end: int


def parse_range(header: bytes | None, size: int | None) -> ByteRange | None:
    """Return the part of a file of `size` bytes that was asked for, or None for all of it.

    Several ranges at once, other units and malformed headers are ignored, as the RFC allows.
    """
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or size is None or not (match[1] or match[2]):
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise UnsatisfiableRangeError
    return ByteRange(start, end)
