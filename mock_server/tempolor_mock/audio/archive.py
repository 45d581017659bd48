"""ZIP archives of stems whose size is known before the first sample exists.

The entries are deflated without compression ("stored" blocks): nothing to compute, the size follows from the
arithmetic, and the checksum may come after the data. Plain stored entries may not have it there: readers that work
front to back, such as Java's ZipInputStream, refuse them. Dates are fixed, so equal sounds give equal bytes.
"""

import struct
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from .pcm import Pcm
from .sampling import frame_count
from .score import Score
from .synthesis import stem_blocks, stems_of
from .wav import pcm_bytes, wav_header, wav_size

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_DESCRIPTOR: Final = struct.Struct("<4sIII")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_CHUNK: Final = struct.Struct("<BHH")

_VERSION: Final = 20
_CHECKSUM_FOLLOWS: Final = 0x0008
_DEFLATED: Final = 8
_TIME, _DATE = 0, 1 << 5 | 1
"""Midnight of 1 January 1980, the first moment a ZIP can name."""

_BIGGEST_CHUNK: Final = 0xFFFF
_LAST_CHUNK: Final = _CHUNK.pack(1, 0, 0xFFFF)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: bytes
    offset: int
    size: int
    checksum: int


def render_stems_zip(score: Score) -> Iterator[bytes]:
    """Yield a ZIP with one WAV file for each stem: vocals.wav (songs only), drums.wav, bass.wav, other.wav."""
    frames = frame_count(score)
    yield from zip_of_wavs((f"{stem}.wav", frames, stem_blocks(score, stem)) for stem in stems_of(score))


def stems_zip_length(score: Score) -> int:
    """Return the exact size in bytes of `render_stems_zip(score)`, without rendering it."""
    return zip_size([(f"{stem}.wav", wav_size(frame_count(score))) for stem in stems_of(score)])


def zip_of_wavs(files: Iterable[tuple[str, int, Iterable[Pcm]]]) -> Iterator[bytes]:
    """Yield a ZIP of WAV files given as (name, frames, blocks); names are ASCII, the whole stays below 4 GB."""
    entries: list[_Entry] = []
    offset = 0
    for name, frames, blocks in files:
        entry = yield from _entry(name.encode("ascii"), offset, frames, blocks)
        entries.append(entry)
        offset += _entry_size(len(entry.name), entry.size)
    directory = b"".join(_central(entry) for entry in entries)
    yield directory + _END.pack(b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), offset, 0)


def zip_size(files: Iterable[tuple[str, int]]) -> int:
    """Return the size in bytes of a ZIP of files given as (name, bytes)."""
    return _END.size + sum(_entry_size(len(name), size) + _CENTRAL.size + len(name) for name, size in files)


def _entry(name: bytes, offset: int, frames: int, blocks: Iterable[Pcm]) -> Generator[bytes, None, _Entry]:
    """Yield one file with the header before it and the checksum after it; return what the directory says of it."""
    size = wav_size(frames)
    yield _LOCAL.pack(b"PK\3\4", _VERSION, _CHECKSUM_FOLLOWS, _DEFLATED, _TIME, _DATE, 0, 0, 0, len(name), 0) + name
    checksum = 0
    for chunk in _rechunk(wav_header(frames), blocks):
        checksum = crc32(chunk, checksum)
        yield _CHUNK.pack(0, len(chunk), len(chunk) ^ 0xFFFF) + chunk
    yield _LAST_CHUNK + _DESCRIPTOR.pack(b"PK\7\x08", checksum, _deflated_size(size), size)
    return _Entry(name, offset, size, checksum)


def _rechunk(header: bytes, blocks: Iterable[Pcm]) -> Iterator[bytes]:
    """Yield a file in pieces of the biggest size a stored block may have; only the last is shorter."""
    rest = header
    for block in blocks:
        rest += pcm_bytes(block)
        whole = len(rest) - len(rest) % _BIGGEST_CHUNK
        yield from (rest[at : at + _BIGGEST_CHUNK] for at in range(0, whole, _BIGGEST_CHUNK))
        rest = rest[whole:]
    if rest:
        yield rest


def _deflated_size(size: int) -> int:
    chunks = -(-size // _BIGGEST_CHUNK)
    return size + chunks * _CHUNK.size + len(_LAST_CHUNK)


def _entry_size(name_bytes: int, size: int) -> int:
    return _LOCAL.size + name_bytes + _deflated_size(size) + _DESCRIPTOR.size


def _central(entry: _Entry) -> bytes:
    return (
        _CENTRAL.pack(
            b"PK\1\2",
            _VERSION,
            _VERSION,
            _CHECKSUM_FOLLOWS,
            _DEFLATED,
            _TIME,
            _DATE,
            entry.checksum,
            _deflated_size(entry.size),
            entry.size,
            len(entry.name),
            0,
            0,
            0,
            0,
            0,
            entry.offset,
        )
        + entry.name
    )
