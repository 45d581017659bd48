"""What an M4A file says of itself: its boxes, the sound they describe, and whether there is as much as they claim.

Decoders believe these tables and make room for what they claim, so claims beyond the file are refused here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

from .errors import UnreadableAudio

_BRANCHES: Final = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
_ENTRY_BYTES: Final = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stco": 4, b"co64": 8, b"stss": 4}
_DEEPEST: Final = 8
_MOST_PACKETS: Final = 500_000
"""Packets, which MP4 calls samples, hold about a thousand frames of sound; ten minutes have some 30,000."""

_PACKET_FRAMES: Final = 1024
"""What a packet of AAC holds; where a file is in fragments, its length follows from their number."""

_CODECS: Final = {b"mp4a": "aac", b"alac": "alac"}

_Box = tuple[bytes, int, int]  # name, start of its content, end


@dataclass(slots=True)
class Track:
    """A track as its boxes describe it: how long, in ticks, and what sound.

    `packets` counts what its tables list, and `bytes` what these packets take in the file.
    """

    handler: bytes = b""
    codec: str = ""
    sample_rate: int = 0
    channels: int = 0
    ticks: int = 0
    ticks_per_second: int = 0
    packets: int = 0
    bytes: int = 0

    @property
    def seconds(self) -> float:
        """Return how long it lasts; 0 where its boxes do not say."""
        return self.ticks / self.ticks_per_second if self.ticks_per_second else 0.0


@dataclass(slots=True)
class _Contents:
    tracks: list[Track] = field(default_factory=list)
    media_bytes: int = 0
    fragment_packets: int = 0
    has_movie: bool = False


def check_boxes(data: bytes) -> None:
    """Refuse, with UnreadableAudio, a file that is cut off or claims more than it holds."""
    contents = _contents(data)
    if not (contents.has_movie and contents.media_bytes):
        refuse_cut_off()
    if sum(track.packets for track in contents.tracks) + contents.fragment_packets > _MOST_PACKETS:
        _refuse("claims more sound than it holds")


def sound_track(data: bytes) -> Track:
    """Return the track with the sound; UnreadableAudio where there is none that somebody could decode."""
    contents = _contents(data)
    track = next((track for track in contents.tracks if track.handler == b"soun"), None)
    if track is None or not track.ticks_per_second:
        _refuse("holds no sound")
    if not track.codec:
        _refuse("holds sound of an unexpected kind")
    if track.bytes > contents.media_bytes:
        refuse_cut_off()
    track.packets += contents.fragment_packets
    if not track.packets:
        _refuse("holds no sound")
    if not track.ticks:
        track.ticks, track.ticks_per_second = track.packets * _PACKET_FRAMES, track.sample_rate
    return track


def refuse_cut_off() -> NoReturn:
    """Say that bytes are missing."""
    _refuse("ends too early")


def _refuse(why: str) -> NoReturn:
    raise UnreadableAudio(f"The m4a file {why}")


def _contents(data: bytes) -> _Contents:
    contents = _Contents()
    for name, start, end in _boxes(data, 0, len(data)):
        contents.has_movie |= name == b"moov"
        if name == b"mdat":
            contents.media_bytes += end - start
        elif name in _BRANCHES:
            _read_branch(data, start, end, contents, depth=1)
    return contents


def _read_branch(data: bytes, start: int, end: int, contents: _Contents, depth: int) -> None:
    for name, begin, stop in _boxes(data, start, end):
        if name == b"trak":
            contents.tracks.append(Track())
        if name in _BRANCHES and depth < _DEEPEST:
            _read_branch(data, begin, stop, contents, depth + 1)
        elif name == b"trun":
            contents.fragment_packets += _number(data, begin + 4)
        elif contents.tracks:
            _read_leaf(data, name, begin, stop, contents.tracks[-1])


def _read_leaf(data: bytes, name: bytes, begin: int, stop: int, track: Track) -> None:
    if name in _ENTRY_BYTES and _number(data, begin + 4) * _ENTRY_BYTES[name] > stop - begin - 8:
        _refuse("claims more entries than it holds")
    match name:
        case b"hdlr":
            track.handler = data[begin + 8 : begin + 12]
        case b"mdhd":
            version_1 = data[begin] == 1  # its times have eight bytes each
            times = struct.unpack_from(">QQIQ" if version_1 else ">IIII", data, begin + 4)
            track.ticks_per_second, track.ticks = times[2:]
        case b"stsd":
            entry = begin + 8
            track.codec = _CODECS.get(data[entry + 4 : entry + 8], "")
            track.channels, track.sample_rate = struct.unpack_from(">H6xH", data, entry + 24)
        case b"stsz":
            _read_sizes(data, begin, stop, track)
        case b"stz2":
            track.packets += _number(data, begin + 8)


def _read_sizes(data: bytes, begin: int, stop: int, track: Track) -> None:
    """Read the table of packet sizes: one size for all, or one for each."""
    size, packets = struct.unpack_from(">II", data, begin + 4)
    track.packets += packets
    if size:
        track.bytes += size * packets
    elif packets <= (stop - begin - 12) // 4:
        track.bytes += sum(struct.unpack_from(f">{packets}I", data, begin + 12))
    else:
        _refuse("claims more sound than it holds")


def _boxes(data: bytes, place: int, end: int) -> Iterator[_Box]:
    """Yield the boxes side by side between two places; one that reaches beyond the end is refused."""
    while place + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, place)
        header = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, place + 8)
            header = 16
        elif size == 0:
            size = end - place
        if size < header or size > end - place:
            refuse_cut_off()
        yield name, place + header, place + size
        place += size


def _number(data: bytes, place: int) -> int:
    (number,) = struct.unpack_from(">I", data, place)
    return int(number)
