"""DELETE /music/{job_id}."""

from __future__ import annotations

from ...models.delete_result import DeleteResult
from ...types import Call, path_of


def call(
    job_id: str,
) -> Call[DeleteResult]:
    """Delete music."""
    return Call(
        operation_id="delete_music",
        method="DELETE",
        path=path_of("/music/{job_id}", job_id=job_id),
        subject=job_id,
        parse=DeleteResult.from_dict,
    )
