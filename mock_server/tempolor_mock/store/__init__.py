"""Where worlds are kept: one interface, several stores."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.policy import Policy
from ..domain.room import Limits
from .base import Action, Begin, MustWaitError, NewClock, Store, StoreError, Totals, begin_empty
from .memory import MemoryStore

if TYPE_CHECKING:
    from .postgresql.store import PostgresStore

__all__ = [
    "Action",
    "Begin",
    "MemoryStore",
    "MustWaitError",
    "NewClock",
    "Store",
    "StoreError",
    "Totals",
    "begin_empty",
    "open_store",
]


def open_store(  # noqa: PLR0913 - what every store is made of
    name: str,
    policy: Policy,
    new_clock: NewClock,
    begin: Begin = begin_empty,
    limits: Limits = Limits(),  # noqa: B008 - it is immutable
    *,
    connections: int = 10,
) -> Store:
    """Open the store a user named; StoreError where that cannot be done.

    `connections` is how many a database may be asked for at most.
    """
    kind, _, place = name.partition(":")
    match kind, place:
        case "memory", "":
            return MemoryStore(policy, new_clock, begin, limits)
        case "sqlite", place if place:
            from .sqlite import SqliteStore  # noqa: PLC0415 - the default store needs no SQLite

            return SqliteStore(Path(place), policy, new_clock, begin, limits)
        case "postgresql" | "postgres", place if place.startswith("//"):
            return _postgresql()(name, policy, new_clock, begin, limits, connections=connections)
    raise StoreError(f"unknown store {name!r}: use memory, sqlite:FILE or postgresql://...")


def _postgresql() -> "type[PostgresStore]":
    """Return the class, which needs a driver that the plain installation does not have."""
    try:
        import asyncpg  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise StoreError("--store postgresql://... needs a driver: pip install 'tempolor-kit[postgresql]'") from None
    from .postgresql.store import PostgresStore  # noqa: PLC0415 - the same

    return PostgresStore
