"""Where the frames of an MP3 file lie, by their headers alone.

A decoder skips whatever is no frame and never says how much that was; this walk does.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

_ID3_HEADER: Final = 10
_SEARCHED: Final = 65_536
_XING_WITHIN: Final = 64
_SAMPLE_RATES: Final = (44_100, 48_000, 32_000)
_KBPS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)

_RATES_AND_FREQUENCIES: Final = bytes(rate << 4 | rest for rate in range(1, 15) for rest in range(12))
_HEADER: Final = re.compile(b"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][" + re.escape(_RATES_AND_FREQUENCIES) + b"]")
"""The header of a layer III frame of any version: its bit rate is neither free nor forbidden."""

_MOST_FALSE_STARTS: Final = 100_000
"""Headers without a frame after which the walk stops: the time it takes is the frames', whatever lies between."""


@dataclass(frozen=True, slots=True)
class Frames:
    """How many frames a file holds, and how many bytes they are."""

    count: int
    size: int


def after_id3(data: bytes) -> int:
    """Return where the ID3v2 tags at the front of a file end."""
    place = 0
    while data[place : place + 3] == b"ID3" and len(data) >= place + _ID3_HEADER:
        size = data[place + 6 : place + 10]
        place += _ID3_HEADER + sum((byte & 0x7F) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
    return place


def first_frame(data: bytes, start: int) -> int | None:
    """Return where the first frame near `start` begins that another frame, or the end of the file, follows."""
    end = min(len(data), start + _SEARCHED)
    while found := _HEADER.search(data, start, end):
        start = found.start()
        if _is_followed(data, start + _frame_size(data, start)):
            return start
        start += 1
    return None


def frames_promised(data: bytes) -> int | None:
    """Return how many frames an mp3's Xing header promises; None without one."""
    start = first_frame(data, after_id3(data))
    if start is None:
        return None
    for name in (b"Xing", b"Info"):
        place = data.find(name, start, start + _XING_WITHIN)
        if place >= 0 and len(data) >= place + 12 and data[place + 7] & 1:
            return int.from_bytes(data[place + 8 : place + 12])
    return None


def count_frames(data: bytes) -> Frames:
    """Return how many whole frames there are, wherever they lie."""
    count = size = false_starts = 0
    place = after_id3(data)
    while false_starts < _MOST_FALSE_STARTS and (found := _HEADER.search(data, place)):
        start = found.start()
        end = start + _frame_size(data, start)
        next_in_row = count and start == place  # the last of a row need not be followed by another
        if end <= len(data) and (next_in_row or _is_followed(data, end)):
            count += 1
            size += end - start
            place = end
        else:
            false_starts += 1
            place = start + 1
    return Frames(count, size)


def _is_followed(data: bytes, end: int) -> bool:
    """Whether a frame that ends here is one: by chance, two seldom stand in a row."""
    return end == len(data) or _HEADER.match(data, end) is not None


def _frame_size(data: bytes, place: int) -> int:
    """Return the size of the frame whose header is at `place`."""
    return _size_told_by(data[place + 1], data[place + 2])


@cache
def _size_told_by(kind: int, rates: int) -> int:
    version, rate, frequency, padding = kind >> 3 & 3, rates >> 4, rates >> 2 & 3, rates >> 1 & 1
    newest = version == 3  # MPEG 1; the others halve or quarter the sample rate
    hertz = _SAMPLE_RATES[frequency] // {3: 1, 2: 2, 0: 4}[version]
    kbps = (_KBPS_1 if newest else _KBPS_2)[rate]
    return (144_000 if newest else 72_000) * kbps // hertz + padding
