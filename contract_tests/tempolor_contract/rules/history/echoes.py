"""What the items of an order show of it."""

from typing import Any, Final, NamedTuple

from ...document.bodies import NO_TEXT, details, material, status_of, whole
from ...document.call import Call
from .records import Order

_OF_SONGS: Final = frozenset({"lyrics"})
_OF_INSTRUMENTALS: Final = frozenset({"tonality", "bpm", "chords", "chord"})


class Echo(NamedTuple):
    """A place of an item that repeats a field of its order: what the order gave, and what the item has, or None."""

    field: str
    place: str
    wanted: Any
    told: Any


def echoes(order: Order, item: dict[str, Any]) -> list[Echo]:
    """Return the places of an item that repeat what its order gave."""
    music, extra = material(item), details(item)
    # Fields of the other kind are unknown ones.
    others = _OF_INSTRUMENTALS if order.call.operation == "create_song" else _OF_SONGS
    sent = {name: value for name, value in order.sent.items() if name not in others}
    prompt = sent.get("prompt")
    found = [
        Echo("prompt", "otherInfo", prompt, music.get("otherInfo")),
        *(Echo("prompt", name, prompt, extra.get(name)) for name in ("description", "prompt")),
        Echo("lyrics", "lyricsPrompt", sent.get("lyrics"), extra.get("lyricsPrompt")),
        Echo("tonality", "key", sent.get("tonality"), music.get("key")),
        Echo("bpm", "bpm", whole(sent.get("bpm")), music.get("bpm")),
        Echo("chords", "chord", sent.get("chords") or sent.get("chord"), music.get("chord")),
    ]
    return [each for each in found if each.wanted not in (None, "") and not NO_TEXT.search(str(each.wanted))]


def echo_key(order: Order, call: Call, item: dict[str, Any], field: str) -> tuple[object, ...]:
    """Return what tells apart where a field may be shown: the kind of order, who was asked, the state of the job."""
    return order.call.operation, call.operation, status_of(item), field
