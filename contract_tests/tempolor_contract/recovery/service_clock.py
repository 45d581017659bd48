"""What time it is at the service: by the recorder's clock, or by what the service tells where that is another time."""

from dataclasses import dataclass
from typing import Final

END_OF_TIME_MS: Final = 221_845_392_000_000
"""The first of January 9000: no clock goes further."""

_APART_MS: Final = 5_000
"""Clocks of machines differ by less; beyond it the service has a time of its own, as a mock has whose clock was set."""


@dataclass(frozen=True)
class Stamp:
    """A moment: by the recorder's clock (0: unknown), and the latest one that the service had told of by then."""

    wall_ms: int = 0
    told_ms: int = 0


class ServiceClock:
    """Follows the calls of one world in their order."""

    def __init__(self) -> None:
        self._wall_ms = 0
        self._told_ms = 0
        self.apart = False

    def reach(self, wall_ms: int) -> None:
        """Note that the recorder's clock had come so far."""
        self._wall_ms = max(self._wall_ms, wall_ms)

    def tell(self, moment_ms: object) -> None:
        """Note a moment that the service told and that cannot lie after its present."""
        if isinstance(moment_ms, int) and 0 < moment_ms < END_OF_TIME_MS:
            self._told_ms = max(self._told_ms, moment_ms)
            self.apart = self.apart or 0 < self._wall_ms < moment_ms - _APART_MS

    def compare(self, moment_ms: object, wall_ms: int) -> None:
        """Note what the service's clock showed at a moment of the recorder's."""
        self.tell(moment_ms)
        if isinstance(moment_ms, int) and wall_ms:
            self.apart = self.apart or abs(moment_ms - wall_ms) > _APART_MS

    @property
    def stamp(self) -> Stamp:
        """The present."""
        return Stamp(self._wall_ms, self._told_ms)

    def at(self, stamp: Stamp) -> int:
        """Return the service's time at a moment, in milliseconds since 1970; known best when all has been seen."""
        by_wall = 0 if self.apart else stamp.wall_ms
        return max(by_wall, stamp.told_ms)
