"""Requests that the document allows and the service refuses, and what they have in common, where counts tell it.

Only a request with a body is looked at, and only a 400 that blames a field, or has a text that the document does not:
other refusals may be right for what was there before. A cause is told if it parts all that were refused from all that
were taken, and no other does; one that the text names needs fewer of them.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tempolor_spec.secrets import is_secret_name

from ..document.call import Call
from .facts import Tally

_MOST_TEXTS: Final = 20
_MOST_NAMES: Final = 40
_MOST_VALUES: Final = 40
_LONGEST: Final = 200
_ENOUGH: Final = 3
"""How many requests must be refused, and taken, before counts alone tell a cause."""


@dataclass
class _Seen:
    """What some requests have sent: how many had each field, its values, and how large it was."""

    count: int = 0
    names: Counter[str] = field(default_factory=Counter)
    values: dict[str, set[str]] = field(default_factory=dict)
    sizes: dict[str, tuple[float, float]] = field(default_factory=dict)

    def add(self, fields: Mapping[str, Any]) -> None:
        """Take in a request's fields."""
        self.count += 1
        for name, value in fields.items():
            if is_secret_name(name) or (name not in self.names and len(self.names) >= _MOST_NAMES):
                continue
            self.names[name] += 1
            values = self.values.setdefault(name, set())
            if len(values) <= _MOST_VALUES:
                values.add(json.dumps(value)[:_LONGEST])
            size = len(value) if isinstance(value, str) else value
            if isinstance(size, int | float) and not isinstance(size, bool):
                low, high = self.sizes.get(name, (size, size))
                self.sizes[name] = min(low, size), max(high, size)


@dataclass
class Refusal:
    """Valid requests of one operation that were refused with one text; `example` is that text as it came."""

    operation: str
    text: str
    example: str
    taken: _Seen
    seen: _Seen = field(default_factory=_Seen)
    tally: Tally = field(default_factory=Tally)

    @property
    def of(self) -> int:
        """How many valid requests of the operation had an answer that tells: these, and those that were taken."""
        return self.seen.count + self.taken.count

    @property
    def cause(self) -> str:
        """What parts these requests from those that were taken, in words; empty if nothing does, or several things."""
        causes = dict(self._causes())
        named = {name: told for name, told in causes.items() if name in self.example}
        if named and self.taken.count:
            return next(iter(named.values())) if len(named) == 1 else ""
        enough = min(self.seen.count, self.taken.count) >= _ENOUGH
        return next(iter(causes.values())) if enough and len(causes) == 1 else ""

    def _causes(self) -> Iterator[tuple[str, str]]:
        for name, count in self.taken.names.items():
            if count == self.taken.count and name not in self.seen.names:
                yield name, f"{name} must be there"
        for name, count in self.seen.names.items():
            if count == self.seen.count and (told := self._of_values(name)):
                yield name, told

    def _of_values(self, name: str) -> str:
        """Say what the values of a field that all of them have part from those that were taken."""
        if not self.taken.names[name]:
            return f"{name} may not be there" if self.taken.count >= _ENOUGH else ""
        mine, theirs = self.seen.sizes.get(name), self.taken.sizes.get(name)
        values = self.seen.values[name]
        if len(values) == 1 and len(self.taken.values[name]) <= _MOST_VALUES and not values & self.taken.values[name]:
            return f"{name} may not be {next(iter(values))}"
        if mine and theirs and mine[0] > theirs[1]:
            return f"{name} may be at most {theirs[1]:g} for all that is known, and not {mine[0]:g}"
        if mine and theirs and mine[1] < theirs[0]:
            return f"{name} must be at least {theirs[0]:g} for all that is known, and not {mine[1]:g}"
        return ""


class Refusals:
    """The refusals of valid requests seen so far. `left_out` counts those that found no more room."""

    def __init__(self) -> None:
        self.left_out = 0
        self._taken: dict[str, _Seen] = {}
        self._refused: dict[str, dict[str, Refusal]] = {}

    def __iter__(self) -> Iterator[Refusal]:
        return (each for texts in self._refused.values() for each in texts.values())

    def take(self, call: Call) -> None:
        """Count a request that was accepted."""
        self._taken.setdefault(call.operation, _Seen()).add(call.fields)

    def refuse(self, call: Call, text: str, example: str) -> None:
        """Count a valid request that was refused with a text; `example` is the text to be shown."""
        texts = self._refused.setdefault(call.operation, {})
        if text not in texts and len(texts) >= _MOST_TEXTS:
            self.left_out += 1
            return
        taken = self._taken.setdefault(call.operation, _Seen())
        refusal = texts.setdefault(text, Refusal(call.operation, text, example, taken))
        refusal.seen.add(call.fields)
        refusal.tally.add(call.exchange.started)
