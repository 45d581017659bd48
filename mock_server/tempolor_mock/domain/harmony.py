"""Which key a chord progression is in, so that an item's key agrees with the chords that were asked for."""

import re
from functools import lru_cache

_TONICS = {"A": 9, "Ab": 8, "B": 11, "Bb": 10, "C#": 1, "C": 0, "D": 2, "E": 4, "Eb": 3, "F#": 6, "F": 5, "G": 7}
"""Pitch classes by name, as the instrumental page spells and orders them."""

TONALITIES = tuple(f"{tonic}:{mode}" for tonic in _TONICS for mode in ("major", "minor"))
"""The 24 keys of the instrumental page, as it spells them."""

_MAJOR = {0: "", 2: "m", 4: "m", 5: "", 7: "", 9: "m", 11: "dim"}
_MINOR = {0: "m", 2: "dim", 3: "", 5: "m", 7: "", 8: "", 10: ""}
"""The chords of a key, by semitones above its tonic; a minor key has a major dominant."""

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SYMBOL = re.compile(r"(?<![A-Za-z])([A-G])([#b]?)(maj|min|dim|m(?!aj)|-(?![A-G])|\u00b0)?")
_QUALITIES = {"min": "m", "m": "m", "-": "m", "dim": "dim", "\u00b0": "dim"}

_FIT = 2
_LIKELY_TONIC = 1
"""What a chord of the key counts for it, and what its tonic counts in the first place and in the last."""

Chord = tuple[int, str]
"""Pitch class of the root, and quality: major is empty, `m` or `dim`."""


@lru_cache(maxsize=256)
def key_of(chords: str) -> str | None:
    """Return the tonality that fits a progression such as `Am F C G` best; None where no chord is recognised."""
    found = [_chord(*symbol) for symbol in _SYMBOL.findall(chords)]
    return max(TONALITIES, key=lambda tonality: _fit(tonality, found)) if found else None


def _chord(letter: str, accidental: str, quality: str) -> Chord:
    return (_LETTERS[letter] + {"#": 1, "b": -1}.get(accidental, 0)) % 12, _QUALITIES.get(quality, "")


def _fit(tonality: str, chords: list[Chord]) -> int:
    tonic, _, mode = tonality.partition(":")
    own = {
        ((_TONICS[tonic] + above) % 12, quality) for above, quality in (_MINOR if mode == "minor" else _MAJOR).items()
    }
    first = _TONICS[tonic], "m" if mode == "minor" else ""
    return _FIT * sum(chord in own for chord in chords) + _LIKELY_TONIC * sum(
        chord == first for chord in (chords[0], chords[-1])
    )
