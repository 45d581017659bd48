"""Music, by its job."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

from ..._generated.defaults import POLL_INTERVAL, READY_INTERVAL, READY_TIMEOUT, WAIT_TIMEOUT
from ..._generated.models import DeleteResult, DownloadLink, FileFormat, MusicItem, MusicKind
from ...advice import advice_on
from ...answer import Answer
from ...errors import FileNotReadyError, NotFoundError
from ...jobs import is_completed
from ...options import CallOptions, refuse_unknown
from ...responses import unexpected
from ..downloading import AsyncDownload
from ..paging import AsyncPages
from ..waiting import AsyncWait
from .base import AsyncResource


class AsyncMusic(AsyncResource):
    """Jobs and what they made, songs and instrumentals alike."""

    async def get(self, job_id: str, **options: Unpack[CallOptions]) -> MusicItem:
        """Return a job as it stands.

        Raises:
            NotFoundError: There is no such job.

        """
        return await self._operations.get_music(job_id, **options)

    def list(
        self,
        *,
        kind: MusicKind | str | None = None,
        user_id: str | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncPages[MusicItem]:
        """Return an account's music to loop over, newest first; pages are fetched as the loop goes on.

        Args:
            kind: `song` or `instrumental`; songs unless given.
            user_id: The account; needed with several.
            cursor: Where to begin, from an earlier page.
            **options: See `CallOptions`.

        """
        refuse_unknown(options, self.list)
        return AsyncPages(
            lambda at: self._operations.list_music(user_id=user_id, type_=kind, cursor=at, **options), cursor
        )

    async def wait(
        self,
        job_id: str,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        timeout: float = WAIT_TIMEOUT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL_INTERVAL,
        options: CallOptions | None = None,
    ) -> MusicItem:
        """Wait until a job is final, also one of another program or of yesterday.

        Args:
            job_id: The job.
            progress: Called with the job each time it has been looked at.
            timeout: Seconds to wait in all.
            poll_interval: Seconds between two looks.
            options: Options of each look.

        Returns:
            The completed job.

        Raises:
            JobFailedError: It ended without music.
            WaitTimeoutError: The time is up; the job goes on.

        """
        items = await self.wait_all(
            [job_id], progress=progress, timeout=timeout, poll_interval=poll_interval, options=options
        )
        return items[0]

    async def wait_all(
        self,
        job_ids: Sequence[str],
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        timeout: float = WAIT_TIMEOUT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL_INTERVAL,
        options: CallOptions | None = None,
    ) -> builtins.list[MusicItem]:
        """Wait until all of some jobs are final; as `wait`, in the order given."""
        wait = AsyncWait(
            job_ids,
            engine=self._engine,
            progress=progress,
            timeout=timeout,
            poll_interval=poll_interval,
            options=options or {},
        )
        return await wait.run()

    async def link(
        self, job_id: str, *, file_format: FileFormat | str | None = None, **options: Unpack[CallOptions]
    ) -> DownloadLink:
        """Ask once for the address of a job's file.

        Raises:
            NotCompletedError: The job still runs, or has failed.
            NotFoundError: There is no such job, or its file is not there yet.

        """
        return await self._operations.download_music(job_id, file_format=file_format, **options)

    def file(
        self,
        job_id: str,
        *,
        file_format: FileFormat | str | None = None,
        ready_timeout: float = READY_TIMEOUT,
        options: CallOptions | None = None,
    ) -> AsyncDownload:
        """Return a completed job's file, to be saved to a path, written to an open file, read, or streamed.

        Args:
            job_id: The job.
            file_format: `mp3`, `wav` or `stems`; mp3 unless given.
            ready_timeout: Seconds the file may take to appear after the job has completed.
            options: Options of each call.

        """
        refuse_unknown(options or {}, self.file)
        return AsyncDownload(
            self._engine,
            lambda: self._link(job_id, file_format, ready_timeout, options or {}),
            job_id=job_id,
            options=options or {},
        )

    async def download(  # noqa: PLR0913 - each has a default
        self,
        job_id: str,
        to: str | os.PathLike[str],
        *,
        file_format: FileFormat | str | None = None,
        progress: Callable[[int, int | None], Any] | None = None,
        ready_timeout: float = READY_TIMEOUT,
        options: CallOptions | None = None,
    ) -> Path:
        """Fetch a completed job's file: `file` and `save` in one.

        Args:
            job_id: The job.
            to: Where to write the file; one that is there is replaced.
            file_format: `mp3`, `wav` or `stems`; mp3 unless given.
            progress: Called with the bytes fetched so far and, where known, those there are.
            ready_timeout: Seconds the file may take to appear after the job has completed.
            options: Options of each call.

        Returns:
            The file's path.

        Raises:
            NotCompletedError: The job still runs, or has failed.
            NotFoundError: There is no such job.
            DownloadError: The file could not be fetched or written.

        """
        file = self.file(job_id, file_format=file_format, ready_timeout=ready_timeout, options=options)
        return await file.save(to, progress=progress)

    async def _link(
        self, job_id: str, file_format: FileFormat | str | None, ready_timeout: float, options: CallOptions
    ) -> str:
        """Return a link, waiting out the 404 that a job gets for some seconds after it has completed."""
        runtime = self._engine.runtime
        deadline = runtime.now() + ready_timeout
        while True:
            try:
                answer = await self._raw.download_music(job_id, file_format=file_format, **options)
                return _url_of(answer)
            except NotFoundError as error:
                # An unknown job's 404 looks the same. Only this call can tell, and it raises for an unknown one.
                item = await self._operations.get_music(job_id, **options)
                if not is_completed(item):
                    raise
                if runtime.now() >= deadline:
                    raise FileNotReadyError(
                        f"job {job_id} is completed, but has no file after {ready_timeout:g} s.",
                        advice=advice_on("not_ready"),
                        job_id=job_id,
                    ) from error
            await runtime.pause(READY_INTERVAL)

    async def delete(self, job_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete what a job made.

        Raises:
            NotFoundError: There is no such job, or it has been deleted before.

        """
        return await self._operations.delete_music(job_id, **options)


def _url_of(answer: Answer[DownloadLink]) -> str:
    if not answer.parsed.url:
        raise unexpected(answer, "it holds no url")
    return answer.parsed.url
