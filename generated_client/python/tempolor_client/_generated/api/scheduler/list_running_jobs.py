"""GET /scheduler."""

from __future__ import annotations

from ...models.running_job import RunningJob
from ...types import Call, items


def call() -> Call[list[RunningJob]]:
    """List running jobs."""
    return Call(
        operation_id="list_running_jobs",
        method="GET",
        path="/scheduler",
        parse=items(RunningJob.from_dict),
    )
