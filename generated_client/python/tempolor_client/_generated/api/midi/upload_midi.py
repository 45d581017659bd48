"""POST /music/midi."""

from __future__ import annotations

from ....payload import Payload
from ...models.uploaded_midi import UploadedMidi
from ...types import Call, filled


def call(
    *,
    body: Payload,
    content_type: str,
    name: str,
    user_id: str | None = None,
) -> Call[UploadedMidi]:
    """Upload MIDI."""
    return Call(
        operation_id="upload_midi",
        method="POST",
        path="/music/midi",
        parse=UploadedMidi.from_dict,
        params=filled(
            {
                "user_id": user_id,
                "name": name,
            }
        ),
        content=body,
        content_type=content_type,
    )
