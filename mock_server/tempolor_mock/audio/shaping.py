"""From the sound of any recording to the one format inside this package."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

from .pcm import Pcm
from .sampling import CHANNELS, RATE

Block = npt.NDArray[np.float32]
"""Decoded sound, shape (frames, channels), left first; full scale is 1."""

_FULL_SCALE: Final = 32_768
_OTHERS: Final = np.float32(0.7)
"""How loud what is neither left nor right is mixed into both: 3 dB down, as receivers do it."""


def shaped(sound: Iterable[tuple[int, Block]]) -> Iterator[Pcm]:
    """Yield sound, given as (frames a second, block), as 44.1 kHz stereo, even if its rate changes on the way."""
    rate, resampler = RATE, None
    for its_rate, block in sound:
        if its_rate != rate:
            if resampler:
                yield _quantised(resampler.resample_chunk(_silence(), last=True))
            rate = its_rate
            resampler = soxr.ResampleStream(rate, RATE, CHANNELS, dtype="float32") if rate != RATE else None
        stereo = _stereo(block)
        yield _quantised(resampler.resample_chunk(stereo) if resampler else stereo)
    if resampler:
        yield _quantised(resampler.resample_chunk(_silence(), last=True))


def _silence() -> Block:
    return np.empty((0, CHANNELS), dtype=np.float32)


def _stereo(block: Block) -> Block:
    match block.shape[1]:
        case 1:
            return np.repeat(block, CHANNELS, axis=1)
        case 2:
            return block
        case channels:
            others = block[:, CHANNELS:].sum(axis=1, keepdims=True) * _OTHERS
            mixed: Block = (block[:, :CHANNELS] + others) / (1 + _OTHERS * (channels - CHANNELS))
            return mixed


def _quantised(block: Block) -> Pcm:
    """Return whole sample values: those a 16-bit file held come back as they were."""
    scaled = np.nan_to_num(block * np.float32(_FULL_SCALE), posinf=_FULL_SCALE, neginf=-_FULL_SCALE)
    pcm: Pcm = np.clip(np.rint(scaled), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
    return pcm
