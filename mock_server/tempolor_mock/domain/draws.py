"""A seeded source of choices: the same identity draws the same values in the same order.

A request for music draws about fourteen values, and thousands may come in a second: seeding one of Python's
random generators costs more than all draws together, so the words of a hash are handed out instead.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count
from typing import TypeVar

T = TypeVar("T")

_words_of = struct.Struct("<16I").unpack
_WORDS = 1 << 32


class Draws:
    """Values drawn one after the other from what `identity` hashes to."""

    __slots__ = ("_next",)
    _next: Callable[[], int]

    def __init__(self, *identity: object) -> None:
        seed = "\x1f".join(map(str, identity)).encode()
        self._next = chain(_words_of(hashlib.blake2b(seed).digest()), _more_words(seed)).__next__

    def item_id(self) -> str:
        """Draw an id, shaped as `ids.item_id` shapes them."""
        return f"{self._next() << 28 | self._next() >> 4:015x}"

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, `limit`; at most 2**32 of them."""
        return self._next() % limit

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + self._next() % (high - low + 1)

    def quantile(self, values: Sequence[float]) -> float:
        """Draw from a distribution that is given by its values at evenly spaced quantiles, lowest first."""
        place, rest = divmod(self._next() * (len(values) - 1), _WORDS)
        low, high = values[place], values[min(place + 1, len(values) - 1)]
        return low + (high - low) * rest / _WORDS

    def milliseconds(self, seconds: Sequence[float]) -> int:
        """Draw a duration from a distribution of seconds, in whole milliseconds."""
        return round(self.quantile(seconds) * 1000)

    def choice(self, values: Sequence[T]) -> T:
        """Draw one of some values."""
        return values[self._next() % len(values)]


def _more_words(seed: bytes) -> Iterator[int]:
    """Yield numbers of 32 bits for ever."""
    for part in count(1):
        yield from _words_of(hashlib.blake2b(b"%d\x1f%s" % (part, seed)).digest())
