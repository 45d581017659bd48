"""DELETE /music/midi/{midi_item_id}."""

from __future__ import annotations

from ...models.delete_result import DeleteResult
from ...types import Call, path_of


def call(
    midi_item_id: str,
) -> Call[DeleteResult]:
    """Delete MIDI file."""
    return Call(
        operation_id="delete_midi",
        method="DELETE",
        path=path_of("/music/midi/{midi_item_id}", midi_item_id=midi_item_id),
        subject=midi_item_id,
        parse=DeleteResult.from_dict,
    )
