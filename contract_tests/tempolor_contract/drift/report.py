"""What was learned, as plain data."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from .changes import Action
from .findings import Kind, Spot, Where

NONE, SOME, COULD_NOT = 0, 1, 2
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True)
class Sight:
    """Where a difference was seen, in how many exchanges of how many that could show it, and when."""

    spot: Spot
    count: int
    of: int
    first: float
    last: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "operation": self.spot.operation,
            "status": self.spot.status or None,
            "where": self.spot.where.value,
            "place": self.spot.place,
            "count": self.count,
            "of": self.of,
            "first": self.first or None,
            "last": self.last or None,
        }


@dataclass(frozen=True)
class Difference:
    """One fact about the service that the document does not say.

    `detail` is what is new: the name, value, type or keyword. `change` says in a sentence what the document would get;
    `actions` are that change as actions of an overlay, without evidence. `sights` has each place where it was seen, the
    first one first. `breaks` says of a difference between two documents what it does to clients.
    """

    kind: Kind
    detail: str
    sights: tuple[Sight, ...]
    example: Any
    change: str
    actions: tuple[Action, ...] = ()
    breaks: str = ""

    @property
    def count(self) -> int:
        """In how many exchanges it was seen."""
        return sum(each.count for each in self.sights)

    @property
    def of(self) -> int:
        """How many exchanges could have shown it."""
        return sum({(each.spot.operation, each.spot.status, each.spot.where): each.of for each in self.sights}.values())

    @property
    def first(self) -> float:
        """When it was seen first, in seconds since 1970, 0 if nobody knows."""
        return min((each.first for each in self.sights if each.first), default=0.0)

    @property
    def last(self) -> float:
        """When it was seen last."""
        return max(each.last for each in self.sights)

    @property
    def headline(self) -> str:
        """What it is and where, in one line."""
        spot = self.sights[0].spot
        where = f"{spot.operation} {spot.status or 'request'}" if spot.where is not Where.REQUEST else spot.operation
        told = " request" if spot.where is Where.REQUEST else ""
        named = "" if self.kind is Kind.OPERATION or not self.detail else f" {self.detail}"
        return f"{where}{told} {spot.place}".rstrip() + f": {self.kind}{named}"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.sights[0].to_json(),
            "kind": self.kind.value,
            "detail": self.detail,
            "count": self.count,
            "of": self.of,
            "first": self.first or None,
            "last": self.last or None,
            "example": self.example,
            "change": self.change,
            **({"breaks": self.breaks} if self.breaks else {}),
            "actions": [dict(each) for each in self.actions],
            "also": [each.to_json() for each in self.sights[1:]],
        }


@dataclass
class DriftReport:
    """All that a stream of exchanges has taught.

    `reached` counts the answers that were compared, by operation and status; `skipped` those that teach nothing, by
    reason; `foreign` what is not of this API; `left_out` sights beyond the bounds. `sent` has
    names in accepted requests that the document does not have, which are no differences. `readings` has a row for each
    reading of the document, from whoever judges them. `stopped` says why the stream ended early. With `of_documents`,
    two documents were compared, and no stream.
    """

    source: str
    revision: str
    differences: tuple[Difference, ...] = ()
    sent: tuple[Difference, ...] = ()
    readings: list[dict[str, Any]] = field(default_factory=list)
    reached: dict[str, dict[str, int]] = field(default_factory=dict)
    operations: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    foreign: int = 0
    left_out: int = 0
    stopped: str = ""
    of_documents: bool = False

    @property
    def answers(self) -> int:
        """How many answers were compared."""
        return sum(sum(each.values()) for each in self.reached.values())

    @property
    def exit_code(self) -> int:
        """0 for no difference, 1 for some, 2 where the stream could not be read, or had nothing to compare."""
        if self.stopped or not (self.answers or self.of_documents):
            return COULD_NOT
        return SOME if self.differences else NONE

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.source,
            "revision": self.revision,
            "stopped": self.stopped,
            "differences": [each.to_json() for each in self.differences],
            "sent": [each.to_json() for each in self.sent],
            "readings": self.readings,
            "reached": {
                "answers": self.answers,
                "operations": self.reached,
                "skipped": dict(self.skipped),
                "foreign": self.foreign,
                "left_out": self.left_out,
            },
        }
