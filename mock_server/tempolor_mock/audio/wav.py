"""WAV files of known length, written front to back; lengths and headers do without numpy."""

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .sampling import CHANNELS, FRAME_BYTES, RATE, frame_count
from .score import Score

if TYPE_CHECKING:
    from .pcm import Pcm

HEADER_BYTES: Final = 44
_PCM: Final = 1


def wav_header(frames: int) -> bytes:
    """Return the 44 bytes in front of this many frames."""
    size = frames * FRAME_BYTES
    form = struct.pack("<HHIIHH", _PCM, CHANNELS, RATE, RATE * FRAME_BYTES, FRAME_BYTES, 16)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", size)


def wav_size(frames: int) -> int:
    """Return the size in bytes of a WAV file of this many frames."""
    return HEADER_BYTES + frames * FRAME_BYTES


def pcm_bytes(block: "Pcm") -> bytes:
    """Return a block as it stands in a WAV file."""
    return block.astype("<i2", copy=False).tobytes()


def wav_length(score: Score) -> int:
    """Return the exact size in bytes of `render_wav(score)`, without rendering it."""
    return wav_size(frame_count(score))


def render_wav(score: Score) -> Iterator[bytes]:
    """Yield the piece as a WAV file: the header first, then blocks of at most a beat, a few milliseconds each."""
    yield wav_header(frame_count(score))
    from .synthesis import mix_blocks  # noqa: PLC0415 - loads numpy

    for block in mix_blocks(score):
        yield pcm_bytes(block)
