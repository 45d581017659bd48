"""GET /music."""

from __future__ import annotations

from ...models.music_kind import MusicKind
from ...models.music_page import MusicPage
from ...types import Call, filled


def call(
    *,
    user_id: str | None = None,
    type_: MusicKind | str | None = None,
    cursor: str | None = None,
) -> Call[MusicPage]:
    """List music."""
    return Call(
        operation_id="list_music",
        method="GET",
        path="/music",
        parse=MusicPage.from_dict,
        params=filled(
            {
                "user_id": user_id,
                "type": type_,
                "cursor": cursor,
            }
        ),
    )
