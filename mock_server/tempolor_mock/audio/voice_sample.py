"""A few seconds of a voice on its own: what a list of voices offers to listen to."""

from collections.abc import Iterator
from random import Random
from typing import Final

import numpy as np

from .instruments import VOWELS, sing
from .mp3 import encode_mp3, id3_tag
from .pcm import Pcm
from .sampling import RATE, frames_in
from .score import Register, Voice

SECONDS: Final = 6.0
_LOWEST: Final = {Register.BASS: 38, Register.TENOR: 46, Register.ALTO: 52, Register.SOPRANO: 59}
_PHRASES: Final = ((0, 4, 7, 12, 7, 4, 0), (7, 9, 7, 4, 5, 2, 0), (0, 2, 4, 7, 9, 7, 12), (12, 11, 7, 9, 4, 5, 0))
_LENGTHS: Final = (0.6, 0.6, 0.8, 1.1, 0.6, 0.6, 1.4)
_CEILING: Final = 22_000


def render_voice_sample(voice: Voice, title: str = "") -> Iterator[bytes]:
    """Yield an MP3 of six seconds: the voice sings a phrase of seven notes alone."""
    if tag := id3_tag(title):
        yield tag
    yield from encode_mp3([sung_phrase(voice)])


def sung_phrase(voice: Voice) -> Pcm:
    """Return the phrase before encoding, shape (frames, 2)."""
    chance = Random(f"sample:{voice.seed}")
    steps = chance.choice(_PHRASES)
    base = _LOWEST[voice.register] + chance.randrange(-1, 2)
    mono = np.zeros(frames_in(SECONDS), dtype=np.float32)
    at = 0.1
    for step, length in zip(steps, _LENGTHS, strict=True):
        wave = sing(base + step, round(length * RATE), VOWELS[chance.randrange(len(VOWELS))], voice)
        start = frames_in(at)
        mono[start : start + len(wave)] += wave[: len(mono) - start]
        at += length - 0.06
    loud = np.rint(mono / np.abs(mono).max() * _CEILING).astype(np.int16)
    return np.stack([loud, loud], axis=1)
