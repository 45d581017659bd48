"""What to play: the input of every renderer, and nothing else that could change a byte of the result."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from .theory import Key

MAX_SECONDS: Final = 600.0
MIN_BPM: Final = 50.0
MAX_BPM: Final = 190.0


class Register(StrEnum):
    """How high a voice lies."""

    BASS = "bass"
    TENOR = "tenor"
    ALTO = "alto"
    SOPRANO = "soprano"


_REGISTER_LABELS: Final = {
    "bass": Register.BASS,
    "deep": Register.BASS,
    "baritone": Register.BASS,
    "soprano": Register.SOPRANO,
    "tenor": Register.TENOR,
    "male": Register.TENOR,
    "alto": Register.ALTO,
    "female": Register.ALTO,
}
"""From the most telling label to the least: "deep" says more than "male"."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who sings. The seed decides timbre, vibrato and breath; two seeds are two singers."""

    seed: int = 0
    register: Register = Register.ALTO

    @classmethod
    def from_labels(cls, seed: int, labels: tuple[str, ...] | list[str] = ()) -> Self:
        """Return a voice that fits labels such as "male", "deep", "soprano"; without any, the seed chooses."""
        said = {label.lower() for label in labels}
        for label, register in _REGISTER_LABELS.items():
            if label in said:
                return cls(seed, register)
        return cls(seed, tuple(Register)[seed % len(Register)])


@dataclass(frozen=True, slots=True, order=True)
class MelodyNote:
    """One note of a melody given from outside; times in beats (quarter notes), pitch as a MIDI number."""

    beat: float
    beats: float
    pitch: int


@dataclass(frozen=True, slots=True)
class Score:
    """Everything a piece of music is made from. Hashable; equal scores sound the same to the last sample.

    `seconds` is above 0 and at most 600, `bpm` within 50 and 190, `key` like "F:minor"; otherwise ValueError.
    `chords` is free text ("C F G Am", "Cmaj7 | F/A"): symbols nobody understands are skipped, never refused.
    `voice` sings the melody; without a voice the piece is instrumental.
    `melody` replaces the invented melody, and the chords too unless `chords` names some.
    """

    seconds: float
    key: str = "C:major"
    bpm: float = 120.0
    chords: str = ""
    seed: int = 0
    voice: Voice | None = None
    melody: tuple[MelodyNote, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be played."""
        Key.parse(self.key)
        if not (math.isfinite(self.seconds) and 0 < self.seconds <= MAX_SECONDS):
            raise ValueError(f"seconds must be above 0 and at most {MAX_SECONDS:g}, not {self.seconds!r}")
        if not MIN_BPM <= self.bpm <= MAX_BPM:
            raise ValueError(f"bpm must be within {MIN_BPM:g} and {MAX_BPM:g}, not {self.bpm!r}")
