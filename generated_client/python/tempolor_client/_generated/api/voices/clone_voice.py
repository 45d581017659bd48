"""POST /music/cloned-voices."""

from __future__ import annotations

from ....payload import Payload
from ...models.voice_clone import VoiceClone
from ...types import Call, filled


def call(
    *,
    body: Payload,
    content_type: str,
    name: str,
    user_id: str | None = None,
) -> Call[VoiceClone]:
    """Clone voice."""
    return Call(
        operation_id="clone_voice",
        method="POST",
        path="/music/cloned-voices",
        parse=VoiceClone.from_dict,
        params=filled(
            {
                "user_id": user_id,
                "name": name,
            }
        ),
        content=body,
        content_type=content_type,
    )
