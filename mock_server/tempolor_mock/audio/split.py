"""Splitting a recording into stems that add up to it, sample by sample.

Percussion stands upright in a spectrogram (all frequencies at once, briefly), tones lie flat (one frequency, long). A
smoothing along each direction tells them apart; among the tones, low ones are the bass, and of the rest what both
channels share in the range of voices goes to the vocals. What is left, to the sample, is the fourth stem.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from .archive import zip_of_wavs
from .decode import MAX_SECONDS, decode_audio
from .pcm import Pcm, Wave
from .sampling import FRAME_BYTES, RATE
from .synthesis import Stem

_WINDOW: Final = 2048
_HOP: Final = 1024
_SEGMENT: Final = 256 * _HOP
"""Frames worked on at a time: six seconds."""

_MARGIN: Final = 16 * _HOP
"""Frames of neighbours a segment is looked at with, so that no seam is heard."""

_ALONG_TIME: Final = 8
_ALONG_FREQUENCY: Final = 10
_SHAPE: Final = np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
_HERTZ: Final = np.fft.rfftfreq(_WINDOW, 1 / RATE)
_BASS_TOP: Final = 160.0
_VOICE_TOP: Final = 7_000.0

_Spectrum = npt.NDArray[np.complex64]
"""Shape (2, steps in time, frequencies)."""


def split_audio(data: bytes, *, max_seconds: float = MAX_SECONDS) -> Iterator[bytes]:
    """Yield a ZIP with vocals.wav, drums.wav, bass.wav and other.wav of an mp3, wav, m4a or flac file.

    UnreadableAudio comes before the first byte. The stems wait in temporary files: memory stays bounded for any length.
    While that goes on, empty blocks tell whoever reads this that there is a moment to do something else.
    """
    with ExitStack() as stack:
        files = {stem: stack.enter_context(tempfile.TemporaryFile()) for stem in Stem}
        for parts in separate(decode_audio(data, max_seconds=max_seconds)):
            for stem, part in parts.items():
                files[stem].write(part.tobytes())
            yield b""
        sizes = {stem: file.tell() // FRAME_BYTES for stem, file in files.items()}
        yield from zip_of_wavs((f"{stem}.wav", sizes[stem], _read_back(file)) for stem, file in files.items())


def _read_back(file: IO[bytes]) -> Iterator[Pcm]:
    file.seek(0)
    while piece := file.read(_SEGMENT * FRAME_BYTES):
        yield np.frombuffer(piece, dtype=np.int16).reshape(-1, 2)


def separate(blocks: Iterator[Pcm]) -> Iterator[dict[Stem, Pcm]]:
    """Yield the stems of some sound, segment by segment; in each, they add up to the sound exactly."""
    for segment, before, size in _segments(blocks):
        whole = segment[before : before + size]
        vocals, drums, bass = (part[:, before : before + size].T for part in _tear(segment.T.astype(np.float32)))
        yield _settle(whole, np.stack([vocals, drums, bass]))


def _segments(blocks: Iterator[Pcm]) -> Iterator[tuple[Pcm, int, int]]:
    """Yield (sound with margins, frames of the margin before it, frames that count)."""
    held = np.zeros((_MARGIN, 2), dtype=np.int16)
    waiting: list[Pcm] = []
    room = _SEGMENT + _MARGIN
    for block in blocks:
        waiting.append(block)
        room -= len(block)
        while room <= 0:
            held = np.concatenate([held, *waiting])
            yield held[: _MARGIN + _SEGMENT + _MARGIN], _MARGIN, _SEGMENT
            held, waiting = held[_SEGMENT:], []
            room = _MARGIN + _SEGMENT + _MARGIN - len(held)
    held = np.concatenate([held, *waiting])
    for start in range(0, len(held) - _MARGIN, _SEGMENT):
        size = min(_SEGMENT, len(held) - _MARGIN - start)
        rest = held[start : start + _MARGIN + size + _MARGIN]
        yield np.concatenate([rest, np.zeros((_MARGIN, 2), dtype=np.int16)]), _MARGIN, size


def _tear(wave: Wave) -> tuple[Wave, Wave, Wave]:
    """Return vocals, drums and bass of a segment, each of its shape (2, frames)."""
    spectrum = _analyse(wave)
    tonal = _tonality(np.abs(spectrum).sum(axis=0))
    low = 1 / (1 + (_HERTZ / _BASS_TOP) ** 6).astype(np.float32)
    voiced = (1 - low) / (1 + (_HERTZ / _VOICE_TOP) ** 6).astype(np.float32)
    frames = wave.shape[1]
    return (
        _resynthesise(spectrum * (tonal * voiced * _agreement(spectrum)), frames),
        _resynthesise(spectrum * (1 - tonal), frames),
        _resynthesise(spectrum * (tonal * low), frames),
    )


def _analyse(wave: Wave) -> _Spectrum:
    padded = np.pad(wave, ((0, 0), (_HOP, _WINDOW)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=1)[:, ::_HOP]
    return np.fft.rfft(windows * _SHAPE, axis=2).astype(np.complex64, copy=False)


def _resynthesise(spectrum: _Spectrum, frames: int) -> Wave:
    """Return the sound of a spectrum: windows at half their length apart overlap to one."""
    windows = np.fft.irfft(spectrum, _WINDOW, axis=2).astype(np.float32, copy=False) * _SHAPE
    steps = windows.shape[1]
    wave = np.zeros((2, (steps + 1) * _HOP), dtype=np.float32)
    wave[:, : steps * _HOP] += windows[:, :, :_HOP].reshape(2, -1)
    wave[:, _HOP:] += windows[:, :, _HOP:].reshape(2, -1)
    return wave[:, _HOP : _HOP + frames]


def _tonality(strength: Wave) -> Wave:
    """Return for each point of a spectrogram, from 0 to 1, how much of it belongs to a tone.

    Means of the fourth root stand in for the usual medians: close to them, as roots tame peaks, and far cheaper.
    """
    root = np.sqrt(np.sqrt(strength))
    flat = _smooth(root, _ALONG_TIME) ** 8
    upright = _smooth(root.T, _ALONG_FREQUENCY).T ** 8
    share: Wave = flat / (flat + upright + np.float32(1e-9))
    return share


def _smooth(values: Wave, reach: int) -> Wave:
    """Return the mean over `reach` neighbours on both sides along the first axis."""
    padded = np.pad(values, ((reach + 1, reach), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=0, dtype=np.float64)
    width = 2 * reach + 1
    return ((sums[width:] - sums[:-width]) / width).astype(np.float32)


def _agreement(spectrum: _Spectrum) -> Wave:
    """Return from 0 to 1 how alike left and right are: singers stand in the middle."""
    left, right = spectrum
    together = 2 * (left * right.conj()).real
    share: Wave = np.clip(together / (np.abs(left) ** 2 + np.abs(right) ** 2 + np.float32(1e-9)), 0, 1) ** 4
    return share


def _settle(whole: Pcm, parts: Wave) -> dict[Stem, Pcm]:
    """Return whole numbers for the parts, shape (3, frames, 2), and the rest that makes the sum exact.

    Where the rest would not fit into 16 bits, all three parts shrink just enough: the rest exceeds the range only if
    they point away from the sound.
    """
    limit = 32_767
    parts = np.clip(parts, -limit, limit)
    total = parts.sum(axis=0)
    rest = whole - total
    excess = np.maximum(np.abs(rest) - (limit - 4), 0)  # 4: room for rounding
    if excess.any():
        parts *= np.clip(1 - excess / np.maximum(np.abs(total), 1), 0, 1)
    vocals, drums, bass = np.rint(parts).astype(np.int16)
    other = (whole.astype(np.int32) - vocals - drums - bass).astype(np.int16)
    return {Stem.VOCALS: vocals, Stem.DRUMS: drums, Stem.BASS: bass, Stem.OTHER: other}
