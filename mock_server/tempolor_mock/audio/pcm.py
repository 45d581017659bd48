"""Sound in memory, in the format of `sampling`."""

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
"""Finished sound, shape (frames, 2), left first."""

Wave = npt.NDArray[np.float32]
"""Sound in the making, shape (frames,) for mono or (2, frames) for stereo; full scale is 1."""
