"""What each world was asked and how it answered, within a bound: in memory, or in the database of the store."""

from typing import TYPE_CHECKING, cast

from ..store import Store
from .base import Counts, Filters, Journal, JsonObject, Page, Shown
from .memory import MemoryJournal
from .records import Body, Entry, RequestHead
from .redaction import redacted_path, redacted_query, redacted_token
from .wording import Wording

if TYPE_CHECKING:
    from ..store.postgresql.store import PostgresStore
    from ..store.sqlite import SqliteStore
    from .shelf import Database

__all__ = [
    "Body",
    "Counts",
    "Entry",
    "Filters",
    "Journal",
    "JsonObject",
    "MemoryJournal",
    "Page",
    "RequestHead",
    "Shown",
    "Wording",
    "open_journal",
    "redacted_path",
    "redacted_query",
    "redacted_token",
]


def open_journal(store: Store, wording: Wording, limit: int) -> Journal:
    """Open the journal in the same place as a store that is open."""
    database = _database(store)
    if database is None:
        return MemoryJournal(wording, limit)

    from .shelf import Shelf  # noqa: PLC0415 - the default store needs no database
    from .stored import StoredJournal  # noqa: PLC0415 - the same

    return StoredJournal(Shelf(database), wording, limit)


def _database(store: Store) -> "Database | None":
    match store.name:
        case "sqlite":
            from .sqlite import SqliteDatabase  # noqa: PLC0415 - the default store needs no SQLite

            return SqliteDatabase(cast("SqliteStore", store).path)
        case "postgresql":
            from .postgresql import PostgresDatabase  # noqa: PLC0415 - the driver is an extra

            return PostgresDatabase(cast("PostgresStore", store).database)
    return None
