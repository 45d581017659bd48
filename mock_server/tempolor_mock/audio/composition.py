"""From a score to notes, four bars at a time.

A phrase depends on nothing but the score and its own number, so no phrase waits for another.
Every phrase is in 4/4 with an onset on each beat (it tells the tempo) and leans on the tonic (it tells the key).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from random import Random
from typing import Final

from .score import MelodyNote, Score
from .theory import Bar, Chord, Key, chord_at, loop, loop_count, parse_chords, triads

BEATS_PER_BAR: Final = 4
BARS_PER_PHRASE: Final = 4
BEATS_PER_PHRASE: Final = BEATS_PER_BAR * BARS_PER_PHRASE
_MAX_NOTE_BEATS: Final = 8.0

_SLOW_BPM: Final = 95
"""Below this, notes between the beats would make a listener count twice as fast."""


class Part(StrEnum):
    """An instrument of the band."""

    KICK = "kick"
    SNARE = "snare"
    HAT = "hat"
    CRASH = "crash"
    BASS = "bass"
    KEYS = "keys"
    PAD = "pad"
    PULSE = "pulse"
    LEAD = "lead"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Note:
    """One note of one part. `beat` counts from the start of the piece, `velocity` lies within 0 and 1.

    `syllable` chooses the vowel of a sung note; drums ignore pitch and length.
    """

    part: Part
    beat: float
    beats: float
    pitch: int
    velocity: float
    syllable: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The decisions that hold for a whole piece."""

    score: Score
    key: Key
    bars: int
    verse: tuple[Bar, ...]
    chorus: tuple[Bar, ...]
    intro: bool

    def harmony(self, bar: int) -> Bar:
        """Return the chords of a bar."""
        if bar >= self.bars - 1 and not self.score.chords.strip():
            return (_tonic_triad(self.key),)
        chords = self.chorus if self.is_chorus(bar // BARS_PER_PHRASE) else self.verse
        return chords[bar % len(chords)]

    def chord(self, beat: float) -> Chord:
        """Return the chord that sounds at a beat."""
        bar, inside = divmod(beat, BEATS_PER_BAR)
        chords = self.harmony(int(bar))
        return chords[int(inside * len(chords) / BEATS_PER_BAR)]

    def is_intro(self, phrase: int) -> bool:
        """Return whether the melody still waits."""
        return self.intro and phrase == 0

    @staticmethod
    def is_chorus(phrase: int) -> bool:
        """Return whether a phrase belongs to a chorus: two phrases in four, after two of verse."""
        return phrase % 4 in {2, 3}


@lru_cache(maxsize=64)
def plan(score: Score) -> Plan:
    """Decide what holds for a whole piece: its key, its chords, its form."""
    key = Key.parse(score.key)
    bars = math.ceil(score.seconds * score.bpm / 60 / BEATS_PER_BAR)
    chance = Random(f"{score.seed}:plan")
    chords = parse_chords(score.chords) or _harmonise(score.melody, key)
    first = chance.randrange(loop_count(key))
    second = first + 1 + chance.randrange(loop_count(key) - 1)
    return Plan(
        score=score,
        key=key,
        bars=bars,
        verse=chords or loop(key, first),
        chorus=chords or loop(key, second),
        intro=bars > 6 * BARS_PER_PHRASE,
    )


def notes(score: Score) -> Iterator[tuple[Note, ...]]:
    """Yield the piece phrase by phrase, each sorted by beat."""
    whole = plan(score)
    for number in range(math.ceil(whole.bars / BARS_PER_PHRASE)):
        yield _phrase(whole, number)


@lru_cache(maxsize=32)
def _phrase(whole: Plan, phrase: int) -> tuple[Note, ...]:
    score = whole.score
    end = score.seconds * score.bpm / 60
    found: list[Note] = []
    for bar in range(phrase * BARS_PER_PHRASE, (phrase + 1) * BARS_PER_PHRASE):
        chance = Random(f"{score.seed}:bar:{bar}")
        found += _drums(whole, bar, chance)
        found += _bass(whole, bar)
        found += _accompaniment(whole, bar)
    found += _given_melody(whole, phrase) if score.melody else _invented_melody(whole, phrase)
    return tuple(sorted((note for note in found if note.beat < end), key=lambda note: note.beat))


def _tonic_triad(key: Key) -> Chord:
    return chord_at(key.tonic, "m" if key.minor else "")


# Accompaniment


def _drums(whole: Plan, bar: int, chance: Random) -> Iterator[Note]:
    start = bar * BEATS_PER_BAR
    phrase, inside = divmod(bar, BARS_PER_PHRASE)
    for beat in range(BEATS_PER_BAR):
        yield Note(Part.KICK, start + beat, 1, _near(whole.key.tonic, 33), 1.0 if beat == 0 else 0.9)
        yield Note(Part.HAT, start + beat, 1, 0, 0.55 + 0.1 * chance.random())
        if beat % 2 and not whole.is_intro(phrase):
            yield Note(Part.SNARE, start + beat, 1, _near(whole.key.tonic, 54), 0.75)
    if whole.score.bpm >= _SLOW_BPM:
        yield from (Note(Part.HAT, start + beat + 0.5, 1, 0, 0.12) for beat in range(BEATS_PER_BAR))
    if inside == 0:
        yield Note(Part.CRASH, start, 1, 0, 0.7)
    if inside == BARS_PER_PHRASE - 1 and whole.score.bpm >= _SLOW_BPM:
        yield Note(Part.SNARE, start + 3.5, 1, _near(whole.key.tonic, 54), 0.3)


def _bass(whole: Plan, bar: int) -> Iterator[Note]:
    start = bar * BEATS_PER_BAR
    for beat in range(BEATS_PER_BAR):
        chord = whole.chord(start + beat)
        fifth = 7 if 7 in chord.intervals else chord.intervals[-1] % 12
        pitch = _near(chord.bass, 41)
        step = fifth if beat == 2 and chord.bass == chord.root else 0  # the third beat
        yield Note(Part.BASS, start + beat, 0.95, pitch + step, 1.0 if beat == 0 else 0.8)


def _accompaniment(whole: Plan, bar: int) -> Iterator[Note]:
    """Yield pads, stabs on the beat, and the tonic as a pulse wherever the chord bears it."""
    start = bar * BEATS_PER_BAR
    chords = whole.harmony(bar)
    length = BEATS_PER_BAR / len(chords)
    lively = whole.is_chorus(bar // BARS_PER_PHRASE)
    for number, chord in enumerate(chords):
        at = start + number * length
        voicing = _voicing(chord, whole.key)
        yield from (Note(Part.PAD, at, length, pitch, _pad_weight(pitch, chord)) for pitch in voicing)
        if _bears(chord, whole.key.tonic):
            yield Note(Part.PAD, at, length, _near(whole.key.tonic, 48), 0.6)
        for beat in range(math.ceil(length)) if lively else (0,):
            yield from (Note(Part.KEYS, at + beat, 1 if lively else length, pitch, 0.7) for pitch in voicing)
    for beat in range(BEATS_PER_BAR):
        if _bears(whole.chord(start + beat), whole.key.tonic):
            yield Note(Part.PULSE, start + beat, 1, _near(whole.key.tonic, 72), 0.6)


def _pad_weight(pitch: int, chord: Chord) -> float:
    """Return how loud a chord's note is held: the third, which tells minor from major, above the others."""
    return 1.0 if (pitch - chord.root) % 12 in (3, 4) else 0.45


def _bears(chord: Chord, pitch_class: int) -> bool:
    """Return whether a note sounds well above a chord: it belongs to it, or rubs against none of its notes."""
    gaps = {(pitch_class - other) % 12 for other in chord.pitch_classes}
    return 0 in gaps or not gaps & {1, 11}


def _voicing(chord: Chord, key: Key) -> list[int]:
    """Return the chord around middle C, close to where the key's other chords lie."""
    floor = 55 + key.tonic % 5
    return sorted(floor + (pitch - floor) % 12 for pitch in dict.fromkeys(chord.pitch_classes))


def _near(pitch_class: int, centre: int) -> int:
    """Return the MIDI pitch of a pitch class in the octave that begins five semitones below `centre`."""
    floor = centre - 5
    return floor + (pitch_class - floor) % 12


# Melody

_Rhythm = tuple[tuple[float, float], ...]

_EVEN: Final[tuple[_Rhythm, ...]] = (
    ((0, 1), (1, 1), (2, 2)),
    ((0, 1), (1, 1), (2, 1), (3, 1)),
    ((0, 2), (2, 1), (3, 1)),
    ((0, 3), (3, 1)),
    ((0, 1), (1, 2), (3, 1)),
)
_SYNCOPATED: Final[tuple[_Rhythm, ...]] = (
    ((0, 1), (1, 0.5), (1.5, 0.5), (2, 1), (3, 1)),
    ((0, 1.5), (1.5, 0.5), (2, 2)),
    ((0, 0.5), (0.5, 0.5), (1, 1), (2, 1.5), (3.5, 0.5)),
)
_CADENCE: Final[_Rhythm] = ((0, 1), (1, 2.5))


def _invented_melody(whole: Plan, phrase: int) -> Iterator[Note]:
    """Yield a phrase that comes again: verse and chorus have two each, sung or played alternately."""
    score = whole.score
    if whole.is_intro(phrase):
        return
    chance = Random(f"{score.seed}:melody:{whole.is_chorus(phrase)}:{phrase % 2}")
    rhythms = _EVEN if score.bpm < _SLOW_BPM else _EVEN + _SYNCOPATED
    motif = [chance.choice(rhythms), chance.choice(rhythms)]
    part, centre = _singer(score)
    pitch = _near(whole.key.tonic, centre)
    syllable = 0
    for bar in range(BARS_PER_PHRASE):
        start = phrase * BEATS_PER_PHRASE + bar * BEATS_PER_BAR
        last = bar == BARS_PER_PHRASE - 1
        for beat, beats in _CADENCE if last else motif[bar % 2]:
            chord = whole.chord(start + beat)
            resting = beats >= 2 or beat == 0  # half a bar
            pitch = _next_pitch(whole.key, chord, pitch, centre, chance, resting=resting)
            yield Note(part, start + beat, beats * 0.95, pitch, 0.8 + 0.2 * (beat == 0), syllable)
            syllable += 1 + chance.randrange(2)


def _singer(score: Score) -> tuple[Part, int]:
    """Return who has the melody and the middle of their range."""
    if score.voice is None:
        return Part.LEAD, 76
    return Part.VOICE, {"bass": 50, "tenor": 57, "alto": 64, "soprano": 71}[score.voice.register]


def _next_pitch(  # noqa: PLR0913 - what a step depends on
    key: Key, chord: Chord, pitch: int, centre: int, chance: Random, *, resting: bool
) -> int:
    """Return a pitch a small step away: in the chord where the melody rests, in the scale where it moves."""
    tones = range(centre - 7, centre + 10)
    chordal = [tone for tone in tones if tone % 12 in chord.pitch_classes]
    passing = [tone for tone in tones if tone % 12 in key.scale and _bears(chord, tone % 12)]
    # A chord far outside the key may bear none of its notes.
    allowed = chordal if resting or not passing else passing
    return min(allowed, key=lambda tone: abs(tone - pitch - chance.choice((-3, -2, 2, 3))) - 4 * _weight(tone, key))


def _weight(tone: int, key: Key) -> float:
    """Return how much a melody likes a tone for its place in the key: the tonic most, then the third."""
    return {0: 1.0, 3 if key.minor else 4: 0.5, 7: 0.25}.get((tone - key.tonic) % 12, 0.0)


def _given_melody(whole: Plan, phrase: int) -> Iterator[Note]:
    """Yield the notes of the melody that fall into a phrase; the melody starts anew when it is over."""
    melody = whole.score.melody
    part, centre = _singer(whole.score)
    span = melody_bars(melody) * BEATS_PER_BAR
    shift = _octaves_to(melody, centre)
    begin = phrase * BEATS_PER_PHRASE
    for turn in range(int(begin // span), int((begin + BEATS_PER_PHRASE - 1) // span) + 1):
        for number, note in enumerate(melody):
            beat = turn * span + note.beat
            if begin <= beat < begin + BEATS_PER_PHRASE:
                length = max(0.1, min(note.beats, _MAX_NOTE_BEATS))
                yield Note(part, beat, length, note.pitch + shift, 0.9, number)


def melody_bars(melody: tuple[MelodyNote, ...]) -> int:
    """Return how many whole bars a melody fills, at least one."""
    return max(1, math.ceil(max(note.beat + note.beats for note in melody) / BEATS_PER_BAR - 0.01))


def _octaves_to(melody: tuple[MelodyNote, ...], centre: int) -> int:
    """Return the whole octaves, in semitones, that bring a melody's middle nearest to `centre`."""
    pitches = sorted(note.pitch for note in melody)
    return 12 * round((centre - pitches[len(pitches) // 2]) / 12)


def _harmonise(melody: tuple[MelodyNote, ...], key: Key) -> tuple[Bar, ...]:
    """Return for each bar of a melody the triad of the key that holds most of it; empty without a melody."""
    if not melody:
        return ()
    weights = [[0.0] * 12 for _ in range(melody_bars(melody))]
    for note in melody:
        weights[min(int(note.beat // BEATS_PER_BAR), len(weights) - 1)][note.pitch % 12] += note.beats
    choices = triads(key)

    def best(bar: list[float]) -> Chord:
        # max() keeps the first of equals, and the tonic comes first: an empty bar gets the tonic.
        return max(choices, key=lambda chord: sum(bar[tone] for tone in chord.pitch_classes))

    return tuple((best(bar),) for bar in weights)
