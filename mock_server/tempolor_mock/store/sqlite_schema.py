"""The tables of the SQLite store, and how a file gets or shows them."""

import sqlite3
import time
from pathlib import Path

from .base import StoreError
from .sqlite_errors import is_busy

APPLICATION_ID = 0x54504C52
"""Stands in the file's header (`TPLR`), so that no other program's database is taken for ours."""

SCHEMA_VERSION = 3
"""Stands in the file's header; another one when tables or records change their shape."""

SECONDS_TO_OPEN = 5
"""How long another process may hold the file while this one opens it."""

# How many worlds there are and how many bytes they keep, by triggers: adding that up costs as much as there are.
_TOTALS = (
    "CREATE TABLE totals (id INTEGER PRIMARY KEY, worlds INTEGER NOT NULL, bytes INTEGER NOT NULL)",
    """INSERT INTO totals SELECT 1, (SELECT count(*) FROM worlds),
        (SELECT coalesce(sum(value), 0) FROM counters WHERE name = 'bytes')""",
    "CREATE TRIGGER world_begun AFTER INSERT ON worlds BEGIN UPDATE totals SET worlds = worlds + 1; END",
    "CREATE TRIGGER world_gone AFTER DELETE ON worlds BEGIN UPDATE totals SET worlds = worlds - 1; END",
    """CREATE TRIGGER first_bytes AFTER INSERT ON counters WHEN NEW.name = 'bytes' BEGIN
        UPDATE totals SET bytes = bytes + NEW.value;
    END""",
    """CREATE TRIGGER more_bytes AFTER UPDATE ON counters WHEN NEW.name = 'bytes' BEGIN
        UPDATE totals SET bytes = bytes + NEW.value - OLD.value;
    END""",
    """CREATE TRIGGER bytes_gone AFTER DELETE ON counters WHEN OLD.name = 'bytes' BEGIN
        UPDATE totals SET bytes = bytes - OLD.value;
    END""",
)

_TABLES = (
    """CREATE TABLE worlds (
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        handle TEXT NOT NULL UNIQUE,
        clock TEXT NOT NULL,
        used_ms INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX worlds_by_use ON worlds (used_ms, id)",
    """CREATE TABLE accounts (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        user_id TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (world, user_id)
    )""",
    """CREATE TABLE counters (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        name TEXT NOT NULL,
        value INTEGER NOT NULL,
        PRIMARY KEY (world, name)
    ) WITHOUT ROWID""",
    """CREATE TABLE blobs (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        name TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (world, name)
    )""",
    """CREATE TABLE faults (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        id TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (world, id)
    )""",
    # Jobs, MIDI files and voices. Of a running job, `slot` is the account whose slot it takes and `due_ms` the virtual
    # moment of its next step; both are NULL for everything else, so that the indexes on them hold running jobs only.
    """CREATE TABLE items (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        item_id TEXT NOT NULL,
        listing TEXT NOT NULL,
        slot TEXT,
        due_ms INTEGER,
        record TEXT NOT NULL,
        PRIMARY KEY (world, kind, number),
        UNIQUE (world, kind, item_id)
    )""",
    "CREATE INDEX items_by_listing ON items (world, kind, listing, number)",
    "CREATE INDEX running_jobs ON items (world, number) WHERE slot IS NOT NULL",
    "CREATE INDEX running_jobs_by_account ON items (world, slot, number) WHERE slot IS NOT NULL",
    "CREATE INDEX running_jobs_by_due ON items (world, due_ms, number) WHERE slot IS NOT NULL",
    # How many slots of an account are taken, kept by triggers: counting them costs as much as there are.
    """CREATE TABLE slots (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        user_id TEXT NOT NULL,
        taken INTEGER NOT NULL,
        PRIMARY KEY (world, user_id)
    ) WITHOUT ROWID""",
    """CREATE TRIGGER slot_taken AFTER INSERT ON items WHEN NEW.slot IS NOT NULL BEGIN
        INSERT INTO slots (world, user_id, taken) VALUES (NEW.world, NEW.slot, 1)
        ON CONFLICT (world, user_id) DO UPDATE SET taken = taken + 1;
    END""",
    """CREATE TRIGGER slot_taken_again AFTER UPDATE ON items WHEN OLD.slot IS NULL AND NEW.slot IS NOT NULL BEGIN
        INSERT INTO slots (world, user_id, taken) VALUES (NEW.world, NEW.slot, 1)
        ON CONFLICT (world, user_id) DO UPDATE SET taken = taken + 1;
    END""",
    """CREATE TRIGGER slot_freed AFTER UPDATE ON items WHEN OLD.slot IS NOT NULL AND NEW.slot IS NULL BEGIN
        UPDATE slots SET taken = taken - 1 WHERE world = OLD.world AND user_id = OLD.slot;
    END""",
    """CREATE TRIGGER slot_deleted AFTER DELETE ON items WHEN OLD.slot IS NOT NULL BEGIN
        UPDATE slots SET taken = taken - 1 WHERE world = OLD.world AND user_id = OLD.slot;
    END""",
    # `head` marks the first pending callback of a job: the only one of its job that may be sent.
    """CREATE TABLE callbacks (
        world INTEGER NOT NULL REFERENCES worlds ON DELETE CASCADE,
        number INTEGER NOT NULL,
        job TEXT NOT NULL,
        pending INTEGER NOT NULL,
        head INTEGER NOT NULL DEFAULT 0,
        due_ms INTEGER NOT NULL,
        leased_until_ms INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (world, number)
    )""",
    "CREATE INDEX callbacks_by_job ON callbacks (world, job, number)",
    "CREATE INDEX pending_callbacks ON callbacks (world, job, number) WHERE pending = 1",
    "CREATE INDEX finished_callbacks ON callbacks (world, number) WHERE pending = 0",
    "CREATE INDEX heads_by_due ON callbacks (world, due_ms, number, leased_until_ms) WHERE head = 1",
    *_TOTALS,
)


_FROM_VERSION_2 = (
    "ALTER TABLE worlds ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX worlds_by_use ON worlds (used_ms, id)",
    "INSERT INTO counters (world, name, value) SELECT world, 'bytes', sum(length(content)) FROM blobs GROUP BY world",
    *_TOTALS,
    "PRAGMA user_version = 3",
)
"""What makes a file of the version before one of this."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a file of worlds, or make one; StoreError where it cannot be opened, written, or is not such a file.

    The connection may be used by one thread at a time, whichever that is: an application is often made in another
    thread than the one that serves it. It never waits for another process: whoever uses it must be ready for
    SQLITE_BUSY.
    """
    try:
        connection = sqlite3.connect(path, timeout=SECONDS_TO_OPEN, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise StoreError(f"cannot keep worlds in {path}: {error}") from None
    try:
        _prepare(connection, path)
    except (sqlite3.Error, StoreError) as error:
        connection.close()
        raise (error if isinstance(error, StoreError) else _refused(path, error)) from None
    return connection


def _refused(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(f"cannot keep worlds in {path}: {error}")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")  # Fails at once where the file cannot be written.
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        _create_tables(connection)
    _check_header(connection, path)
    connection.execute("COMMIT")
    _write_ahead(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    # What was committed is with the operating system then: it survives this process, though not a power cut.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA busy_timeout = 0")


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _check_header(connection: sqlite3.Connection, path: Path) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != APPLICATION_ID:
        raise StoreError(f"cannot keep worlds in {path}: it is a database of another program")
    if version == 2:
        for statement in _FROM_VERSION_2:
            connection.execute(statement)
    elif version != SCHEMA_VERSION:
        raise StoreError(
            f"cannot read the worlds in {path}: its layout is version {version}, this kit's is {SCHEMA_VERSION}. "
            "Save its worlds with the kit that wrote it (GET /_mock/snapshot) and load them into a new file"
        )


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log. SQLite does not wait for others here, so this does, while two processes start."""
    deadline = time.monotonic() + SECONDS_TO_OPEN
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
