"""The key of a chord progression."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tempolor_mock.domain.harmony import TONALITIES, key_of


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("C G Am F", "C:major"),
        ("Am F C G", "A:minor"),
        ("D A Bm G", "D:major"),
        ("Dm Bb F C", "D:minor"),
        ("Dm, Gm, A7, Dm", "D:minor"),
        ("Gmaj7 | Em7 | Am7 | D7", "G:major"),
        ("F#m-D-A-E", "F#:minor"),
        ("Ebmaj7 Cm7 Fm7 Bb7", "Eb:major"),
        ("Db Ab Bbm Gb", "C#:major"),
        ("G#m E B F#", "Ab:minor"),
        ("B\u00b0 E7 Am", "A:minor"),
    ],
)
def test_a_progression_has_the_key_a_musician_hears(chords, key):
    """Chords of one key, the tonic first or last."""
    assert key_of(chords) == key


@pytest.mark.parametrize("text", ["", "   ", "something jazzy", "12 34"])
def test_what_names_no_chord_has_no_key(text):
    """Then the key is anybody's guess."""
    assert key_of(text) is None


@given(st.text(max_size=80))
def test_any_text_has_a_documented_key_or_none(text):
    """People write anything."""
    assert key_of(text) in {None, *TONALITIES}
