"""Decoding mp3, wav and flac files with libsndfile, a block at a time."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import soundfile

from .errors import UnreadableAudio
from .shaping import Block
from .sniff import AudioKind, check_shape

_FORMATS: Final = {AudioKind.MP3: ("MP3",), AudioKind.WAV: ("WAV", "WAVEX"), AudioKind.FLAC: ("FLAC",)}
_CODECS: Final = {
    AudioKind.MP3: ("MPEG_LAYER_III",),
    AudioKind.WAV: ("PCM_", "FLOAT", "DOUBLE", "ULAW", "ALAW"),
    AudioKind.FLAC: ("PCM_",),
}
_BLOCK_FRAMES: Final = 16_384


class SoundFile:
    """An open file; `codec`, `sample_rate` and `channels` describe its sound. UnreadableAudio when it cannot be opened.

    What the file claims of its length is not believed: `blocks` ends where the sound does.
    """

    def __init__(self, data: bytes, kind: AudioKind) -> None:
        self._kind = kind
        with self._refusing():
            self._file = soundfile.SoundFile(io.BytesIO(data))
        self.codec = str(self._file.subtype).lower()
        if self._file.format not in _FORMATS[kind] or not self._file.subtype.startswith(_CODECS[kind]):
            raise UnreadableAudio(f"The {kind} file holds sound of an unexpected kind ({self.codec})")
        self.sample_rate, self.channels = self._file.samplerate, self._file.channels
        check_shape(self.channels, self.sample_rate)

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Yield (frames a second, block) to the end."""
        with self._file, self._refusing():
            while len(block := self._file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
                yield self.sample_rate, block

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except soundfile.SoundFileError:
            raise UnreadableAudio(f"The {self._kind} file cannot be decoded") from None
