# Made from _async/resources/scheduler.py by tools/generate.py: never edited.
"""The scheduler."""

from __future__ import annotations

from typing import Unpack

from ..._generated.models import Capacity, RunningJob
from ...options import CallOptions
from .base import Resource


class Scheduler(Resource):
    """What runs, and how much room is left."""

    def running(self, **options: Unpack[CallOptions]) -> list[RunningJob]:
        """Return the jobs that run, over all accounts."""
        return self._operations.list_running_jobs(**options)

    def capacity(self, **options: Unpack[CallOptions]) -> Capacity:
        """Return the jobs that run and each account's free slots."""
        return self._operations.get_available_capacity(**options)

    def cancel(self, job_id: str, **options: Unpack[CallOptions]) -> None:
        """Stop tracking a running job; its slot is free at once, though TemPolor still finishes it.

        Raises:
            NotFoundError: It does not run.

        """
        self._operations.cancel_job(job_id, **options)
