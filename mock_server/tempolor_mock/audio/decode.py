"""Decoding uploads with FFmpeg's libraries (PyAV), a block at a time: memory does not grow with the file."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer

from .errors import UnreadableAudio
from .pcm import RATE, Pcm
from .sniff import (
    AudioKind,
    after_id3,
    audio_kind,
    check_shape,
    check_structure,
    flac_frames_promised,
    mp3_frames_promised,
)

MAX_SECONDS: Final = 600.0

_DEMUXERS: Final = {AudioKind.MP3: "mp3", AudioKind.WAV: "wav", AudioKind.M4A: "mov", AudioKind.FLAC: "flac"}
"""Named rather than guessed: FFmpeg's guess might be a playlist, which opens other files."""

_CODECS: Final = {
    AudioKind.MP3: ("mp3",),
    AudioKind.WAV: ("pcm_",),
    AudioKind.M4A: ("aac", "alac"),
    AudioKind.FLAC: ("flac",),
}
_LONGEST_ALAC_FRAME: Final = 65_536
_FEWEST_BAD: Final = 10
_TOLERANCE: Final = 0.95
"""A file must hold this share of what it promises: encoders pad, edit lists trim."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What an upload turned out to be.

    `seconds`, `sample_rate` and `channels` describe the file; `frames` counts what `decode_audio` yields of it.
    """

    kind: AudioKind
    codec: str
    seconds: float
    sample_rate: int
    channels: int
    frames: int


def probe_audio(data: bytes, *, max_seconds: float = MAX_SECONDS) -> AudioInfo:
    """Decode a file from end to end and say what it is; UnreadableAudio when it is none or breaks a limit."""
    upload = _Upload(data, max_seconds)
    frames = sum(len(block) for block in upload.blocks())
    return AudioInfo(upload.kind, upload.codec, round(upload.seconds, 3), upload.sample_rate, upload.channels, frames)


def decode_audio(data: bytes, *, max_seconds: float = MAX_SECONDS) -> Iterator[Pcm]:
    """Yield an mp3, wav, m4a or flac file as 44.1 kHz stereo, shape (frames, 2), in short blocks.

    UnreadableAudio is raised at the first sign that the file is none, too long, or cut off: the latter only shows at
    its end, after blocks were yielded.
    """
    yield from _Upload(data, max_seconds).blocks()


class _Upload:
    """One file on its way through the decoder."""

    def __init__(self, data: bytes, max_seconds: float) -> None:
        self.kind = audio_kind(data)
        check_structure(data, self.kind)
        self._data = data
        self._max_seconds = max_seconds
        self.codec = ""
        self.seconds = 0.0
        self.sample_rate = self.channels = 0
        self._samples = self._packet_bytes = self._good = self._bad = 0

    def blocks(self) -> Iterator[Pcm]:
        """Yield the sound, then judge whether it was all that the file promised."""
        try:
            with self._open() as container:
                stream = self._stream(container)
                for frame in _alike(self._frames(container, stream)):
                    yield frame.to_ndarray().reshape(-1, 2).astype(np.int16, copy=False)
                promised = container.duration or 0
        except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
            if isinstance(error, UnreadableAudio):
                raise
            self._refuse("cannot be decoded")
        self._judge(promised / av.time_base)

    def _refuse(self, why: str) -> NoReturn:
        raise UnreadableAudio(f"The {self.kind} file {why}") from None

    def _open(self) -> InputContainer:
        return av.open(io.BytesIO(self._data), "r", format=_DEMUXERS[self.kind], metadata_errors="ignore")

    def _stream(self, container: InputContainer) -> AudioStream:
        if not container.streams.audio:
            self._refuse("holds no sound")
        stream = container.streams.audio[0]
        context: AudioCodecContext | None = stream.codec_context
        if context is None:  # PyAV's way to say that nobody can decode it; its annotations deny that
            self._refuse("holds sound of an unexpected kind")
        self.codec = context.name
        if not self.codec.startswith(_CODECS[self.kind]):
            self._refuse(f"holds sound of an unexpected kind ({self.codec})")
        check_shape(context.channels, context.sample_rate)
        # The decoder believes this number and makes room for it.
        if self.codec == "alac" and int.from_bytes((context.extradata or b"")[12:16]) > _LONGEST_ALAC_FRAME:
            self._refuse("cannot be decoded")
        self.sample_rate, self.channels = context.sample_rate, context.channels
        return stream

    def _frames(self, container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
        """Yield decoded frames; single bad packets are skipped, as players do."""
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                self._bad += 1
                if self._bad > _FEWEST_BAD + self._good:
                    self._refuse("cannot be decoded")
                continue
            self._good += 1
            self._packet_bytes += packet.size
            for frame in frames:
                self._count(frame)
                yield frame

    def _count(self, frame: av.AudioFrame) -> None:
        self._samples += frame.samples
        self.seconds += frame.samples / frame.sample_rate
        if self.seconds > self._max_seconds:
            self._refuse(f"lasts longer than {self._max_seconds:g} seconds")

    def _judge(self, seconds_promised: float) -> None:
        """Refuse a file that held no sound, or far less than it promised."""
        if not self._samples:
            self._refuse("holds no sound")
        match self.kind:
            case AudioKind.FLAC:
                whole = self._samples >= flac_frames_promised(self._data) * _TOLERANCE
            case AudioKind.M4A:
                whole = self.seconds + 0.2 >= seconds_promised * _TOLERANCE
            case AudioKind.MP3:
                whole = self._good >= (mp3_frames_promised(self._data) or 0) * _TOLERANCE
                # Stray bytes look like a frame now and then; of real files they are a small part.
                if self._packet_bytes * 2 < len(self._data) - after_id3(self._data):
                    self._refuse("is mostly not audio")
            case AudioKind.WAV:
                whole = True  # its header was compared with its size before
        if not whole or self._bad > self._good:
            self._refuse("ends too early")


def _alike(frames: Iterator[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """Yield frames as interleaved 16 bits, 44.1 kHz, stereo, even if the rate or layout changes on the way."""
    shape, resampler = None, None
    for frame in frames:
        frame.pts = None  # timestamps of strangers; the samples follow each other
        if resampler is None or shape != (frame.sample_rate, frame.layout.name, frame.format.name):
            if resampler:
                yield from resampler.resample(None)
            shape = (frame.sample_rate, frame.layout.name, frame.format.name)
            resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
        yield from resampler.resample(frame)
    if resampler:
        yield from resampler.resample(None)
