"""What a world's calls have shown of each thing in it: no more than its last state, and how it came there."""

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ..document.bodies import FINAL, status_of, whole
from ..document.ids import Composite
from .service_clock import END_OF_TIME_MS, Stamp

NEVER: Final = Stamp()
Kind = Literal["song", "instrumental"]
_MOST_SLOTS: Final = 1 << 53
_ID: Final = re.compile(r"[^:/\x00-\x1f]+")
_MOST_POINTS: Final = 256
"""Of how many changes of one job it is known when they came; later ones count as the last of these."""


@dataclass(frozen=True)
class Point:
    """A state of a job and when it was first seen; `updated_ms` is since when it held, by its own account."""

    status: int
    progress: int
    updated_ms: int | None
    seen: Stamp


@dataclass(frozen=True)
class Report:
    """One try of a callback: what it told, when it came, and the receiver's status, None where it answered nothing."""

    status: int
    progress: int
    seen: Stamp
    answer: int | None


@dataclass
class Order:
    """An accepted request for music: what it asked for, when its answer came, how many slots the account has."""

    kind: Kind
    sent: dict[str, Any]
    seen: Stamp
    origin: str | None = None
    slots: int | None = None


@dataclass
class SeenJob:
    """A job. `place` orders those that began in the same millisecond; `ran` is when it was last known to run.

    `item` is what was shown last, at `item_seen`; `reply` has its `replyUrl` and `replyRef`.
    """

    id: Composite
    place: tuple[int, int]
    first: Stamp
    order: Order | None = None
    created_ms: int | None = None
    kind: Kind | None = None
    item: dict[str, Any] | None = None
    item_seen: Stamp = NEVER
    polled: bool = False
    points: list[Point] = field(default_factory=list)
    ran: Stamp | None = None
    unlisted: Stamp | None = None
    cancelled: bool = False
    reply: dict[str, str] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    downloaded: Stamp | None = None
    download_refused: Stamp | None = None

    def see(self, item: dict[str, Any], seen: Stamp, *, polled: bool, late: bool) -> None:
        """Take in the job's item; `late` says that it may tell of a state that is over, as a callback may."""
        point = Point(*state_of(item), moment(item.get("updateTime")), seen)
        last = self.points[-1] if self.points else None
        if last is not None and _is_older(point, last, late=late):
            self._insert(point)
            return
        if last is None or (last.status, last.progress) != (point.status, point.progress):
            del self.points[_MOST_POINTS - 1 :]
            self.points.append(point)
        elif self.polled and not polled and last.updated_ms == point.updated_ms:
            return  # A list or a callback shows the same state with other fields: polls are what is played again.
        self.item, self.item_seen, self.polled = item, seen, polled

    def _insert(self, point: Point) -> None:
        """Keep a state that was over when it was told of, if its own account says when it was."""
        known = {(each.status, each.progress) for each in self.points}
        if point.updated_ms is not None and (point.status, point.progress) not in known:
            later = (index for index, each in enumerate(self.points) if (each.updated_ms or 0) > point.updated_ms)
            self.points.insert(next(later, len(self.points)), point)


def _is_older(point: Point, last: Point, *, late: bool) -> bool:
    if point.updated_ms is not None and last.updated_ms is not None:
        return point.updated_ms < last.updated_ms
    return late and (point.status not in FINAL, -point.progress) > (last.status not in FINAL, -last.progress)


def state_of(item: dict[str, Any]) -> tuple[int, int]:
    """Return the status on the scale of the document and the progress in per cent; what is none counts as the least."""
    status, progress = status_of(item), item.get("progress")
    if not isinstance(status, int) or status not in FINAL:
        status = 10 if item.get("status_final") is True else 0
    return status, min(100, max(0, int(progress))) if isinstance(progress, int | float) else 0


def moment(value: Any) -> int | None:
    """Return a moment in milliseconds since 1970, None for what is none, or lies beyond the year 9000."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < END_OF_TIME_MS
    return value if known else None


def slots(value: Any) -> int | None:
    """Return how many jobs an account runs at once, None for what is no such number."""
    number = whole(value)
    return number if number is not None and 0 < number < _MOST_SLOTS else None


def is_id(value: Any) -> bool:
    """Whether a text can be a part of an id, such as an account's."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


@dataclass
class SeenAccount:
    """An account; `shown` is what an account's own call answered last."""

    user_id: str
    first: Stamp
    slots: int | None = None
    shown: dict[str, Any] | None = None


@dataclass
class SeenUpload:
    """A MIDI file or a cloned voice; `content` is what was uploaded, as `media_type`, `item` its row in a list."""

    id: Composite
    place: tuple[int, int]
    first: Stamp
    name: str | None = None
    content: bytes | None = None
    media_type: str = ""
    item: dict[str, Any] | None = None
    item_seen: Stamp = NEVER
    ready: Stamp | None = None
