"""What a job's state means."""

from __future__ import annotations

from typing import Final

from ._generated.models import MusicItem

COMPLETED: Final = 30
"""`status` of a job that ended with music."""
FAILED: Final = 10
"""`status` of a job that ended without."""


def is_final(item: MusicItem) -> bool:
    """Tell whether a job has ended, by what the service says, else by its status."""
    return item.status_final if item.status_final is not None else item.status in {COMPLETED, FAILED}


def is_completed(item: MusicItem) -> bool:
    """Tell whether a job has ended with music."""
    return is_final(item) and (item.status == COMPLETED or (item.status is None and item.status_name == "COMPLETED"))
