"""DELETE /scheduler/{job_id}."""

from __future__ import annotations

from ...types import Call, path_of


def call(
    job_id: str,
) -> Call[None]:
    """Cancel job."""
    return Call(
        operation_id="cancel_job",
        method="DELETE",
        path=path_of("/scheduler/{job_id}", job_id=job_id),
        subject=job_id,
        parse=None,
    )
