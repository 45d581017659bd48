"""GET /music/artist-voices."""

from __future__ import annotations

from ...models.artist_voice_page import ArtistVoicePage
from ...types import Call, filled


def call(
    *,
    user_id: str | None = None,
    cursor: str | None = None,
) -> Call[ArtistVoicePage]:
    """List artist voices."""
    return Call(
        operation_id="list_artist_voices",
        method="GET",
        path="/music/artist-voices",
        parse=ArtistVoicePage.from_dict,
        params=filled(
            {
                "user_id": user_id,
                "cursor": cursor,
            }
        ),
    )
