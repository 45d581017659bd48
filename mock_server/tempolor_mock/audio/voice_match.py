"""Which singer of ours is most like the voice in a recording."""

from typing import Final

import numpy as np

from .decode import MAX_SECONDS, can_decode, decode_audio
from .pcm import Wave
from .sampling import RATE
from .score import Register, Voice

_THINNING: Final = 4
_RATE: Final = RATE // _THINNING
_WINDOW: Final = 1024
_LOWEST, _HIGHEST = 70.0, 700.0
_SURE: Final = 0.5
"""A window counts when this share of its energy repeats itself."""

_ENOUGH: Final = 60 * RATE
_TOPS: Final = ((128.0, Register.BASS), (190.0, Register.TENOR), (277.0, Register.ALTO))
"""Up to which usual pitch, in hertz, a speaking or singing voice counts as which register."""


def match_voice(data: bytes, seed: int, *, max_seconds: float = MAX_SECONDS) -> Voice:
    """Return a voice in the register of a recorded one; UnreadableAudio when the recording cannot be read.

    The pitch is the median over the first minute. Where nothing has a pitch, or can hear it, the seed chooses.
    """
    if not can_decode(data):
        return Voice.from_labels(seed)
    pitches = _pitches(_first_minute(data, max_seconds))
    if not len(pitches):
        return Voice.from_labels(seed)
    usual = float(np.median(pitches))
    return Voice(seed, next((register for top, register in _TOPS if usual < top), Register.SOPRANO))


def _first_minute(data: bytes, max_seconds: float) -> Wave:
    """Return the beginning of the recording in mono at a quarter of the rate, which is plenty for pitch."""
    blocks, frames = [], 0
    for block in decode_audio(data, max_seconds=max_seconds):
        blocks.append(block)
        frames += len(block)
        if frames > _ENOUGH:
            break
    mono = np.concatenate(blocks).mean(axis=1, dtype=np.float32)
    thin: Wave = mono[: len(mono) // _THINNING * _THINNING].reshape(-1, _THINNING).mean(axis=1)
    return thin


def _pitches(mono: Wave) -> Wave:
    """Return the frequency, in hertz, of each window that has one: the shift that leaves it most alike."""
    windows = mono[: len(mono) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    spectrum = np.fft.rfft(windows - windows.mean(axis=1, keepdims=True), 2 * _WINDOW, axis=1)
    alike = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :_WINDOW]
    # A shifted window overlaps itself less; without this, high pitches would win.
    alike /= np.arange(_WINDOW, 0, -1)
    first, last = int(_RATE / _HIGHEST), int(_RATE / _LOWEST)
    shifts = alike[:, first:last]
    sure = shifts.max(axis=1) > np.maximum(_SURE * alike[:, 0], 1.0)
    # The smallest shift nearly as good as the best: its multiples are as good, and octaves too low.
    good = shifts[sure] > 0.9 * shifts[sure].max(axis=1, keepdims=True)
    found: Wave = (_RATE / (first + good.argmax(axis=1))).astype(np.float32)
    return found
