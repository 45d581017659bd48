"""Whether a file is all there, by what it says itself: some kinds tell how long they are, or how they end."""

import re
import struct
from collections.abc import Callable
from typing import Final

from ..exchanges.exchange import Response

_HEAD: Final = 8
"""The name and the length in front of a chunk of a WAV or MIDI file."""
_UNKNOWN_LENGTH: Final = 0xFFFFFF00
"""From here on it is what writers put there who cannot go back to the beginning; so is 0."""
_ZIP_END: Final = b"PK\x05\x06"
ZIP_TAIL: Final = 22 + 0xFFFF
"""The end of a ZIP's directory is this near to the end of the file, however long the comment is."""
_TRACK_END: Final = b"\xff\x2f\x00"
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def whats_missing(kind: str, response: Response) -> str | None:
    """Return what a fetched file of a kind lacks, empty if it is whole; None where that cannot be told."""
    extent = _extent(response)
    look = _KINDS.get(kind)
    return look(response.body, *extent) if extent is not None and look is not None and response.body else None


def _extent(response: Response) -> tuple[int, int] | None:
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


def _wav(body: bytes, first: int, total: int) -> str | None:
    if first or body[:4] != b"RIFF" or len(body) < _HEAD:
        return None
    (length,) = struct.unpack("<I", body[4:_HEAD])
    if not 0 < length < _UNKNOWN_LENGTH:
        return None
    # The byte that makes a length even may be left out at the end.
    return f"is {total} bytes long, {length + _HEAD} by its own account" if total + 1 < length + _HEAD else ""


def _zip(body: bytes, first: int, total: int) -> str | None:
    if first + len(body) != total or (first == 0 and not body.startswith(b"PK")):
        return None
    return "" if _ZIP_END in body[-ZIP_TAIL:] else "is a ZIP without the directory at its end"


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


_KINDS: Final[dict[str, Callable[[bytes, int, int], str | None]]] = {"wav": _wav, "stems": _zip, "midi": _midi}
