"""GET /music/cloned-voices."""

from __future__ import annotations

from ...models.cloned_voice_page import ClonedVoicePage
from ...types import Call, filled


def call(
    *,
    user_id: str | None = None,
    cursor: str | None = None,
) -> Call[ClonedVoicePage]:
    """List cloned voices."""
    return Call(
        operation_id="list_cloned_voices",
        method="GET",
        path="/music/cloned-voices",
        parse=ClonedVoicePage.from_dict,
        params=filled(
            {
                "user_id": user_id,
                "cursor": cursor,
            }
        ),
    )
