"""A world's virtual clock: a straight line from real to virtual milliseconds."""

from datetime import UTC, datetime

from .records import Record, replace


class Clock(Record, frozen=True):
    """Virtual time of one world.

    `virtual_ms` was shown at the real moment `real_ms`; since then `speed` virtual milliseconds pass for each real
    one, or none while `frozen`. Both moments are milliseconds since 1970-01-01T00:00Z.
    """

    real_ms: int
    virtual_ms: int
    speed: float = 1.0
    frozen: bool = False

    def now(self, real_ms: int) -> int:
        """Return the virtual moment shown at a real one; it waits where the real clock is before its start."""
        if self.frozen:
            return self.virtual_ms
        return self.virtual_ms + int(max(0, real_ms - self.real_ms) * self.speed)

    def real_at(self, virtual_ms: int) -> int | None:
        """Return the real moment at which `virtual_ms` is reached, or None while the clock stands still."""
        if self.frozen:
            return None
        return self.real_ms + max(0, -int(-(virtual_ms - self.virtual_ms) // self.speed))

    def anchored(self, real_ms: int) -> "Clock":
        """Return the same clock, its line drawn from `real_ms` on."""
        return replace(self, real_ms=real_ms, virtual_ms=self.now(real_ms))

    def moved_to(self, virtual_ms: int, real_ms: int) -> "Clock":
        """Return this clock showing `virtual_ms` at `real_ms`, going on as before."""
        return replace(self, real_ms=real_ms, virtual_ms=virtual_ms)


def iso(moment_ms: int) -> str:
    """Return a moment as the service prints it: `2025-05-15T14:30:34.567Z`."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minutes_seconds(duration_ms: int) -> str:
    """Return a duration as MM:SS; minutes run on past 59, as the scheduler shows them."""
    minutes, seconds = divmod(max(0, duration_ms) // 1000, 60)
    return f"{minutes:02d}:{seconds:02d}"
