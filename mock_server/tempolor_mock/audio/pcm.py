"""The one audio format inside this package: 44.1 kHz, stereo, 16 bits."""

from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 44_100
"""Frames a second."""

CHANNELS: Final = 2

FRAME_BYTES: Final = CHANNELS * 2

Pcm = npt.NDArray[np.int16]
"""Finished sound, shape (frames, 2), left first."""

Wave = npt.NDArray[np.float32]
"""Sound in the making, shape (frames,) for mono or (2, frames) for stereo; full scale is 1."""


def frames_in(seconds: float) -> int:
    """Return how many frames `seconds` last, to the nearest frame."""
    return round(seconds * RATE)
