"""A seeded source of choices: the same identity draws the same values in the same order.

A job draws about ten values, and a mock may be asked for thousands of jobs a second: seeding one of Python's random
generators costs more than all draws together, so the words of a hash are handed out instead.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, count
from typing import TypeVar

T = TypeVar("T")

_words_of = struct.Struct("<14I").unpack_from
_WORDS = 1 << 32
_ID_BYTES = 8
_BETWEEN = "\x1f"


class Draws:
    """An id, and values drawn one after the other, from what `identity` hashes to."""

    __slots__ = ("_digest", "_next")
    _next: Callable[[], int]

    def __init__(self, *identity: object) -> None:
        digest = _begun(*identity[:-1]).copy()
        digest.update(str(identity[-1]).encode())
        self._digest = digest.digest()
        self._next = chain(_words_of(self._digest, _ID_BYTES), _more_words(identity)).__next__

    @property
    def item_id(self) -> str:
        """The id, shaped as `ids.item_id` shapes them."""
        return self._digest[:_ID_BYTES].hex()[:15]

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, `limit`; at most 2**32 of them."""
        return self._next() % limit

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + self._next() % (high - low + 1)

    def uniform(self, low: float, high: float) -> float:
        """Draw a number from `low` up to `high`."""
        return low + (high - low) * self._next() / _WORDS

    def choice(self, values: Sequence[T]) -> T:
        """Draw one of some values."""
        return values[self._next() % len(values)]


@lru_cache(maxsize=256)
def _begun(*identity: object) -> hashlib.blake2b:
    """Return the hash of all but the last part of an identity, for all those that differ only there."""
    return hashlib.blake2b("".join([f"{part}{_BETWEEN}" for part in identity]).encode())


def _more_words(identity: Sequence[object]) -> Iterator[int]:
    """Yield numbers of 32 bits for ever."""
    seed = _BETWEEN.join(map(str, identity))
    for part in count(1):
        yield from _words_of(hashlib.blake2b(f"{part}{_BETWEEN}{seed}".encode()).digest(), _ID_BYTES)
