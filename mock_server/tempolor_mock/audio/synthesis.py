"""From notes to samples, one beat at a time.

A piece is the sum of its stems, exactly: each stem is rounded to whole sample values below a ceiling of its own, the
ceilings add up to what 16 bits hold, and the mix is the sum of whole numbers. Nothing is scaled or clipped after.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count, pairwise, takewhile
from typing import Final

import numpy as np
import numpy.typing as npt

from .composition import Note, Part, notes
from .instruments import VOWELS, strike
from .pcm import Pcm, Wave
from .sampling import CHANNELS, frame_count, frames_in
from .score import Score, Voice


class Stem(StrEnum):
    """A group of parts that gets a file of its own."""

    VOCALS = "vocals"
    DRUMS = "drums"
    BASS = "bass"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Strip:
    """A part's place at the mixing desk: gain 1 lets a lone full note reach its stem's ceiling."""

    stem: Stem
    left: float
    right: float


_DESK: Final = {
    Part.KICK: _Strip(Stem.DRUMS, 0.85, 0.85),
    Part.SNARE: _Strip(Stem.DRUMS, 0.45, 0.4),
    Part.HAT: _Strip(Stem.DRUMS, 0.25, 0.35),
    Part.CRASH: _Strip(Stem.DRUMS, 0.25, 0.25),
    Part.BASS: _Strip(Stem.BASS, 0.8, 0.8),
    Part.KEYS: _Strip(Stem.OTHER, 0.28, 0.2),
    Part.PAD: _Strip(Stem.OTHER, 0.22, 0.22),
    Part.PULSE: _Strip(Stem.OTHER, 0.24, 0.36),
    Part.LEAD: _Strip(Stem.OTHER, 0.6, 0.5),
    Part.VOICE: _Strip(Stem.VOCALS, 0.65, 0.65),
}

_SONG: Final = {Stem.VOCALS: 9_500, Stem.DRUMS: 8_000, Stem.BASS: 5_500, Stem.OTHER: 9_767}
_INSTRUMENTAL: Final = {Stem.DRUMS: 11_500, Stem.BASS: 8_000, Stem.OTHER: 13_267}

_CACHE_FRAMES: Final = 4_000_000
"""Room for notes kept for reuse, as mono frames: 16 MB."""

_LONGEST_FADE: Final = 1.5

_Sides = npt.NDArray[np.int16]
"""Finished sound while stems are added up, shape (2, frames): quicker to add than frame by frame."""


def stems_of(score: Score) -> tuple[Stem, ...]:
    """Return the stems a piece has, in the order of their files; only a song has vocals."""
    return tuple(_ceilings(score))


def mix_blocks(score: Score) -> Iterator[Pcm]:
    """Yield the mix in blocks of at most a beat, shape (frames, 2)."""
    for parts in zip(*(_sides(score, stem) for stem in stems_of(score)), strict=True):
        mix = parts[0]
        for part in parts[1:]:
            mix += part
        yield _interleaved(mix)


def stem_blocks(score: Score, stem: Stem) -> Iterator[Pcm]:
    """Yield one stem in the same blocks as the mix."""
    return map(_interleaved, _sides(score, stem))


def _sides(score: Score, stem: Stem) -> Iterator[_Sides]:
    ceiling = _ceilings(score)[stem]
    for begin, wave in _played(score, stem):
        _fade(wave, begin, score)
        yield _quantised(wave, ceiling)


def _ceilings(score: Score) -> dict[Stem, int]:
    return _SONG if score.voice else _INSTRUMENTAL


@dataclass(slots=True)
class _Sounding:
    """A note on its way: the frame it starts at, its wave, and its gains as a column (left, right)."""

    start: int
    wave: Wave
    gain: Wave

    def add_to(self, block: Wave, begin: int) -> None:
        """Add what of the note falls into a block that begins at frame `begin`."""
        first = max(self.start, begin)
        last = min(self.end, begin + block.shape[1])
        if first < last:
            block[:, first - begin : last - begin] += self.gain * self.wave[..., first - self.start : last - self.start]

    @property
    def end(self) -> int:
        """Return the first frame after the note."""
        return self.start + int(self.wave.shape[-1])


@dataclass(slots=True)
class _Band:
    """Plays notes, and remembers their waves as long as there is room: music repeats itself."""

    score: Score
    waves: dict[tuple[Part, int, int, str], Wave] = field(default_factory=dict)
    room: int = _CACHE_FRAMES

    def play(self, note: Note) -> _Sounding:
        """Return a note as it will sound."""
        strip = _DESK[note.part]
        gain = np.array([[strip.left], [strip.right]], dtype=np.float32) * np.float32(note.velocity)
        return _Sounding(_frame(self.score, note.beat), self._wave(note), gain)

    def _wave(self, note: Note) -> Wave:
        frames = _frame(self.score, note.beats)
        vowel = VOWELS[note.syllable % len(VOWELS)]
        name = (note.part, note.pitch, frames, vowel if note.part is Part.VOICE else "")
        if name in self.waves:
            return self.waves[name]
        wave = strike(note.part, note.pitch, frames, vowel, self.score.voice or Voice())
        if wave.size <= self.room:
            self.room -= wave.size
            self.waves[name] = wave
        return wave


def _played(score: Score, stem: Stem) -> Iterator[tuple[int, Wave]]:
    """Yield (first frame, wave of shape (2, frames)) beat by beat."""
    band = _Band(score)
    coming = (note for phrase in notes(score) for note in phrase if _DESK[note.part].stem is stem)
    following = next(coming, None)
    sounding: list[_Sounding] = []
    for begin, end in pairwise(_beats(score)):
        while following and _frame(score, following.beat) < end:
            sounding.append(band.play(following))
            following = next(coming, None)
        block = np.zeros((CHANNELS, end - begin), dtype=np.float32)
        for note in sounding:
            note.add_to(block, begin)
        sounding = [note for note in sounding if note.end > end]
        yield begin, block


def _beats(score: Score) -> Iterator[int]:
    """Yield the frames at which beats begin, and the end of the piece last."""
    total = frame_count(score)
    yield from takewhile(lambda frame: frame < total, (_frame(score, beat) for beat in count()))
    yield total


def _frame(score: Score, beats: float) -> int:
    return frames_in(beats * 60 / score.bpm)


def _fade(wave: Wave, begin: int, score: Score) -> None:
    """Let the end of the piece die away, in place."""
    total = frame_count(score)
    length = min(frames_in(_LONGEST_FADE), total // 4)
    if begin + wave.shape[1] > total - length:
        left = total - np.arange(begin, begin + wave.shape[1])
        wave *= np.clip(left / max(1, length), 0, 1).astype(np.float32)


def _quantised(wave: Wave, ceiling: int) -> _Sides:
    """Return whole sample values that never exceed the ceiling.

    The curve x - 4/27 x^3 is straight for small values and flat where it meets 1, at 1.5: loud passages get warm
    instead of clipped.
    """
    x = np.clip(wave, -1.5, 1.5)
    x *= 1 - x * x * np.float32(4 / 27)
    x *= ceiling
    return np.rint(x, out=x).astype(np.int16)


def _interleaved(sides: _Sides) -> Pcm:
    pcm = np.empty((sides.shape[1], CHANNELS), dtype=np.int16)
    pcm[:, 0], pcm[:, 1] = sides
    return pcm
