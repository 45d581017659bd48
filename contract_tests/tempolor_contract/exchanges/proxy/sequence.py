"""Puts exchanges back into the order in which they began."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..exchange import Exchange


@dataclass
class Sequence:
    """Hands exchanges on in the order in which they began, as `Inspector` wants them.

    One that goes on and on holds the others up for `patience` seconds, and is handed on late when it is over: a call
    that waits for minutes must not keep violations from being told.
    """

    deliver: Callable[[Exchange], None]
    clock: Callable[[], float]
    patience: float = 5.0
    _next: int = 0
    _begun: dict[int, float] = field(default_factory=dict)
    _done: dict[int, Exchange] = field(default_factory=dict)

    def begin(self) -> int:
        """Return a ticket for an exchange that begins now."""
        self._next += 1
        self._begun[self._next] = self.clock()
        return self._next

    def end(self, ticket: int, exchange: Exchange | None) -> None:
        """Say what came of a ticket: an exchange, or nothing that the upstream ever saw."""
        self._begun.pop(ticket, None)
        if exchange is not None:
            self._done[ticket] = exchange
        self.flush()

    def flush(self, *, everything: bool = False) -> None:
        """Hand on what nothing older holds up any more."""
        oldest = self.clock() - self.patience
        holding = [ticket for ticket, begun in self._begun.items() if begun > oldest and not everything]
        until = min(holding, default=self._next + 1)
        for ticket in sorted(ticket for ticket in self._done if ticket < until):
            self.deliver(self._done.pop(ticket))

    @property
    def waiting(self) -> int:
        """How many exchanges are held up."""
        return len(self._done)
