"""GET /music/midi."""

from __future__ import annotations

from ...models.midi_page import MidiPage
from ...types import Call, filled


def call(
    *,
    user_id: str | None = None,
    cursor: str | None = None,
) -> Call[MidiPage]:
    """List MIDI files."""
    return Call(
        operation_id="list_midi",
        method="GET",
        path="/music/midi",
        parse=MidiPage.from_dict,
        params=filled(
            {
                "user_id": user_id,
                "cursor": cursor,
            }
        ),
    )
