"""What an upload is, by its bytes alone: who trusts a name or a Content-Type decodes anything.

The decoder comes later and is C code made for honest files. What its tables could be talked into (counts far beyond
the file, sizes that promise more than there is) is refused here, in a walk over the outermost structure.
"""

import struct
from enum import StrEnum
from typing import Final, NoReturn

from . import mp4, mpeg
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
    start = mpeg.after_id3(data)
    if data[start : start + 4] == b"fLaC":
        return AudioKind.FLAC
    if mpeg.first_frame(data, start) is not None:
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


def _check_mp3(data: bytes) -> None:
    if mpeg.after_id3(data) >= len(data):
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
    block = mpeg.after_id3(data) + 8
    return int.from_bytes(data[block + 13 : block + 18]) & 0xF_FFFF_FFFF


def _check_flac(data: bytes) -> None:
    block = mpeg.after_id3(data) + 8
    packed = int.from_bytes(data[block + 10 : block + 14])
    if len(data) < block + 34:
        _refuse_cut_off(AudioKind.FLAC)
    check_shape((packed >> 9 & 7) + 1, packed >> 12)


_CHECKS: Final = {
    AudioKind.MP3: _check_mp3,
    AudioKind.WAV: _check_wav,
    AudioKind.M4A: mp4.check_boxes,
    AudioKind.FLAC: _check_flac,
}
