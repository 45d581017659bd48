"""Keys, scales and chord symbols. Pitch classes are numbers from 0 (C) to 11 (B)."""

import re
from dataclasses import dataclass
from typing import Final, Self

_LETTERS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS: Final = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}

TONALITIES: Final = tuple(
    f"{tonic}:{mode}"
    for tonic in ("A", "Ab", "B", "Bb", "C#", "C", "D", "E", "Eb", "F#", "F", "G")
    for mode in ("major", "minor")
)
"""The 24 keys of the service, in the order and spelling of its instrumental page."""

_QUALITIES: Final = {
    (0, 4, 7): "|maj|M|major",
    (0, 3, 7): "m|min|-|minor",
    (0, 3, 6): "dim|°|o|mb5|m(b5)",
    (0, 4, 8): "aug|+|(#5)",
    (0, 7): "5",
    (0, 4, 7, 9): "6|maj6|M6",
    (0, 3, 7, 9): "m6|min6|-6",
    (0, 4, 7, 10): "7|dom7",
    (0, 4, 7, 11): "maj7|M7|Δ|Δ7|ma7|j7",
    (0, 3, 7, 10): "m7|min7|-7",
    (0, 3, 7, 11): "mmaj7|mM7|m(maj7)|minmaj7|-Δ",
    (0, 3, 6, 10): "m7b5|m7(b5)|min7b5|ø|ø7|-7b5",
    (0, 3, 6, 9): "dim7|°7|o7",
    (0, 4, 8, 10): "aug7|7#5|+7|7(#5)",
    (0, 4, 6, 10): "7b5|7(b5)",
    (0, 2, 7): "sus2|2",
    (0, 5, 7): "sus4|sus|4",
    (0, 5, 7, 10): "7sus4|7sus",
    (0, 5, 7, 10, 14): "9sus4|9sus|11",
    (0, 4, 7, 14): "add9|add2|(add9)",
    (0, 3, 7, 14): "madd9|madd2|m(add9)",
    (0, 4, 7, 17): "add11|add4",
    (0, 4, 7, 9, 14): "6/9|69|6add9",
    (0, 4, 7, 10, 14): "9",
    (0, 4, 7, 10, 13): "7b9|7(b9)",
    (0, 4, 7, 10, 15): "7#9|7(#9)",
    (0, 4, 7, 10, 18): "7#11|7(#11)",
    (0, 4, 7, 11, 14): "maj9|M9|Δ9",
    (0, 3, 7, 10, 14): "m9|min9|-9",
    (0, 3, 7, 10, 17): "m11|min11|-11",
    (0, 4, 7, 10, 21): "13",
    (0, 4, 7, 11, 18): "maj7#11|maj7(#11)",
    (0, 4, 7, 11, 21): "maj13|M13",
    (0, 3, 7, 10, 21): "m13|min13",
}
_INTERVALS: Final = {name: intervals for intervals, names in _QUALITIES.items() for name in names.split("|")}

_NOTE: Final = r"[A-G][#b♯♭]?"
_SYMBOL: Final = re.compile(rf"({_NOTE})(6/9|.*?)(?:/({_NOTE}))?")
_SEPARATORS: Final = re.compile(r"[\s,;:>→–—…·•.\[\]{}\"'!?*&=_\\]+")  # noqa: RUF001 - people paste dashes
_MAX_CHORDS_IN_A_BAR: Final = 4


def pitch_class(name: str) -> int:
    """Return the pitch class of a note name such as "Bb"."""
    return (_LETTERS[name[0]] + _ACCIDENTALS[name[1:]]) % 12


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and a mode."""

    tonic: int
    minor: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key named like "C#:major"; ValueError for anything else."""
        found = re.fullmatch(rf"({_NOTE}):(major|minor)", text)
        if not found:
            raise ValueError(f"not a key: {text!r}")
        return cls(pitch_class(found[1]), found[2] == "minor")

    @property
    def scale(self) -> tuple[int, ...]:
        """Return the seven pitch classes from the tonic up (natural minor in minor keys)."""
        steps = (0, 2, 3, 5, 7, 8, 10) if self.minor else (0, 2, 4, 5, 7, 9, 11)
        return tuple((self.tonic + step) % 12 for step in steps)


@dataclass(frozen=True, slots=True)
class Chord:
    """A root, the intervals above it in semitones, and the bass note."""

    root: int
    intervals: tuple[int, ...]
    bass: int

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Return the chord's notes without the bass, root first."""
        return tuple((self.root + interval) % 12 for interval in self.intervals)


Bar = tuple[Chord, ...]
"""The chords of one bar; they share it evenly."""

_MAJOR_LOOPS: Final = ("I IV V I", "I V IV I", "I vi IV V", "I IV I V", "I ii V I", "I iii IV V", "I IV vi V")
_MINOR_LOOPS: Final = ("i iv V i", "i VI iv V", "i iv i V", "i v iv i", "i VII iv i", "i VI i V")
_DEGREES: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii")


def chord_at(root: int, quality: str = "") -> Chord:
    """Return the chord of a quality such as "m7" on a root."""
    return Chord(root % 12, _INTERVALS[quality], root % 12)


def loop_count(key: Key) -> int:
    """Return how many progressions `loop` knows for the key's mode."""
    return len(_MINOR_LOOPS if key.minor else _MAJOR_LOOPS)


def loop(key: Key, index: int) -> tuple[Bar, ...]:
    """Return a progression of four bars in the key.

    All start on the tonic, and minor ones prefer the major dominant: both tell a key from its relative.
    """
    loops = _MINOR_LOOPS if key.minor else _MAJOR_LOOPS
    return tuple((_on_degree(key, numeral),) for numeral in loops[index % len(loops)].split())


def _on_degree(key: Key, numeral: str) -> Chord:
    root = key.scale[_DEGREES.index(numeral.lower())]
    return chord_at(root, "m" if numeral.islower() else "")


def triads(key: Key) -> tuple[Chord, ...]:
    """Return the chords a melody in the key is harmonised with, the tonic first."""
    numerals = "i iv V VI VII III v" if key.minor else "I IV V vi ii iii"
    return tuple(_on_degree(key, numeral) for numeral in numerals.split())


def parse_chord(symbol: str) -> Chord | None:
    """Return the chord a symbol such as "F#m7b5/C" stands for, None when it stands for none."""
    found = _SYMBOL.fullmatch(symbol)
    if not found or found[2] not in _INTERVALS:
        return None
    return Chord(pitch_class(found[1]), _INTERVALS[found[2]], pitch_class(found[3] or found[1]))


def parse_chords(text: str) -> tuple[Bar, ...]:
    """Return the bars a progression in free text stands for; empty when no symbol is understood. Never raises.

    Without bar lines each chord lasts a bar; between bar lines the chords share the bar. "%" repeats the bar before.
    """
    if "|" not in text:
        return tuple((chord,) for chord in _chords(text))
    bars: list[Bar] = []
    for part in text.split("|"):
        if part.strip() == "%" and bars:
            bars.append(bars[-1])
        elif chords := _chords(part):
            bars += _split_full_bar(chords)
    return tuple(bars)


def _split_full_bar(chords: list[Chord]) -> list[Bar]:
    """Share chords between bars so that no bar holds more than fit on its beats."""
    size = _MAX_CHORDS_IN_A_BAR
    return [tuple(chords[at : at + size]) for at in range(0, len(chords), size)]


def _chords(text: str) -> list[Chord]:
    chords: list[Chord] = []
    for token in _SEPARATORS.split(text):
        chord = parse_chord(token) if token else None
        # "C-7" is C minor seven, "C-F-G" is three chords: whole first, in pieces after.
        pieces = [chord] if chord else [parse_chord(piece.strip("()")) for piece in token.split("-")]
        chords += [piece for piece in pieces if piece]
    return chords
