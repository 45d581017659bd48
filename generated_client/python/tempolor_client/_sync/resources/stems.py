# Made from _async/resources/stems.py by tools/generate.py: never edited.
"""Stems."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

from ..._generated.defaults import SPLIT_TIMEOUT
from ..._generated.models import SplitStems
from ...errors import DownloadError
from ...options import CallOptions, refuse_unknown
from ...payload import FileInput
from ..downloading import Download
from .base import Resource


class Stems(Resource):
    """Recordings of your own, taken apart."""

    def split(
        self,
        file: FileInput,
        *,
        media_type: str | None = None,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> SplitStems:
        """Take a recording apart; waits until it is done.

        Args:
            file: A path, bytes, or a file opened with `rb`: mp3, wav, m4a or flac.
            media_type: Its media type, where it cannot be told from content or name.
            user_id: The account; needed with several.
            **options: See `CallOptions`.

        Raises:
            BadRequestError: The service could not do it.
            FileReadError: The file cannot be read.

        """
        refuse_unknown(options, self.split)
        payload, content_type = self._opened(file, media_type)
        options.setdefault("timeout", SPLIT_TIMEOUT)
        return self._operations.split_stems(
            body=payload,
            content_type=content_type,
            user_id=user_id,
            **options,
        )

    def download(
        self,
        stems: SplitStems,
        to: str | os.PathLike[str],
        *,
        progress: Callable[[int, int | None], Any] | None = None,
        options: CallOptions | None = None,
    ) -> Path:
        """Fetch the ZIP file of a split, as `music.download` does.

        Raises:
            DownloadError: There is none, or it could not be fetched or written.

        """
        return self.file(stems, options=options).save(to, progress=progress)

    def file(self, stems: SplitStems, *, options: CallOptions | None = None) -> Download:
        """Return the ZIP file of a split, to be saved to a path, written to an open file, read, or streamed."""
        return Download(self._engine, _stems_link(stems), job_id=None, options=options or {})


def _stems_link(stems: SplitStems) -> Callable[[], str]:
    def link() -> str:
        if not stems.stems_zip_url:
            raise DownloadError("the service has made no ZIP file of stems; split the recording again")
        return stems.stems_zip_url

    return link
