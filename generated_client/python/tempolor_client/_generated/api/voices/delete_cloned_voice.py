"""DELETE /music/cloned-voices/{cloned_voice_item_id}."""

from __future__ import annotations

from ...models.delete_result import DeleteResult
from ...types import Call, path_of


def call(
    cloned_voice_item_id: str,
) -> Call[DeleteResult]:
    """Delete cloned voice."""
    return Call(
        operation_id="delete_cloned_voice",
        method="DELETE",
        path=path_of("/music/cloned-voices/{cloned_voice_item_id}", cloned_voice_item_id=cloned_voice_item_id),
        subject=cloned_voice_item_id,
        parse=DeleteResult.from_dict,
    )
