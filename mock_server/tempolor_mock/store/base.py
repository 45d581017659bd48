"""The interface every store implements."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from ..domain.clock import Clock
from ..domain.ids import Token
from ..domain.jobs import Status
from ..domain.world import World

T = TypeVar("T")
Action = Callable[[World], T]
"""What runs inside a transaction: a plain function of a world that is settled up to now."""

NewClock = Callable[[int], Clock]
"""Makes a world's first clock; it is given the real moment, in milliseconds since 1970."""

Begin = Callable[[World], None]
"""Furnishes a world that was just created, before anything else happens in it."""


def tell_nobody(_told: object) -> None:
    """Do nothing: what a store's `dropped` and `settled` are while nobody wants to know."""


def begin_empty(_world: World) -> None:
    """Leave a new world as it is: what `Begin` is where nothing else was asked for."""


class StoreError(Exception):
    """Worlds cannot be kept, or begun, as the user asked; the message says where and why, in one line."""


class Totals(NamedTuple):
    """How many worlds are kept, and how many bytes of uploads and accounts (`room`)."""

    worlds: int
    bytes: int


class MustWaitError(Exception):
    """A transaction cannot begin at once, since somebody else's is under way; nothing has happened."""


class Store(Protocol):
    """Keeps worlds and runs functions on them.

    A transaction is exclusive for its world, so capacity is decided atomically whichever store is in use. Actions
    load, decide and only then change anything: one that raises has changed nothing. The world an action sees is
    settled up to the virtual moment that belongs to `real_ms` (milliseconds since 1970); it stays so if the action
    raises.
    """

    name: str
    is_shared: bool
    """Whether other processes look after the same worlds, and this one after theirs."""
    dropped: Callable[[Token], None]
    """Is told which worlds had to go to make room for others."""
    settled: Callable[[Sequence[Status]], None]
    """Is told how jobs ended, each job once by whichever process found it at its end."""

    async def transact(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """Run `action` on the token's world, which is created at its first use, and return its result."""

    def transact_now(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """Do the same without waiting for anything; raise MustWaitError where it cannot be done so."""

    async def find_token(self, handle: str) -> Token | None:
        """Return the token of the world with that public handle (`Token.handle`), if there is one."""

    async def tokens(self) -> Sequence[Token]:
        """Return the token of every world, in the order of their creation."""

    async def worlds_with_work(self) -> Sequence[Token]:
        """Return the tokens of the worlds in which a job runs or a callback is still to be sent.

        Whoever delivers callbacks asks once, at start: what a store kept over a restart is due without anybody calling.
        """

    async def left_behind(self, real_ms: int) -> Sequence[Token]:
        """Return the tokens of the worlds in which something was due by a real moment, and nobody has done it."""

    async def totals(self) -> Totals:
        """Return how much is kept."""

    async def check(self) -> None:
        """Do nothing; a 503 where worlds cannot be reached now."""

    async def reset(self, token: Token | None) -> int:
        """Empty one world, or all of them, as if they had never been used; return how many there were."""

    async def close(self) -> None:
        """Release what the store holds."""
