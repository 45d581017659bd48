"""A seeded source of choices: the same identity draws the same values in the same order.

A job draws some thirty values, and a mock may be asked for thousands of jobs a second: seeding one of Python's random
generators costs more than all draws together, so a number made of a hash is divided up instead.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_FINENESS = 1 << 24
_RESERVE = 1 << 64


class Draws:
    """Values drawn one after the other from what `identity` hashes to."""

    def __init__(self, *identity: object) -> None:
        self._seed = "\x1f".join(map(str, identity))
        self._round = 0
        self._pool = self._refilled()

    def _refilled(self) -> int:
        self._round += 1
        return int.from_bytes(hashlib.blake2b(f"{self._round}\x1f{self._seed}".encode()).digest())

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, `limit`; at most 2**64 of them."""
        if self._pool < _RESERVE:
            self._pool = self._refilled()
        self._pool, drawn = divmod(self._pool, limit)
        return drawn

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def uniform(self, low: float, high: float) -> float:
        """Draw a number from `low` up to `high`."""
        return low + (high - low) * self.below(_FINENESS) / _FINENESS

    def choice(self, values: Sequence[T]) -> T:
        """Draw one of some values."""
        return values[self.below(len(values))]
