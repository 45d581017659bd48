"""A newer service: the mock with four changes that no page tells of, and one place that is truly broken.

Everything but `TRULY_BROKEN` can be learned from its traffic.
"""

from functools import partial
from typing import Any, Final

from tempolor_mock import recent, shapes
from tempolor_mock.operations import music as music_operations

from .mutant import Answer, Asked, Kind, Mutant, Patch
from .service import TOKEN

TRULY_BROKEN: Final = "code-is-the-status"
"""The rule that it breaks, and that no document can excuse: the body of a 404 tells another status."""

_ENDING: Final = "/lyrics"


def _newer_item(show: Any, *given: Any, **named: Any) -> dict[str, Any]:
    item: dict[str, Any] = show(*given, **named)
    is_final = item.get("status_final", True)
    return {
        **item,
        "region": {"name": "eu", "zones": [1, 2]},
        "titleEn": item.get("titleEn") if is_final else None,
        "downloadTotal": str(item.get("downloadTotal", 0)),
    }


def _items() -> tuple[Patch, ...]:
    """Add a field, leave the title null until the end, and count downloads in words: in polls, lists and callbacks."""
    owners = (shapes, recent, music_operations)
    return tuple(Patch(owner, "music_item", lambda show: partial(_newer_item, show)) for owner in owners)


def _lyrics(asked: Asked, answer: Answer) -> None:
    """Offer one more operation to whoever has a token."""
    if not (asked.path.endswith(_ENDING) and answer.status == 404):
        return
    if asked.headers.get(b"authorization") == f"Bearer {TOKEN}".encode():
        answer.become(200, {"lines": [{"at": 0.5, "text": "Lanterns on the water"}]})
    else:
        answer.become(401, {"error": "Unauthorized", "code": 401})


def _another_code(asked: Asked, answer: Answer) -> None:
    if asked.operation == "get_music" and answer.status == 404:
        answer.put({**answer.data, "code": 410})


def _rewrite(asked: Asked, answer: Answer) -> None:
    _lyrics(asked, answer)
    _another_code(asked, answer)


NEWER: Final = Mutant(
    id="newer-service",
    kind=Kind.LEGAL,
    sentence="Items have a region, no title before their end, and downloads as text; lyrics can be read.",
    patches=_items,
    rewrite=lambda: _rewrite,
)
