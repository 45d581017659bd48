"""Decoding m4a files with FFmpeg's libraries (PyAV), a packet at a time. Needs the extra `m4a`."""

import io
from collections.abc import Iterator
from typing import Final, NoReturn

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

from .errors import UnreadableAudio
from .shaping import Block
from .sniff import check_shape

_CODECS: Final = ("aac", "alac")
_LONGEST_ALAC_FRAME: Final = 65_536
_FEWEST_BAD: Final = 10


class M4aFile:
    """An open file; `codec`, `sample_rate` and `channels` describe its sound; UnreadableAudio when nothing opens it."""

    def __init__(self, data: bytes) -> None:
        try:
            # Named rather than guessed: FFmpeg's guess might be a playlist, which opens other files.
            self._container = av.open(io.BytesIO(data), "r", format="mov", metadata_errors="ignore")
        except (av.FFmpegError, ValueError, OverflowError, MemoryError):
            _refuse("cannot be decoded")
        self._stream = self._sound()
        context = self._stream.codec_context
        self.codec, self.sample_rate, self.channels = context.name, context.sample_rate, context.channels

    def _sound(self) -> AudioStream:
        if not self._container.streams.audio:
            _refuse("holds no sound")
        stream = self._container.streams.audio[0]
        context: AudioCodecContext | None = stream.codec_context
        if context is None:  # PyAV's way to say that nobody can decode it; its annotations deny that
            _refuse("holds sound of an unexpected kind")
        if context.name not in _CODECS:
            _refuse(f"holds sound of an unexpected kind ({context.name})")
        check_shape(context.channels, context.sample_rate)
        # The decoder believes this number and makes room for it.
        if context.name == "alac" and int.from_bytes((context.extradata or b"")[12:16]) > _LONGEST_ALAC_FRAME:
            _refuse("cannot be decoded")
        return stream

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Yield (frames a second, block) to the end; single bad packets are skipped, as players do."""
        good = bad = 0
        try:
            with self._container:
                for packet in self._container.demux(self._stream):
                    try:
                        frames = packet.decode()
                    except av.error.InvalidDataError:
                        bad += 1
                        if bad > _FEWEST_BAD + good:
                            _refuse("cannot be decoded")
                        continue
                    good += 1
                    yield from ((frame.sample_rate, _samples(frame)) for frame in frames)
        except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
            if isinstance(error, UnreadableAudio):
                raise
            _refuse("cannot be decoded")
        if bad > good:
            _refuse("ends too early")


def _samples(frame: av.AudioFrame) -> Block:
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    if samples.dtype.kind == "i":
        samples = samples / 2.0 ** (8 * samples.dtype.itemsize - 1)
    return samples.T.astype(np.float32)


def _refuse(why: str) -> NoReturn:
    raise UnreadableAudio(f"The m4a file {why}") from None
