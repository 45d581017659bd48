"""What goes wrong with the file of worlds while it is used, in the words a client is told."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..domain.errors import ServiceError, store_damaged, store_unavailable
from .codec import UnreadableRecordError

logger = logging.getLogger("tempolor.mock")

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the file just now."""
    return _code(error) == sqlite3.SQLITE_BUSY


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of the file into a 503, which may be over soon, or a 500 where the file is damaged."""
    try:
        yield
    except UnreadableRecordError as error:
        raise _damaged(path, error) from error
    except sqlite3.Error as error:
        if _code(error) in _DAMAGED:
            raise _damaged(path, error) from error
        if _code(error) == sqlite3.SQLITE_FULL:
            raise store_unavailable(f"the disk with {path.name} is full") from error
        raise store_unavailable(f"{path.name} cannot be used: {error}") from error


def _damaged(path: Path, error: Exception) -> ServiceError:
    logger.error("%s is damaged: %s", path, error)
    return store_damaged(path.name, str(error))


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code; 0 where the error is Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
