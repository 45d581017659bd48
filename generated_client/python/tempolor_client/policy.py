"""When to try again, and after how long: rules without any waiting of their own.

The service has no key by which it could tell that an order is the same one again, so an order is only repeated when
it surely has not been taken: on a 429, and when no connection came about. Reading and deleting can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ._generated.defaults import BUSY_JITTER, BUSY_PAUSE, FAILURES, FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER
from .errors import (
    AccountSessionError,
    APIError,
    BusyError,
    ConnectionFailedError,
    NotFoundError,
    ServerError,
    TemPolorError,
)

REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
"""Methods that may be sent again after a failure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How patient a call is.

    Attributes:
        max_retries: Tries after the first one.
        busy_timeout: Seconds to spend waiting for a slot in all.
    """

    max_retries: int
    busy_timeout: float


class Retries:
    """Decides, over the attempts of one call, whether there is another one."""

    def __init__(self, method: str, limits: Limits, random: Callable[[], float]) -> None:
        self._repeatable = method in REPEATABLE
        self._deletes = method == "DELETE"
        self._limits = limits
        self._random = random
        self._failures = 0
        self._waited = 0.0
        self._perhaps_done = False

    def pause_after(self, error: TemPolorError) -> float | None:
        """Return how many seconds to wait before the next attempt, None if there is to be none."""
        if isinstance(error, BusyError):
            return self._busy_pause(error.retry_after)
        if isinstance(error, NotFoundError) and self._deletes and self._perhaps_done:
            error.add_note(FAILURES["maybe_done"]["python"])
        if self._failures >= self._limits.max_retries or not self._may_repeat(error):
            return None
        self._failures += 1
        self._perhaps_done = self._perhaps_done or not isinstance(error, ConnectionFailedError) or error.sent
        return max(back_off(self._failures, self._random), _retry_after(error))

    def _may_repeat(self, error: TemPolorError) -> bool:
        if isinstance(error, ConnectionFailedError):
            return self._repeatable or not error.sent
        # A session that has ended stays so until somebody logs in.
        return self._repeatable and isinstance(error, ServerError) and not isinstance(error, AccountSessionError)

    def _busy_pause(self, retry_after: float | None) -> float | None:
        pause = busy_pause(retry_after, self._random)
        if self._waited + pause > self._limits.busy_timeout:
            return None
        self._waited += pause
        return pause


def busy_pause(retry_after: float | None, random: Callable[[], float]) -> float:
    """Return how many seconds to wait after a 429."""
    return max(BUSY_PAUSE, retry_after or 0.0) + BUSY_JITTER * random()


def back_off(failures: int, random: Callable[[], float]) -> float:
    """Return a pause that doubles with each failure in a row, somewhere in its upper half."""
    full: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1))
    return full * (0.5 + random() / 2)


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Read a `Retry-After` header in seconds; the date form and nonsense count as none."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    # Comparing refuses NaN as well; the bound refuses what would look like a hang.
    return seconds if 0 <= seconds <= 86_400 else None


def _retry_after(error: TemPolorError) -> float:
    header = error.headers.get("retry-after") if isinstance(error, APIError) else None
    return min(seconds_to_wait(header) or 0.0, LONGEST_RETRY_AFTER)
