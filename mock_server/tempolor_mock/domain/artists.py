"""The catalogue of artist voices: the same for every world. Shape: the artist-voices page; the voices are ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .ids import seeded_number
from .paging import Page, read_cursor, write_cursor

CATALOGUE_OWNER = "9999999"
"""The `ucid` of every artist voice: the page shows this one."""

_COLOURS = {
    "male": ("Deep", "Warm", "Husky", "Bright", "Velvet", "Gravel", "Tender", "Steel", "Mellow", "Smoky"),
    "female": ("Clear", "Airy", "Golden", "Silken", "Bold", "Crystal", "Gentle", "Ember", "Dusky", "Radiant"),
}
_REGISTERS = {"male": ("Bass", "Baritone", "Tenor"), "female": ("Alto", "Mezzo", "Soprano")}
_MANNERS = ("dramatic", "intimate", "powerful", "playful", "melancholic", "soulful")


@dataclass(frozen=True, slots=True)
class ArtistVoice:
    """One voice on offer; `weight` orders the catalogue, heaviest first."""

    item_id: str
    name: str
    weight: int
    labels: tuple[str, ...]


_OF_THE_DOCUMENT = (
    ArtistVoice("voice_10482", "Midnight Baritone", 10_002, ("male", "deep", "warm")),
    ArtistVoice("voice_10519", "Glass Soprano", 10_001, ("female", "bright")),
)
"""The voices of the document's examples lead the catalogue, so that its examples work as they stand."""


@cache
def catalogue() -> Sequence[ArtistVoice]:
    """Return every artist voice, heaviest first."""
    described = [
        (gender, colour, register)
        for place in range(len(_COLOURS["male"]))
        for gender in ("female", "male")
        for colour in (_COLOURS[gender][place],)
        for register in _REGISTERS[gender]
    ]
    return (*_OF_THE_DOCUMENT, *(_voice(place, *each) for place, each in enumerate(described)))


def _voice(place: int, gender: str, colour: str, register: str) -> ArtistVoice:
    name = f"{colour} {register}"
    number = seeded_number("artist", name)
    labels = (gender, register.lower(), colour.lower(), _MANNERS[number % len(_MANNERS)])
    return ArtistVoice(f"voice_{10_000 + number % 90_000}", name, 1000 - place, labels)


@cache
def _by_id() -> dict[str, ArtistVoice]:
    return {voice.item_id: voice for voice in catalogue()}


def find(voice_id: str) -> ArtistVoice | None:
    """Return an artist voice by its plain id."""
    return _by_id().get(voice_id)


def page(*, cursor: str | None, size: int) -> Page[ArtistVoice]:
    """Return a page of the catalogue; a cursor names the weight of the last voice seen."""
    voices = catalogue()
    start = (
        next((place for place, voice in enumerate(voices) if voice.weight < read_cursor(cursor)), None) if cursor else 0
    )
    if start is None:
        return Page((), "")
    shown = voices[start : start + size]
    return Page(shown, write_cursor(shown[-1].weight) if start + size < len(voices) else "")
