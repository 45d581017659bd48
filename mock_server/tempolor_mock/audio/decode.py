"""Decoding uploads, a block at a time: memory does not grow with the file.

libsndfile reads mp3, wav and flac. Reading m4a takes FFmpeg, which weighs as much as everything else together and so is
an extra: without it such a file is known by its boxes only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, NoReturn, Protocol

from . import mp4, mpeg
from .errors import DecoderMissing, UnreadableAudio
from .pcm import Pcm
from .shaping import Block, shaped
from .sniff import AudioKind, audio_kind, check_shape, check_structure, flac_frames_promised

MAX_SECONDS: Final = 600.0
MISSING_DECODER: Final = "Decoding m4a files needs an extra: pip install 'tempolor-kit[m4a]'"

_TOLERANCE: Final = 0.95
"""A file must hold this share of what it promises: encoders pad, edit lists trim."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What an upload turned out to be.

    `seconds`, `sample_rate` and `channels` describe the file; `frames` counts what `decode_audio` yields of it, and is
    None where nothing here decodes it: then the rest is what the file says of itself.
    """

    kind: AudioKind
    codec: str
    seconds: float
    sample_rate: int
    channels: int
    frames: int | None


def probe_audio(data: bytes, *, max_seconds: float = MAX_SECONDS) -> AudioInfo:
    """Decode a file from end to end and say what it is; UnreadableAudio when it is none or breaks a limit."""
    if not can_decode(data):
        return _described(data, max_seconds)
    upload = _Upload(data, max_seconds)
    frames = sum(len(block) for block in upload.blocks())
    sound = upload.sound
    return AudioInfo(upload.kind, sound.codec, round(upload.seconds, 3), sound.sample_rate, sound.channels, frames)


def decode_audio(data: bytes, *, max_seconds: float = MAX_SECONDS) -> Iterator[Pcm]:
    """Yield an mp3, wav, m4a or flac file as 44.1 kHz stereo, shape (frames, 2), in short blocks.

    UnreadableAudio is raised at the first sign that the file is none, too long, or cut off: the latter only shows at
    its end, after blocks were yielded. DecoderMissing where `can_decode` says so.
    """
    if not can_decode(data):
        raise DecoderMissing(MISSING_DECODER)
    yield from _Upload(data, max_seconds).blocks()


def can_decode(data: bytes) -> bool:
    """Whether what decodes this kind of file is installed; UnreadableAudio when it is of no kind."""
    return audio_kind(data) is not AudioKind.M4A or find_spec("av") is not None


class _Sound(Protocol):
    """An open file."""

    codec: str
    sample_rate: int
    channels: int

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Yield (frames a second, block) to the end."""


class _Upload:
    """One file on its way through the decoder."""

    def __init__(self, data: bytes, max_seconds: float) -> None:
        self.kind = audio_kind(data)
        check_structure(data, self.kind)
        self.sound = _opened(data, self.kind)
        self.seconds = 0.0
        self._data = data
        self._max_seconds = max_seconds
        self._frames = 0

    def blocks(self) -> Iterator[Pcm]:
        """Yield the sound, then judge whether it was all that the file promised."""
        yield from shaped(self._counted())
        self._judge()

    def _counted(self) -> Iterator[tuple[int, Block]]:
        for rate, block in self.sound.blocks():
            self._frames += len(block)
            self.seconds += len(block) / rate
            _check_length(self.kind, self.seconds, self._max_seconds)
            yield rate, block

    def _judge(self) -> None:
        """Refuse a file that held no sound, or far less than it promised."""
        if not self._frames:
            _refuse(self.kind, "holds no sound")
        match self.kind:
            case AudioKind.FLAC:
                whole = self._frames >= flac_frames_promised(self._data) * _TOLERANCE
            case AudioKind.M4A:
                whole = self.seconds + 0.2 >= mp4.sound_track(self._data).seconds * _TOLERANCE
            case AudioKind.MP3:
                whole = self._is_whole_mp3()
            case AudioKind.WAV:
                whole = True  # its header was compared with its size before
        if not whole:
            _refuse(self.kind, "ends too early")

    def _is_whole_mp3(self) -> bool:
        frames = mpeg.count_frames(self._data)
        # Stray bytes look like a frame now and then; of real files they are a small part.
        if frames.size * 2 < len(self._data) - mpeg.after_id3(self._data):
            _refuse(self.kind, "is mostly not audio")
        return frames.count >= (mpeg.frames_promised(self._data) or 0) * _TOLERANCE


def _opened(data: bytes, kind: AudioKind) -> _Sound:
    if kind is AudioKind.M4A:
        from .ffmpeg import M4aFile  # noqa: PLC0415 - an extra, and slow to load

        return M4aFile(data)
    from .sndfile import SoundFile  # noqa: PLC0415 - an upload of the other kind does without

    return SoundFile(data, kind)


def _described(data: bytes, max_seconds: float) -> AudioInfo:
    """Return what an m4a file says of itself."""
    check_structure(data, AudioKind.M4A)
    track = mp4.sound_track(data)
    check_shape(track.channels, track.sample_rate)
    _check_length(AudioKind.M4A, track.seconds, max_seconds)
    return AudioInfo(AudioKind.M4A, track.codec, round(track.seconds, 3), track.sample_rate, track.channels, None)


def _check_length(kind: AudioKind, seconds: float, longest: float) -> None:
    if seconds > longest:
        _refuse(kind, f"lasts longer than {longest:g} seconds")


def _refuse(kind: AudioKind, why: str) -> NoReturn:
    raise UnreadableAudio(f"The {kind} file {why}") from None
