"""One job as a stream of calls shows it: when it began, got further, ended, was told of, and could be downloaded."""

from dataclasses import dataclass, field
from typing import Any, Final

from ..document.bodies import COMPLETED, FINAL, status_of
from ..document.call import Call

_LATEST_MS: Final = 221_845_392_000_000
_CLOCKS_DIFFER: Final = 5.0
"""Seconds that the recorder's clock and the service's may lie apart before they are two."""


def seconds(value: Any) -> float | None:
    """Return milliseconds since 1970 as seconds, None for what is none."""
    return value / 1000 if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LATEST_MS else None


@dataclass
class Timeline:
    """What is known of a job. Moments are seconds since 1970 by the recorder's clock, but for `created` and `updated`.

    `progress` has when each progress was seen first; `ran` is when it was last seen to run, `ended` when first not.
    """

    operation: str
    model: str
    ordered: float
    created: float | None = None
    progress: dict[int, tuple[float, float | None]] = field(default_factory=dict)
    ran: float = 0.0
    ended: float | None = None
    updated: float | None = None
    status: Any = None
    refused: float | None = None
    downloaded: bool = False

    def see(self, item: dict[str, Any], call: Call) -> bool:
        """Take in the job's item; return whether it has just ended."""
        if self.ended is not None:
            return False
        self.created = seconds(item.get("createTime")) or self.created
        status, now = status_of(item), call.exchange.finished
        if isinstance(status, int) and status in FINAL:
            self.status, self.ended, self.updated = status, now, seconds(item.get("updateTime"))
            return True
        percent = item.get("progress")
        if isinstance(percent, int) and 0 < percent < 100:
            self.progress.setdefault(percent, (now, seconds(item.get("updateTime"))))
        self.ran = max(self.ran, now)
        return False

    @property
    def own_clock(self) -> bool:
        """Whether the service goes by another clock than the recorder, as a mock whose clock was set."""
        return self.created is not None and abs(self.created - self.ordered) > _CLOCKS_DIFFER

    @property
    def begun(self) -> float:
        """When it began: by its own account, else when it was ordered."""
        return self.ordered if self.created is None else self.created

    @property
    def end(self) -> float | None:
        """When it ended, by its own account where that fits, else halfway between two sights; None if hardly known."""
        if self.ended is None:
            return None
        low, high = max(self.ran, self.ordered), self.ended
        if self.updated is not None and (
            self.own_clock or low - _CLOCKS_DIFFER <= self.updated <= high + _CLOCKS_DIFFER
        ):
            return self.updated
        return None if high - low > (high - self.begun) / 2 else (low + high) / 2

    @property
    def completed(self) -> bool:
        """Whether it ended well."""
        return bool(self.status == COMPLETED)

    def shares(self) -> dict[int, float]:
        """Return at which share of its time it reached each progress that was seen."""
        if self.end is None or self.end <= self.begun:
            return {}
        length = self.end - self.begun
        moments = {
            percent: seen if told is None or self.created is None else told
            for percent, (seen, told) in self.progress.items()
        }
        return {percent: min(1.0, max(0.0, (at - self.begun) / length)) for percent, at in moments.items()}

    def lag(self, now: float) -> float | None:
        """Return how long after the end a file could first be had at `now`; None where nobody asked just before."""
        if self.end is None or self.own_clock or self.refused is None:
            return None
        return max(0.0, (self.refused + now) / 2 - self.end)
