"""The one audio format inside this package, in numbers: 44.1 kHz, stereo, 16 bits."""

from typing import Final

from .score import Score

RATE: Final = 44_100
"""Frames a second."""

CHANNELS: Final = 2

FRAME_BYTES: Final = CHANNELS * 2


def frames_in(seconds: float) -> int:
    """Return how many frames `seconds` last, to the nearest frame."""
    return round(seconds * RATE)


def frame_count(score: Score) -> int:
    """Return how many frames a piece lasts."""
    return frames_in(score.seconds)
