# Made from _async/resources/orders.py by tools/generate.py: never edited.
"""Orders, and the jobs they became."""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

from ..._generated.defaults import POLL_INTERVAL, WAIT_TIMEOUT
from ..._generated.models import CreatedJobs, FileFormat, MusicItem
from ..._generated.operations import Operations
from ...answer import Answer
from ...errors import NotFoundError
from ...options import CallOptions
from ...responses import unexpected
from ..downloading import Download
from ..engine import Engine
from .music import Music


class Order:
    """The jobs of one order.

    Attributes:
        jobs: Their ids; keep them to go on later.
        created: What the service answered to the order, None for jobs of old.
    """

    def __init__(self, engine: Engine, jobs: Sequence[str], created: CreatedJobs | None = None) -> None:
        self._engine = engine
        self._music = Music(engine)
        self.jobs = tuple(jobs)
        self.created = created

    def __repr__(self) -> str:
        return f"{type(self).__name__}(jobs={self.jobs!r})"

    def wait(
        self,
        *,
        progress: Callable[[MusicItem], Any] | None = None,
        timeout: float = WAIT_TIMEOUT,  # noqa: ASYNC109 - over many calls
        poll_interval: float = POLL_INTERVAL,
        options: CallOptions | None = None,
    ) -> builtins.list[MusicItem]:
        """Wait until all jobs are final; see `music.wait`.

        Returns:
            The completed jobs, in the order of `jobs`.

        Raises:
            JobFailedError: One ended without music; the others are in its `completed`.
            WaitTimeoutError: The time is up; the jobs go on.

        """
        return self._music.wait_all(
            self.jobs, progress=progress, timeout=timeout, poll_interval=poll_interval, options=options
        )

    def file(
        self, *, take: int = 0, file_format: FileFormat | str | None = None, options: CallOptions | None = None
    ) -> Download:
        """Return the file of one of the jobs, the first unless told otherwise; see `music.file`."""
        return self._music.file(self.jobs[take], file_format=file_format, options=options)

    def download(
        self,
        to: str | os.PathLike[str],
        *,
        take: int = 0,
        file_format: FileFormat | str | None = None,
        progress: Callable[[int, int | None], Any] | None = None,
        options: CallOptions | None = None,
    ) -> Path:
        """Fetch the file of one of the jobs, the first unless told otherwise; see `music.download`."""
        return self._music.download(self.jobs[take], to, file_format=file_format, progress=progress, options=options)

    def cancel(self, **options: Unpack[CallOptions]) -> None:
        """Stop tracking the jobs that still run; their slots are free at once."""
        operations = Operations(self._engine)
        for job_id in self.jobs:
            try:
                operations.cancel_job(job_id, **options)
            except NotFoundError as error:
                if "running" not in error.error:
                    raise


def order_from(engine: Engine, answer: Answer[CreatedJobs]) -> Order:
    if not answer.parsed.jobs:
        raise unexpected(answer, "it names no jobs, though the order may have been taken")
    return Order(engine, answer.parsed.jobs, answer.parsed)
