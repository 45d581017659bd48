"""What a listener hears is what was asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tempolor_mock.audio import TONALITIES, MelodyNote, Register, Score, Stem, Voice, stem_blocks
from tempolor_mock.audio.theory import parse_chords

from .midi_file import write_midi

TEMPOS = (50, 60, 72, 80, 88, 95, 100, 110, 120, 128, 137, 150, 163, 175, 190)
REGISTERS = tuple(Register)
C, F, G, A = 0, 5, 7, 9


@pytest.mark.parametrize(("number", "key"), list(enumerate(TONALITIES)), ids=TONALITIES)
@pytest.mark.parametrize("sung", [False, True], ids=["instrumental", "song"])
def test_a_listener_finds_the_asked_key_and_tempo(number, key, sung, listener, played):
    """Also the relative and the parallel key are wrong answers, and so is half the tempo."""
    bpm = TEMPOS[(number * 2 + sung) % len(TEMPOS)]
    voice = Voice(number, REGISTERS[number % 4]) if sung else None

    pcm = played(Score(16, key, bpm, seed=number * 7919, voice=voice))

    assert listener.key(pcm) == key
    assert listener.bpm(pcm) == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("bpm", [50, 190])
def test_the_slowest_and_the_fastest_are_neither_doubled_nor_halved(bpm, seed, listener, played):
    """Slow pieces have nothing between the beats, fast ones have all beats alike."""
    assert listener.bpm(played(Score(12, "G:major", bpm, seed=seed))) == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize(
    ("key", "chords"),
    [
        ("C:major", "C F G Am"),
        ("A:minor", "Am F C G"),
        ("E:minor", "Em C G D"),
        ("G:major", "G | D/F# | Em7 | Cmaj7"),
        ("F:minor", "Fm Db Ab Eb"),
        ("Bb:major", "Bb6 Gm7 Cm7 F7"),
    ],
)
def test_chords_of_the_key_leave_the_key_audible(key, chords, listener, played):
    """The same four chords serve a major key and its relative minor."""
    assert listener.key(played(Score(20, key, 120, chords, seed=3))) == key


def test_the_bass_plays_the_asked_chords_in_their_order(listener):
    """One bar each; the note after a slash is the bass note."""
    score = Score(8, "C:major", 120, "C | F/A | G | Am", seed=1)

    bass = np.concatenate(list(stem_blocks(score, Stem.BASS)))
    bars = np.split(bass, 4)

    assert [int(listener.chroma(bar).argmax()) for bar in bars] == [C, A, G, A]


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("C F G Am", [[0], [5], [7], [9]]),
        ("C-F-G-Am", [[0], [5], [7], [9]]),
        ("Cmaj7 | F/A ...", [[0], [5]]),
        ("C G | Am F", [[0, 7], [9, 5]]),
        ("Dm7b5, G7(b9); C-7 → B♭maj9", [[2], [7], [0], [10]]),
        ("C | % | G", [[0], [0], [7]]),
        ("| C D E F G A |", [[0, 2, 4, 5], [7, 9]]),
        ("happy, with 12 violins!", []),
        ("Hmm C#m/G# 6/9 C6/9 (F) x4", [[1], [0], [5]]),
        ("", []),
    ],
)
def test_chord_symbols_are_read_from_free_text(text, bars):
    """What nobody understands is skipped."""
    assert [[chord.root for chord in bar] for bar in parse_chords(text)] == bars


@given(chords=st.text(max_size=200) | st.text(alphabet="ABCDEFG#bm7/|-% ()dimaugs4569♭°ø+", max_size=200))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_text_stops_the_music(chords):
    """The service takes any text of up to 200 characters."""
    assert write_midi(Score(30, "Eb:minor", 190, chords, seed=1, voice=Voice(1)))


def test_a_given_melody_is_what_the_voice_sings(listener):
    """Note by note, in the octave that suits the voice."""
    melody = tuple(MelodyNote(beat, 1, pitch) for beat, pitch in enumerate((60, 64, 67, 71, 72, 71, 67, 64)))
    score = Score(8, "C:major", 60, voice=Voice(5, Register.ALTO), melody=melody)

    sung = np.concatenate(list(stem_blocks(score, Stem.VOCALS)))
    beats = np.split(sung, 8)

    assert [int(listener.chroma(beat[4410:-4410]).argmax()) for beat in beats] == [0, 4, 7, 11, 0, 11, 7, 4]


def test_a_melody_outside_every_chord_and_range_still_plays(played):
    """A MIDI file may hold any note for any time."""
    melody = (MelodyNote(0, 600, 127), MelodyNote(0.5, 0.001, 0), MelodyNote(3.99, 5, 1))

    assert len(played(Score(10, "F#:major", 133, melody=melody, voice=Voice(1)))) == 441_000


@pytest.mark.parametrize(
    "wrong",
    [{"key": "H:major"}, {"key": "c:minor"}, {"bpm": 49.9}, {"bpm": 191}, {"bpm": float("nan")}]
    + [{"seconds": seconds} for seconds in (0, -1, 601, float("nan"), float("inf"))],
    ids=str,
)
def test_a_score_that_cannot_be_played_is_refused(wrong):
    """The message names what is wrong."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Score(**{"seconds": 10} | wrong)


@pytest.mark.parametrize(
    ("labels", "register"),
    [
        (["male", "deep", "dramatic"], Register.BASS),
        (["Female", "soprano"], Register.SOPRANO),
        (["male"], Register.TENOR),
        (["female"], Register.ALTO),
        ([], Register.ALTO),
    ],
)
def test_labels_choose_a_voice(labels, register):
    """The most telling label wins; without any the seed decides."""
    assert Voice.from_labels(2, labels) == Voice(2, register)
