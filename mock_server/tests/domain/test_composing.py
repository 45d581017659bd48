"""What a job is made of: what was asked for is kept, the rest is drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tempolor_mock.domain.composing import drawn_seconds, lyrics_of, material_of
from tempolor_mock.domain.draws import Draws
from tempolor_mock.domain.ids import CompositeId
from tempolor_mock.domain.jobs import Job, MusicRequest, plan_for
from tempolor_mock.domain.policy import Policy
from tempolor_spec import REVISIONS, load_document

LIMITS = [("v3", 120), ("v3.5", 270), ("v4.5+", 300), ("i3", 120), ("i3.5 beta", 270)]
"""The pages' and the collection's longest pieces, in seconds."""


def made(prompt="A harbour ballad", seed=1, **options):
    """Return the material of a request."""
    return material_of(job_of(prompt=prompt, seed=seed, **options))


def job_of(kind="song", seed=1, **options):
    """Return a job of a request."""
    request = MusicRequest(**{"prompt": "A harbour ballad", "model": "v3.5", **options})
    return Job(
        number=1,
        id=CompositeId("1", "2", "job", "3"),
        kind=kind,
        created_ms=0,
        plan=plan_for(Policy(), Draws(1)),
        download_lag_ms=0,
        request=request,
        seconds=drawn_seconds(Policy(), request, Draws(seed)),
        seed=seed,
    )


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("A relaxing lo-fi beat with piano and soft drums", "Relaxing Lo-fi Beat Piano"),
        ("lanterns", "Lanterns"),
        ("the song of the sea", "Sea"),
        ("Write me a song about my cat named Bob", "Cat Bob"),
        ("Überfahrt nach Rügen", "Überfahrt Nach Rügen"),
    ],
)
def test_a_title_is_made_of_the_prompts_telling_words(prompt, title):
    """Small words are left out, at most four others are kept, in order."""
    assert made(prompt).title == title


@pytest.mark.parametrize("prompt", ["!!!", "a the of", "🎵", "   "])
def test_a_prompt_without_words_still_gets_a_title(prompt):
    """Nothing is ever untitled."""
    assert made(prompt).title.strip()


@given(st.text(min_size=1, max_size=300), st.integers(0, 1000))
def test_any_prompt_can_be_composed(prompt, seed):
    """Whatever somebody writes, the music has a title, a tempo and a length."""
    material = made(prompt, seed=seed)

    assert material.title
    assert 50 <= material.bpm <= 190
    assert material.seconds > 0


@given(st.integers(50, 190), st.integers(0, 1000))
def test_key_tempo_and_chords_are_kept(bpm, seed):
    """What the order sets is not drawn."""
    material = made(seed=seed, model="i3", tonality="D:minor", bpm=bpm, chords="Dm Bb F C")

    assert (material.key, material.bpm, material.chords) == ("D:minor", bpm, "Dm Bb F C")


def test_what_was_left_open_is_drawn_from_the_documented_values():
    """A key is one of the 24; chords that nobody asked for stay empty, as in the pages' sample."""
    keys = load_document()["components"]["schemas"]["Tonality"]["enum"]

    drawn = [made(seed=seed) for seed in range(200)]

    assert {each.key for each in drawn} <= set(keys)
    assert len({each.key for each in drawn}) > 12
    assert {each.chords for each in drawn} == {""}


@pytest.mark.parametrize(("model", "longest"), LIMITS, ids=[model for model, _ in LIMITS])
def test_no_piece_is_longer_than_its_model_allows(model, longest):
    """Each model has the limit of the pages."""
    lengths = [made(model=model, seed=seed).seconds for seed in range(100)]

    assert min(lengths) > 0
    assert max(lengths) <= longest


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_model_of_every_revision_can_be_composed(revision):
    """The document and the composer know the same models."""
    schemas = load_document(revision)["components"]["schemas"]

    for name in ("SongModel", "InstrumentalModel"):
        for model in schemas[name]["enum"]:
            assert made(model=model).seconds


def test_lyrics_are_those_of_the_order_or_made_up():
    """A song always has words; an instrumental never has."""
    assert lyrics_of(job_of(lyrics="Lanterns on the water")) == "Lanterns on the water"
    assert "[Chorus]" in lyrics_of(job_of())
    assert lyrics_of(job_of(kind="instrumental", model="i3")) == ""
