"""The interface every store implements."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from ..domain.ids import Token
from ..domain.world import World

T = TypeVar("T")
Action = Callable[[World], T]
"""What runs inside a transaction: a plain function of a world that is settled up to now."""


class Store(Protocol):
    """Keeps worlds and runs functions on them.

    A transaction is exclusive for its world, so capacity is decided atomically whichever store is in use. Actions
    load, decide and only then change anything: one that raises has changed nothing. The world an action sees is
    settled up to the virtual moment that belongs to `real_ms` (milliseconds since 1970).
    """

    name: str

    async def transact(self, token: Token, action: Action[T], *, real_ms: int) -> T:
        """Run `action` on the token's world, which is created at its first use, and return its result."""

    async def find_token(self, handle: str) -> Token | None:
        """Return the token of the world with that public handle (`Token.handle`), if there is one."""

    async def reset(self, token: Token | None) -> int:
        """Empty one world, or all of them, as if they had never been used; return how many there were."""

    async def close(self) -> None:
        """Release what the store holds."""
