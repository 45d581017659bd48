"""What an upload is, by its bytes alone: who trusts a name or a Content-Type decodes anything.

The decoder comes later and is C code made for honest files. What its tables could be talked into (counts far beyond
the file, sizes that promise more than there is) is refused here, in a walk over the outermost structure.
"""

import struct
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NoReturn

from .errors import UnreadableAudio


class AudioKind(StrEnum):
    """A kind of audio file the service takes."""

    MP3 = "mp3"
    WAV = "wav"
    M4A = "m4a"
    FLAC = "flac"


MEDIA_TYPES: Final = {
    "audio/mpeg": AudioKind.MP3,
    "audio/wav": AudioKind.WAV,
    "audio/wave": AudioKind.WAV,
    "audio/mp4": AudioKind.M4A,
    "audio/x-m4a": AudioKind.M4A,
    "audio/flac": AudioKind.FLAC,
    "audio/x-flac": AudioKind.FLAC,
}
"""The service's table of Content-Types."""


def check_media_type(data: bytes, media_type: str) -> AudioKind:
    """Return what the bytes are; UnreadableAudio when that is not what the Content-Type says.

    Parameters and case of the Content-Type do not count.
    """
    kind = audio_kind(data)
    declared = MEDIA_TYPES.get(media_type.partition(";")[0].strip().lower())
    if declared is not kind:
        _refuse(f"File is {kind}, not {declared or media_type}")
    return kind


def audio_kind(data: bytes) -> AudioKind:
    """Return what kind of audio file the bytes begin like; UnreadableAudio when like none."""
    if not data:
        _refuse("Empty file received")
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return AudioKind.WAV
    if data[4:8] == b"ftyp":
        return AudioKind.M4A
    start = after_id3(data)
    if data[start : start + 4] == b"fLaC":
        return AudioKind.FLAC
    if _first_mp3_frame(data, start) is not None:
        return AudioKind.MP3
    return _refuse("File is not mp3, wav, m4a or flac audio")


def check_structure(data: bytes, kind: AudioKind) -> None:
    """Refuse, with UnreadableAudio, a file that is cut off or claims what cannot be."""
    try:
        _CHECKS[kind](data)
    except (struct.error, IndexError):
        _refuse_cut_off(kind)


def _refuse(why: str) -> NoReturn:
    raise UnreadableAudio(why)


def _refuse_cut_off(kind: AudioKind) -> NoReturn:
    _refuse(f"The {kind} file ends too early")


# mp3

_ID3_HEADER: Final = 10
_SEARCHED: Final = 65_536
_XING_WITHIN: Final = 64
_SAMPLE_RATES: Final = (44_100, 48_000, 32_000)
_KBPS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def after_id3(data: bytes) -> int:
    """Return where the ID3v2 tags at the front of a file end."""
    place = 0
    while data[place : place + 3] == b"ID3" and len(data) >= place + _ID3_HEADER:
        size = data[place + 6 : place + 10]
        place += _ID3_HEADER + sum((byte & 0x7F) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
    return place


def mp3_frames_promised(data: bytes) -> int | None:
    """Return how many frames an mp3's Xing header promises; None without one."""
    start = _first_mp3_frame(data, after_id3(data))
    if start is None:
        return None
    for name in (b"Xing", b"Info"):
        place = data.find(name, start, start + _XING_WITHIN)
        if place >= 0 and len(data) >= place + 12 and data[place + 7] & 1:
            return int.from_bytes(data[place + 8 : place + 12])
    return None


def _first_mp3_frame(data: bytes, start: int) -> int | None:
    """Return where the first frame begins that another frame, or the end of the file, follows."""
    place, last = start, min(len(data), start + _SEARCHED)
    while (place := data.find(b"\xff", place, last)) >= 0:
        size = _mp3_frame_size(data, place)
        if size and (place + size == len(data) or _mp3_frame_size(data, place + size)):
            return place
        place += 1
    return None


def _mp3_frame_size(data: bytes, place: int) -> int:
    """Return the size of the layer III frame whose header is at `place`; 0 when none is there."""
    header = int.from_bytes(data[place : place + 4])
    version, layer, rate, frequency = header >> 19 & 3, header >> 17 & 3, header >> 12 & 15, header >> 10 & 3
    if header >> 21 != 0x7FF or version == 1 or layer != 1 or rate in (0, 15) or frequency == 3:
        return 0
    newest = version == 3  # MPEG 1; the others halve or quarter the sample rate
    hertz = _SAMPLE_RATES[frequency] // {3: 1, 2: 2, 0: 4}[version]
    kbps = (_KBPS_1 if newest else _KBPS_2)[rate]
    return int((144_000 if newest else 72_000) * kbps // hertz + (header >> 9 & 1))


def _check_mp3(data: bytes) -> None:
    if after_id3(data) >= len(data):
        _refuse_cut_off(AudioKind.MP3)


# wav

_STREAMED: Final = 0x7FFF_0000
"""Programs that write to a pipe do not know the size and put one near 2 or 4 GB."""

_MOST_CHANNELS: Final = 8
_SLOWEST, _FASTEST = 4_000, 192_000


def _check_wav(data: bytes) -> None:
    place, described = 12, False
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        place += 8
        if name == b"fmt ":
            _, channels, hertz = struct.unpack_from("<HHI", data, place)
            check_shape(channels, hertz)
            described = True
        if name == b"data":
            if not described:
                _refuse("The wav file does not say how its sound is written")
            if len(data) - place < size < _STREAMED:
                _refuse_cut_off(AudioKind.WAV)
            return
        place += size + size % 2
    _refuse("The wav file holds no sound")


def check_shape(channels: int, hertz: int) -> None:
    """Refuse sound no recording has."""
    if not 1 <= channels <= _MOST_CHANNELS or not _SLOWEST <= hertz <= _FASTEST:
        _refuse(f"Audio has {channels} channels at {hertz} Hz, beyond what is supported")


# flac


def flac_frames_promised(data: bytes) -> int:
    """Return how many frames a flac file's first block promises; 0 when it does not say."""
    block = after_id3(data) + 8
    return int.from_bytes(data[block + 13 : block + 18]) & 0xF_FFFF_FFFF


def _check_flac(data: bytes) -> None:
    block = after_id3(data) + 8
    packed = int.from_bytes(data[block + 10 : block + 14])
    if len(data) < block + 34:
        _refuse_cut_off(AudioKind.FLAC)
    check_shape((packed >> 9 & 7) + 1, packed >> 12)


# m4a

_BRANCHES: Final = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
_ENTRY_BYTES: Final = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stco": 4, b"co64": 8, b"stss": 4}
_DEEPEST: Final = 8
_MOST_SAMPLES: Final = 500_000
"""What an m4a calls samples are packets of about a thousand frames; ten minutes have some 30,000."""

_Atom = tuple[bytes, int, int]  # name, start of its content, end


def _check_m4a(data: bytes) -> None:
    names = {name for name, _, _ in _atoms(data, 0, len(data))}
    if not {b"moov", b"mdat"} <= names:
        _refuse_cut_off(AudioKind.M4A)
    # The decoder makes room for each sample before it looks for one.
    if _samples(data, 0, len(data), 0) > _MOST_SAMPLES:
        _refuse("The m4a file claims more sound than it holds")


def _atoms(data: bytes, place: int, end: int) -> Iterator[_Atom]:
    """Yield the atoms side by side between two places; one that reaches beyond the end is refused."""
    while place + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, place)
        header = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, place + 8)
            header = 16
        elif size == 0:
            size = end - place
        if size < header or size > end - place:
            _refuse_cut_off(AudioKind.M4A)
        yield name, place + header, place + size
        place += size


def _samples(data: bytes, start: int, end: int, depth: int) -> int:
    """Return how many samples all tables claim; those that claim more entries than they hold are refused."""
    total = 0
    for name, begin, stop in _atoms(data, start, end):
        if name in _BRANCHES and depth < _DEEPEST:
            total += _samples(data, begin, stop, depth + 1)
        elif name in _ENTRY_BYTES:
            (count,) = struct.unpack_from(">I", data, begin + 4)
            if count * _ENTRY_BYTES[name] > stop - begin - 8:
                _refuse("The m4a file claims more entries than it holds")
        elif name == b"trun":
            total += int.from_bytes(data[begin + 4 : begin + 8])
        elif name in (b"stsz", b"stz2"):
            total += int.from_bytes(data[begin + 8 : begin + 12])
    return total


_CHECKS: Final = {
    AudioKind.MP3: _check_mp3,
    AudioKind.WAV: _check_wav,
    AudioKind.M4A: _check_m4a,
    AudioKind.FLAC: _check_flac,
}
