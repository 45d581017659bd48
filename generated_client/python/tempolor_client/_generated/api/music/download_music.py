"""GET /music/download/{job_id}."""

from __future__ import annotations

from ...models.download_link import DownloadLink
from ...models.file_format import FileFormat
from ...types import Call, filled, path_of


def call(
    job_id: str,
    *,
    file_format: FileFormat | str | None = None,
) -> Call[DownloadLink]:
    """Download music."""
    return Call(
        operation_id="download_music",
        method="GET",
        path=path_of("/music/download/{job_id}", job_id=job_id),
        subject=job_id,
        parse=DownloadLink.from_dict,
        params=filled(
            {
                "file_format": file_format,
            }
        ),
    )
