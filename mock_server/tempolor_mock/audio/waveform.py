"""Waveform peaks for a player's display, in the JSON format of the BBC's audiowaveform (version 2, 8 bits, mono)."""

import json
import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from .pcm import Pcm
from .sampling import RATE, frame_count
from .score import Score
from .synthesis import mix_blocks

POINTS: Final = 800
"""About how many pairs of lowest and highest value a waveform has, however long the piece."""


def render_waveform(score: Score) -> bytes:
    """Return the piece's peaks as JSON: `data` alternates lowest and highest value of each stretch, -128 to 127."""
    frames = frame_count(score)
    stretch = max(1, math.ceil(frames / POINTS))
    peaks = _peaks(mix_blocks(score), stretch)
    document = {
        "version": 2,
        "channels": 1,
        "sample_rate": RATE,
        "samples_per_pixel": stretch,
        "bits": 8,
        "length": len(peaks) // 2,
        "data": peaks,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _peaks(blocks: Iterable[Pcm], stretch: int) -> list[int]:
    """Return lowest and highest value of both channels' mean for each stretch of frames, in eighths of 16 bits."""
    peaks: list[int] = []
    rest = np.empty(0, dtype=np.int32)
    for block in blocks:
        rest = np.concatenate([rest, block.sum(axis=1, dtype=np.int32)])
        whole = len(rest) - len(rest) % stretch
        peaks += _extremes(rest[:whole].reshape(-1, stretch))
        rest = rest[whole:]
    return peaks + (_extremes(rest[None]) if len(rest) else [])


def _extremes(stretches: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> list[int]:
    pairs = np.stack([stretches.min(axis=1), stretches.max(axis=1)], axis=1)
    values: list[int] = (pairs >> 9).ravel().tolist()  # half the sum of two channels, then the upper byte
    return values
