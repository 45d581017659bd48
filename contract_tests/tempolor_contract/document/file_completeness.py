"""Whether a file is all there, by what it says itself: some kinds tell how long they are, or how they end."""

import json
import re
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from lzma import LZMAError
from typing import Final
from zipfile import BadZipFile, ZipFile

from ..exchanges.exchange import Response

_HEAD: Final = 8
"""The name and the length in front of a chunk of a WAV or MIDI file."""
_UNKNOWN_LENGTH: Final = 0xFFFFFF00
"""From here on it is what writers put there who cannot go back to the beginning; so is 0."""
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_COUNT: Final = 10
"""Where the end of a ZIP's directory tells how many files there are."""
ZIP_TAIL: Final = 22 + 0xFFFF
"""The end of a ZIP's directory is this near to the end of the file, however long the comment is."""
_MOST_UNPACKED: Final = 16
"""How much longer than a ZIP what is in it is looked at: sound does not shrink as much, and so the work is linear."""
_MOST_FILES: Final = 64
_PIECE: Final = 1 << 20
_TRACK_END: Final = b"\xff\x2f\x00"
_ID3_HEAD: Final = 10
_SYNC: Final = 0x7FF
_KILOBITS_1: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KILOBITS_2: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ: Final = (44_100, 48_000, 32_000)
_TAGS: Final = frozenset({b"TAG", b"APE", b"LYR", b"ID3"})
_IMAGE_ENDS: Final = {b"\x89PNG": b"IEND", b"\xff\xd8\xff": b"\xff\xd9"}
_MOST_BEHIND: Final = 1 << 10
"""Bytes that may follow the end of an image; programs that make them leave some there."""
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def whats_missing(kind: str, response: Response) -> str | None:
    """Return what a fetched file of a kind lacks, empty if it is whole; None where that cannot be told."""
    extent = extent_of(response)
    look = _KINDS.get(kind)
    return look(response.body, *extent) if extent is not None and look is not None and response.body else None


def extent_of(response: Response) -> tuple[int, int] | None:
    """Return where a body begins in its file, and how long the file is; None if that is not certain."""
    match = _RANGE.fullmatch(response.header("content-range") or "") if response.status == 206 else None
    if match is not None:
        return int(match[1]), int(match[3])
    told = response.header("content-length") or ""
    plain = response.header("content-encoding") in {None, "", "identity"}
    length = int(told) if plain and told.isdecimal() else None
    if response.truncated:
        return None if length is None else (0, length)
    # A recorder that takes bytes for text writes down another number of them.
    return (0, len(response.body)) if length in {None, len(response.body)} else None


_FIRST_CHUNK: Final = 12


def _wav(body: bytes, first: int, total: int) -> str | None:
    if first or body[:4] != b"RIFF" or len(body) < _HEAD:
        return None
    (length,) = struct.unpack("<I", body[4:_HEAD])
    if not 0 < length < _UNKNOWN_LENGTH:
        return None
    # The byte that makes a length even may be left out at the end.
    if total + 1 < length + _HEAD:
        return f"is {total} bytes long, {length + _HEAD} by its own account"
    return "has sound of 0 bytes by its own account, though it knows its length" if _is_silent(body, total) else ""


def _is_silent(body: bytes, total: int) -> bool:
    """Whether the chunk of sound says that it has no bytes, and others follow."""
    at = _FIRST_CHUNK
    while at + _HEAD <= len(body):
        name, (length,) = body[at : at + 4], struct.unpack("<I", body[at + 4 : at + _HEAD])
        at += _HEAD + length + length % 2
        if name == b"data":
            return bool(length == 0 and at < total)
    return False


def _zip(body: bytes, first: int, total: int) -> str | None:
    if first + len(body) != total or (first == 0 and not body.startswith(b"PK")):
        return None
    end = body.rfind(_ZIP_END, max(0, len(body) - ZIP_TAIL))
    if end < 0:
        return "is a ZIP without the directory at its end"
    count = int.from_bytes(body[end + _ZIP_COUNT : end + _ZIP_COUNT + 2], "little")
    if count <= 1:
        return f"is a ZIP of {count} file: the stems are not apart"
    return "" if first else _damage(body)


def _damage(body: bytes) -> str:
    """Unpack a ZIP, as far as a bound that grows with it, and return what is wrong with what is in it."""
    left = _MOST_UNPACKED * len(body)
    try:
        with ZipFile(BytesIO(body)) as archive:
            for each in archive.infolist()[:_MOST_FILES]:
                with archive.open(each) as file:
                    while left > 0 and (piece := file.read(_PIECE)):
                        left -= len(piece)
    except RuntimeError:
        # Packed in a way that is not known here, or locked.
        return ""
    except (BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError) as error:
        return f"is a ZIP that cannot be unpacked: {error}"
    return ""


def _midi(body: bytes, first: int, total: int) -> str | None:
    if first or len(body) != total or not body.startswith(b"MThd"):
        return None
    at = 0
    while at + _HEAD <= len(body):
        name, (length,) = body[at : at + 4], struct.unpack(">I", body[at + 4 : at + _HEAD])
        content = body[at + _HEAD : at + _HEAD + length]
        if len(content) < length:
            return f"ends within a chunk {name!r}"
        if name == b"MTrk" and not content.endswith(_TRACK_END):
            return "has a track without its end"
        at += _HEAD + length
    return ""


def _mp3(body: bytes, first: int, total: int) -> str | None:
    """Walk from frame to frame: each tells how long it is."""
    if first or len(body) != total:
        return None
    at = _after_tag(body)
    if _frame_length(body, at) is None:
        return None
    while at < len(body):
        length = _frame_length(body, at)
        if length is None:
            # Behind the last frame there may be tags of several kinds, or silence.
            return "" if body[at : at + 3] in _TAGS or not body[at:].strip(b"\0") else f"has no frame at byte {at}"
        at += length
    return "" if at == len(body) else f"ends {at - len(body)} bytes before the end of its last frame"


def _after_tag(body: bytes) -> int:
    if not body.startswith(b"ID3") or len(body) < _ID3_HEAD:
        return 0
    size = 0
    for each in body[6:_ID3_HEAD]:
        size = size << 7 | each & 0x7F
    return _ID3_HEAD + size


def _frame_length(body: bytes, at: int) -> int | None:
    """Return the bytes of the layer III frame that begins there, None if none does."""
    head = int.from_bytes(body[at : at + 4], "big")
    version, rate, samples = head >> 19 & 3, head >> 12 & 15, head >> 10 & 3
    if len(body) < at + 4 or head >> 21 != _SYNC or head >> 17 & 3 != 1 or version == 1:
        return None
    if rate in {0, 15} or samples == 3:
        return None
    newest = version == 3
    kilobits = (_KILOBITS_1 if newest else _KILOBITS_2)[rate - 1]
    hertz = _HERTZ[samples] >> {3: 0, 2: 1, 0: 2}[version]
    return (144 if newest else 72) * kilobits * 1000 // hertz + (head >> 9 & 1)


def _image(body: bytes, first: int, total: int) -> str | None:
    if first or len(body) != total:
        return None
    for start, end in _IMAGE_ENDS.items():
        if body.startswith(start):
            return "" if end in body[-_MOST_BEHIND:] else "is an image that breaks off"
    return None


def _waveform(body: bytes, first: int, total: int) -> str | None:
    if first or len(body) != total:
        return None
    try:
        json.loads(body)
    except ValueError:
        return "is no JSON"
    return ""


_KINDS: Final[dict[str, Callable[[bytes, int, int], str | None]]] = {
    "wav": _wav,
    "stems": _zip,
    "midi": _midi,
    "mp3": _mp3,
    "image": _image,
    "waveform": _waveform,
}
