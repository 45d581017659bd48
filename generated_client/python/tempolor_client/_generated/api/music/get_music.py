"""GET /music/{job_id}."""

from __future__ import annotations

from ...models.music_item import MusicItem
from ...types import Call, path_of


def call(
    job_id: str,
) -> Call[MusicItem]:
    """Get music."""
    return Call(
        operation_id="get_music",
        method="GET",
        path=path_of("/music/{job_id}", job_id=job_id),
        subject=job_id,
        parse=MusicItem.from_dict,
    )
