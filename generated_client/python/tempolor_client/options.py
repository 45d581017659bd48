"""What can be said for a single call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


class CallOptions(TypedDict, total=False):
    """Options of one call, each in place of the client's own."""

    timeout: float
    """Seconds to wait for each step of the answer: the connection, and each time for more bytes."""
    headers: Mapping[str, str]
    """More headers to send, winning over the client's."""
    max_retries: int
    """How often to try again after a failure that allows it."""
    busy_timeout: float
    """How many seconds to go on waiting for room on a 429 in all; 0 raises at once."""
