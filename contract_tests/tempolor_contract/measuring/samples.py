"""Measured values, as many as are kept, and what they are summed up to."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final

_MOST_VALUES: Final = 5_000
_MOST_KINDS: Final = 50
_QUANTILES: Final = 10


@dataclass
class Evidence:
    """How often something was seen, and when first and last, in seconds since 1970."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0

    def note(self, moment: float) -> None:
        """Count one sight."""
        self.count += 1
        self.first = min(self.first or moment, moment)
        self.last = max(self.last, moment)


@dataclass
class Samples(Evidence):
    """Values of one kind; of very many a fair choice is kept, the same one each time."""

    values: list[float] = field(default_factory=list)
    _chance: Random = field(default_factory=lambda: Random(0), repr=False)  # noqa: S311 - nothing secret

    def add(self, value: float, moment: float) -> None:
        """Take in a value seen at a moment."""
        self.note(moment)
        if len(self.values) < _MOST_VALUES:
            self.values.append(value)
        elif (place := self._chance.randrange(self.count)) < _MOST_VALUES:
            self.values[place] = value

    def quantiles(self) -> list[float]:
        """Return the values at evenly spaced quantiles, from the least to the greatest; no more than there are."""
        ordered = sorted(self.values)
        steps = min(_QUANTILES, len(ordered) - 1)
        return [_at(ordered, step / steps) if steps else ordered[0] for step in range(steps + 1)]


def _at(ordered: list[float], share: float) -> float:
    """Return the value at a share of the way through ordered values, between two neighbours where it falls there."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass
class Votes(Evidence):
    """Values of which the most frequent one counts."""

    votes: Counter[str | int] = field(default_factory=Counter)

    def add(self, value: str | int, moment: float) -> None:
        """Take in a value seen at a moment."""
        self.note(moment)
        if value in self.votes or len(self.votes) < _MOST_KINDS:
            self.votes[value] += 1

    @property
    def most(self) -> str | int | None:
        """The most frequent value, None without any."""
        return self.votes.most_common(1)[0][0] if self.votes else None
