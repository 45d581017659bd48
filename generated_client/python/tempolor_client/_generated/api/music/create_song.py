"""POST /music/song."""

from __future__ import annotations

from ...models.created_jobs import CreatedJobs
from ...models.song_form import SongForm
from ...models.song_request import SongRequest
from ...types import Call


def call(
    *,
    body: SongRequest | SongForm,
) -> Call[CreatedJobs]:
    """Create song."""
    return Call(
        operation_id="create_song",
        method="POST",
        path="/music/song",
        parse=CreatedJobs.from_dict,
        json=body.to_dict() if isinstance(body, SongRequest) else None,
        form=body.to_dict() if isinstance(body, SongForm) else None,
    )
