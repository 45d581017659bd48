"""The catalogue of artist voices."""

import re

import pytest
from tempolor_mock.domain import artists

OF_WOMEN = {"alto", "mezzo", "soprano"}
OF_MEN = {"bass", "baritone", "tenor"}


@pytest.fixture
def offered():
    """The catalogue, made anew."""
    return artists.catalogue.__wrapped__()


def test_a_voice_says_what_its_labels_say(offered):
    """The ones of the document's examples have labels of their own."""
    for voice in offered[2:]:
        gender, register, colour, _manner = voice.labels
        assert (register, colour) == (register.lower(), colour.lower())
        assert voice.name == f"{colour} {register}".title()
        assert register in {"female": OF_WOMEN, "male": OF_MEN}[gender]


def test_there_are_as_many_of_women_as_of_men_and_no_two_are_the_same(offered):
    """Each colour in each register."""
    genders = [voice.labels[0] for voice in offered]

    assert genders.count("female") == genders.count("male") == 31
    for field in ("item_id", "name", "weight"):
        assert len({getattr(voice, field) for voice in offered}) == 62
    assert len({voice.labels[-1] for voice in offered[2:]}) > 3


def test_ids_are_as_the_document_shows_them_and_lead_to_their_voices(offered):
    """`voice_` and five digits; those of the examples are there."""
    assert all(re.fullmatch(r"voice_[1-9]\d{4}", voice.item_id) for voice in offered)
    assert [artists.find(voice.item_id) for voice in offered] == list(offered)
    assert artists.find("voice_10482").name == "Midnight Baritone"
    assert artists.find("voice_1") is None


@pytest.mark.parametrize("size", [1, 7, 31, 62, 100])
def test_pages_show_each_voice_once_heaviest_first(offered, size):
    """And the last one has no cursor."""
    shown, cursor = [], None
    while cursor != "":
        page = artists.page(cursor=cursor, size=size)
        assert 0 < len(page.items) <= size
        shown += page.items
        cursor = page.cursor

    assert shown == list(offered)
    assert [voice.weight for voice in shown] == sorted((voice.weight for voice in shown), reverse=True)
