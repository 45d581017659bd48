"""What a job's state means, and what ids say."""

from __future__ import annotations

import re
from typing import Final

from ._generated.models import MusicItem

COMPLETED: Final = 30
"""`status` of a job that ended with music."""
FAILED: Final = 10
"""`status` of a job that ended without."""

_ACCOUNT: Final = re.compile(r"user:\d+-tempolor:([^:/]+)-")


def is_final(item: MusicItem) -> bool:
    """Tell whether a job has ended, by what the service says, else by its status."""
    return item.status_final if item.status_final is not None else item.status in {COMPLETED, FAILED}


def is_completed(item: MusicItem) -> bool:
    """Tell whether a job has ended with music."""
    return is_final(item) and (item.status == COMPLETED or (item.status is None and item.status_name == "COMPLETED"))


def account_in(item_id: str) -> str | None:
    """Return the account that an id names, such as `2` of `user:1-tempolor:2-voice:3`; None for any other text."""
    found = _ACCOUNT.match(item_id)
    return None if found is None else found[1]
