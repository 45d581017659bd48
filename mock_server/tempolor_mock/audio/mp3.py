"""MP3 files: constant bit rate, so that players seek by arithmetic, with the title in an ID3 tag.

A file's length and its first bytes are there before numpy and the encoder are loaded.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from .sampling import CHANNELS, RATE, frame_count
from .score import Score

if TYPE_CHECKING:
    from .pcm import Pcm

BIT_RATE: Final = 128_000
_EFFORT: Final = 7
"""LAME's own scale from 0 (best) to 9 (fastest); 7 takes half the time of 5, and higher ones no less."""

_FRAME: Final = 1152
"""Samples an MP3 frame holds."""


def mp3_length(score: Score, title: str = "") -> int:
    """Return the exact size in bytes of `render_mp3(score, title)`, without rendering it."""
    # LAME flushes until its delay is out as well, which takes one frame more than the sound alone.
    frames = -(-frame_count(score) // _FRAME) + 1
    whole, part = divmod(_FRAME // 8 * BIT_RATE, RATE)
    # It makes up for the fraction of a byte each frame lacks by a whole one, beginning with the second frame.
    return len(id3_tag(title)) + frames * whole + -(-part * (frames - 1) // RATE)


def render_mp3(score: Score, title: str = "") -> Iterator[bytes]:
    """Yield the piece as an MP3 file, encoded while it is played."""
    if tag := id3_tag(title):
        yield tag
    from .synthesis import mix_blocks  # noqa: PLC0415 - loads numpy

    yield from encode_mp3(mix_blocks(score))


def encode_mp3(blocks: "Iterable[Pcm]") -> Iterator[bytes]:
    """Yield the MP3 frames of some sound.

    An MP3 file is its frames one after the other, so the encoder alone does; no container format is needed.
    """
    import lameenc  # noqa: PLC0415 - see above

    encoder = lameenc.Encoder()
    encoder.silence()  # it would print what it does
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(CHANNELS)
    encoder.set_bit_rate(BIT_RATE // 1000)
    encoder.set_quality(_EFFORT)
    for block in blocks:
        if frames := encoder.encode(block):
            yield bytes(frames)
    yield bytes(encoder.flush())


def id3_tag(title: str) -> bytes:
    """Return an ID3v2.3 tag that holds a title; nothing without one."""
    if not title:
        return b""
    text = b"\1\xff\xfe" + title.encode("utf-16-le", "replace")
    frame = b"TIT2" + struct.pack(">IH", len(text), 0) + text
    size = len(frame)
    # The tag's size has seven bits in each byte, lest it look like the start of a frame.
    return b"ID3\3\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + frame
