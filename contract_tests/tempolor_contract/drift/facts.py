"""What was found, each difference once: counted, dated, shown by one example, and all of it within bounds."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tempolor_spec.secrets import is_secret_name

from ..exchanges.exchange import MISSING
from ..exchanges.redaction import Redactor
from .comparing import as_json, size_of
from .findings import ANY, Found, Key, Kind, Spot, Where
from .outline import At
from .shapes import Budget, Shape, kind_of

_MOST_FACTS: Final = 1000
_MOST_ALIKE: Final = {Kind.FIELD: 40, Kind.VALUE: 40, Kind.TEXT: 20, Kind.HEADER: 40, Kind.PARAMETER: 40}
_UNITED: Final = frozenset({Kind.FIELD, Kind.VALUE})
"""Kinds of which very many in one place are one difference: a map, a list of values that is not closed."""
_LONGEST: Final = 200
_SHAPED: Final = frozenset({Kind.FIELD, Kind.TYPE, Kind.HEADER, Kind.PARAMETER, Kind.STATUS, Kind.MEDIA_TYPE})


@dataclass
class Tally:
    """How often something was seen in one spot, and when, in seconds since 1970; 0 where nobody knows."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0

    def add(self, moment: float) -> None:
        """Count one more."""
        self.count += 1
        if moment:
            self.first = min(self.first or moment, moment)
            self.last = max(self.last, moment)

    def merge(self, other: "Tally") -> None:
        """Count what another one has counted."""
        self.count += other.count
        self._when(other)

    def cover(self, other: "Tally") -> None:
        """Count at least as much as another one that may have counted the same."""
        self.count = max(self.count, other.count)
        self._when(other)

    def _when(self, other: "Tally") -> None:
        self.first = min(filter(None, (self.first, other.first)), default=0.0)
        self.last = max(self.last, other.last)


@dataclass
class Fact:
    """One difference: where it was seen how often, what values looked like, how far a limit was passed.

    `values` has the values of another type by their JSON, None once they are too many to be a list.
    """

    key: Key
    shape: Shape
    spots: dict[Spot, Tally] = field(default_factory=dict)
    example: Any = None
    extreme: Any = None
    values: dict[str, Any] | None = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """In how many exchanges it was seen."""
        return sum(each.count for each in self.spots.values())


class Facts:
    """The differences seen so far. `left_out` counts sights that found no more room."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        self.redactor = redactor or Redactor()
        self.reached: Counter[tuple[str, int, Where]] = Counter()
        self.left_out = 0
        self.budget = Budget()
        self._facts: dict[Key, Fact] = {}
        self._alike: dict[tuple[At, Kind], list[Key]] = {}

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def reach(self, operation: str, status: int, where: Where) -> None:
        """Count a message that was compared."""
        self.reached[operation, status, where] += 1

    def rename(self, old: Key, new: Key) -> None:
        """Count what was seen of one difference for another."""
        fact = self._facts.pop(old, None)
        there = self._fact(new) if fact is not None else None
        if fact is not None and there is not None:
            for spot, tally in fact.spots.items():
                there.spots.setdefault(Spot(new.detail, spot.status, spot.where, spot.place), Tally()).merge(tally)
            for reached in [each for each in self.reached if each[0] == old.detail]:
                self.reached[new.detail, reached[1], reached[2]] += self.reached.pop(reached)

    def add(self, found: Iterable[Found], operation: str, status: int, where: Where, moment: float) -> None:
        """Take in what was found in one message; what stands there several times counts once."""
        counted: set[tuple[Key, Spot]] = set()
        for each in found:
            fact = self._fact(self._known(each))
            if fact is None:
                self.left_out += 1
                continue
            spot = Spot(operation, status, where, _shown_place(each, fact.key))
            self._learn(fact, each)
            if (fact.key, spot) not in counted:
                counted.add((fact.key, spot))
                fact.spots.setdefault(spot, Tally()).add(moment)

    def _known(self, found: Found) -> Key:
        """Return the key that a sight counts for: names that are secrets, and too many names, are one."""
        key = found.key
        if key.kind in _UNITED and self._is_unspeakable(found):
            self._unite(key)
        united = Key(key.at, key.kind, ANY)
        return united if united in self._facts else key

    def _is_unspeakable(self, found: Found) -> bool:
        """Whether a name or a value is too long to be told, or a secret."""
        detail = found.key.detail
        is_secret = found.key.kind is Kind.VALUE and is_secret_name(_name_of(found))
        return len(detail) > _LONGEST or is_secret or self.redactor.text(detail) != detail

    def _fact(self, key: Key) -> Fact | None:
        if key in self._facts:
            return self._facts[key]
        alike = self._alike.setdefault((key.at, key.kind), [])
        if len(alike) >= _MOST_ALIKE.get(key.kind, _MOST_FACTS):
            if key.kind not in _UNITED:
                return None
            return self._unite(key)
        return self._new(key)

    def _new(self, key: Key) -> Fact | None:
        if len(self._facts) >= _MOST_FACTS:
            return None
        if key.detail != ANY:
            self._alike.setdefault((key.at, key.kind), []).append(key)
        fact = self._facts[key] = Fact(key, Shape(self.budget))
        return fact

    def _unite(self, key: Key) -> Fact | None:
        """Make one of all differences of a kind in a place."""
        united = self._facts.get(Key(key.at, key.kind, ANY))
        for each in self._alike.pop((key.at, key.kind), ()):
            fact = self._facts.pop(each)
            united = united or self._new(Key(key.at, key.kind, ANY))
            if united is not None:
                _join(united, fact)
        return united or self._new(Key(key.at, key.kind, ANY))

    def _learn(self, fact: Fact, found: Found) -> None:
        if found.value is MISSING:
            return
        key = fact.key
        shown = self.redactor.value(_name_of(found), found.value)
        if key.kind in _SHAPED:
            fact.shape.add(found.value, shown)
        if key.kind is Kind.TYPE and fact.values is not None:
            fact.values[as_json(found.value)[:_LONGEST]] = found.value
            if (
                len(fact.values) > _MOST_ALIKE[Kind.VALUE]
                or shown != found.value
                or kind_of(shown) in {"array", "object"}
            ):
                fact.values = None
        if fact.example is None:
            fact.example = shown
        size = size_of(key.detail, found.value) if key.kind is Kind.LIMIT else None
        if size is not None:
            choose = min if key.detail.startswith("min") else max
            if fact.extreme is None or choose(fact.extreme, size) != fact.extreme:
                fact.extreme, fact.example = size, shown
        if key.kind is Kind.LIMIT and key.detail == "format" and "://" not in str(found.value):
            fact.notes["relative"] = True


def _name_of(found: Found) -> str:
    """Return the name that a value stands under: a secret's, if any name on the way to it is one."""
    names = found.place.split("/")
    return next(filter(is_secret_name, names), names[-1])


def _shown_place(found: Found, key: Key) -> str:
    """Return the place; where many names are one difference, the last name is `*`."""
    if key.kind is Kind.FIELD and key.detail == ANY:
        return f"{found.place.rpartition('/')[0]}/*"
    return found.place


def _join(united: Fact, fact: Fact) -> None:
    united.shape.merge(fact.shape)
    united.example = fact.example if united.example is None else united.example
    for spot, tally in fact.spots.items():
        place = f"{spot.place.rpartition('/')[0]}/*" if fact.key.kind is Kind.FIELD else spot.place
        # Which of them stood in one message is not known any more: at least as many as show the most frequent one.
        united.spots.setdefault(Spot(spot.operation, spot.status, spot.where, place), Tally()).cover(tally)
