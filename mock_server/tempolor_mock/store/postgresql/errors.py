"""What goes wrong with the database, in the words a user or a client is told: one line, and never a password."""

import logging
from urllib.parse import urlsplit

import asyncpg
from asyncpg import exceptions as pg

from ...domain.errors import ServiceError, store_unavailable
from ..base import StoreError

logger = logging.getLogger("tempolor.mock")

Failures = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
"""Whatever a call of the database may raise."""

_OF_OTHER_LAYOUT = (pg.UndefinedFunctionError, pg.UndefinedTableError, pg.UndefinedColumnError)
_LOST = (pg.PostgresConnectionError, pg.OperatorInterventionError, asyncpg.InterfaceError, OSError, TimeoutError)
"""Errors that leave open what became of a statement that was sent."""


def shown(url: str) -> str:
    """Return a URL as it may be told: host, port and database, without user, password and parameters."""
    try:
        parts = urlsplit(url)
        return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return "postgresql://..."


def refused(url: str, error: Exception) -> StoreError:
    """Return what a user is told whose mock cannot start with a database."""
    return StoreError(f"cannot keep worlds in {shown(url)}: {_advice(error) or reason(error)}")


def _advice(error: Exception) -> str | None:
    match error:
        case pg.InvalidPasswordError() | pg.InvalidAuthorizationSpecificationError():
            return f"{_said(error)}. Check user and password in --store (or PGPASSWORD)"
        case pg.InvalidCatalogNameError():
            return f"{_said(error)}. Create it, or name another one in --store"
        case pg.InsufficientPrivilegeError() | pg.InvalidSchemaNameError():
            return f"{_said(error)}. The user needs a schema in which it may create tables"
        case asyncpg.ClientConfigurationError() | ValueError():
            return "not a URL such as postgresql://USER:PASSWORD@HOST:5432/DATABASE"
    return None


_REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (pg.DiskFullError, "the database's disk is full"),
    (pg.TooManyConnectionsError, "the database has no more connections to give"),
    (pg.LockNotAvailableError, "somebody else has locked it"),
    (pg.ReadOnlySQLTransactionError, "the database takes no changes; it is a standby, or read-only"),
    (_OF_OTHER_LAYOUT, "the tables are those of another version of the kit"),
    ((pg.PostgresConnectionError, asyncpg.InterfaceError), "the connection to the database was lost"),
    (TimeoutError, "the database does not answer in time"),
)
"""What went wrong, by error; the first that fits."""


def reason(error: Exception) -> str:
    """Return what went wrong, in a few words."""
    for kinds, words in _REASONS:
        if isinstance(error, kinds):
            return words
    if isinstance(error, OSError):
        return f"the database cannot be reached ({error.strerror or type(error).__name__})"
    return _said(error)


def _said(error: Exception) -> str:
    """Return the first line of what the server said; PostgreSQL names users and tables there, and no secrets."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def unavailable(error: Exception, *, written: bool = False) -> ServiceError:
    """Return the 503 for an error; after a write that was sent, nobody may know whether it was done."""
    refusal = store_unavailable(reason(error), may_be_done=written and isinstance(error, _LOST))
    refusal.__cause__ = error
    return refusal


def damaged(error: Exception) -> ServiceError:
    """Return the 500 for a record that cannot be read."""
    logger.error("the database is damaged: %s", error)
    return ServiceError(
        500,
        f"A record in the mock's database is damaged: {error}. Restore the database from a copy, or empty this world "
        "with POST /_mock/reset",
    )
