"""What a recording of another service showed of something that is kept here."""

from collections.abc import Mapping
from typing import Any

from .records import Record


class Recorded(Record, frozen=True):
    """The JSON object that was shown last, and until which virtual moment it stayed so.

    It stands in place of what this world would show of the same thing; only what has changed since is this world's own.
    """

    item: Mapping[str, Any]
    at_ms: int
