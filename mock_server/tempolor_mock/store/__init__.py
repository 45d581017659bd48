"""Where worlds are kept: one interface, several stores."""

from pathlib import Path

from ..domain.policy import Policy
from ..domain.room import Limits
from .base import Action, Begin, MustWaitError, NewClock, Store, StoreError, begin_empty
from .memory import MemoryStore

__all__ = [
    "Action",
    "Begin",
    "MemoryStore",
    "MustWaitError",
    "NewClock",
    "Store",
    "StoreError",
    "begin_empty",
    "open_store",
]


def open_store(
    name: str,
    policy: Policy,
    new_clock: NewClock,
    begin: Begin = begin_empty,
    limits: Limits = Limits(),  # noqa: B008 - it is immutable
) -> Store:
    """Open the store a user named, `memory` or `sqlite:FILE`; StoreError where that cannot be done."""
    kind, _, place = name.partition(":")
    match kind, place:
        case "memory", "":
            return MemoryStore(policy, new_clock, begin, limits)
        case "sqlite", place if place:
            from .sqlite import SqliteStore  # noqa: PLC0415 - the default store needs no SQLite

            return SqliteStore(Path(place), policy, new_clock, begin, limits)
    raise StoreError(f"unknown store {name!r}: use memory, or sqlite:FILE")
