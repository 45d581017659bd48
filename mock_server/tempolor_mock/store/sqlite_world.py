"""One world in an SQLite file, as the domain sees it: each call is a statement or two on an index."""

import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Generic

from ..domain.accounts import Account
from ..domain.callbacks import Callback, Outcome
from ..domain.clock import Clock
from ..domain.faults import Fault
from ..domain.ids import CompositeId, Token
from ..domain.jobs import Job, Status
from ..domain.midi import MidiFile
from ..domain.policy import Policy
from ..domain.room import COUNTER
from ..domain.voices import ClonedVoice
from ..domain.world import CallbackTable, I, JobTable, Table
from . import codec
from .codec import Codec

AFTER_ALL = 2**63 - 1
"""A number after that of every item: the largest SQLite knows."""

Values = tuple[Any, ...]


class Rows:
    """Runs statements whose first parameter is the world's row id."""

    def __init__(self, connection: sqlite3.Connection, world_id: int) -> None:
        self._connection = connection
        self._world_id = world_id

    def run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement."""
        return self._connection.execute(statement, (self._world_id, *values))

    def value(self, statement: str, *values: Any) -> Any:
        """Return the first column of the first row, or None where there is no row."""
        row = self.run(statement, *values).fetchone()
        return None if row is None else row[0]

    def column(self, statement: str, *values: Any) -> Iterator[Any]:
        """Yield the first column of each row."""
        return (row[0] for row in self.run(statement, *values))


class SqliteAccounts(MutableMapping[str, Account]):
    """The accounts of a world, in the order of their ids."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, user_id: str) -> Account:
        text = self._rows.value("SELECT record FROM accounts WHERE world = ? AND user_id = ?", user_id)
        if text is None:
            raise KeyError(user_id)
        return codec.ACCOUNT.decode(text)

    def __setitem__(self, user_id: str, account: Account) -> None:
        self._rows.run(
            "INSERT INTO accounts (world, user_id, record) VALUES (?, ?, ?)"
            " ON CONFLICT (world, user_id) DO UPDATE SET record = excluded.record",
            user_id,
            codec.ACCOUNT.encode(account),
        )

    def __delitem__(self, user_id: str) -> None:
        if self._rows.run("DELETE FROM accounts WHERE world = ? AND user_id = ?", user_id).rowcount == 0:
            raise KeyError(user_id)

    def __iter__(self) -> Iterator[str]:
        return self._rows.column("SELECT user_id FROM accounts WHERE world = ? ORDER BY user_id")

    def __len__(self) -> int:
        return int(self._rows.value("SELECT count(*) FROM accounts WHERE world = ?"))


class SqliteFaults(MutableMapping[str, Fault]):
    """The fault rules of a world, in the order of the texts of their ids."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, fault_id: str) -> Fault:
        text = self._rows.value("SELECT record FROM faults WHERE world = ? AND id = ?", fault_id)
        if text is None:
            raise KeyError(fault_id)
        return codec.FAULT.decode(text)

    def __setitem__(self, fault_id: str, fault: Fault) -> None:
        self._rows.run(
            "INSERT INTO faults (world, id, record) VALUES (?, ?, ?)"
            " ON CONFLICT (world, id) DO UPDATE SET record = excluded.record",
            fault_id,
            codec.FAULT.encode(fault),
        )

    def __delitem__(self, fault_id: str) -> None:
        if self._rows.run("DELETE FROM faults WHERE world = ? AND id = ?", fault_id).rowcount == 0:
            raise KeyError(fault_id)

    def __iter__(self) -> Iterator[str]:
        return self._rows.column("SELECT id FROM faults WHERE world = ? ORDER BY id")

    def __len__(self) -> int:
        return int(self._rows.value("SELECT count(*) FROM faults WHERE world = ?"))


class SqliteBlobs(MutableMapping[str, bytes]):
    """The blobs of a world, in the order of their names."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, name: str) -> bytes:
        content: bytes | None = self._rows.value("SELECT content FROM blobs WHERE world = ? AND name = ?", name)
        if content is None:
            raise KeyError(name)
        return content

    def __setitem__(self, name: str, content: bytes) -> None:
        self._rows.run(
            "INSERT INTO blobs (world, name, content) VALUES (?, ?, ?)"
            " ON CONFLICT (world, name) DO UPDATE SET content = excluded.content",
            name,
            content,
        )

    def __delitem__(self, name: str) -> None:
        if self._rows.run("DELETE FROM blobs WHERE world = ? AND name = ?", name).rowcount == 0:
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return self._rows.column("SELECT name FROM blobs WHERE world = ? ORDER BY name")

    def __len__(self) -> int:
        return int(self._rows.value("SELECT count(*) FROM blobs WHERE world = ?"))


class SqliteTable(Generic[I]):
    """`Table` on the rows of one kind of item."""

    def __init__(self, rows: Rows, kind: str, records: Codec[I]) -> None:
        self._rows = rows
        self._kind = kind
        self._records = records

    def put(self, item: I) -> None:
        """See `Table`. An item's number, id and listing are for good; so are the indexes on them."""
        self._rows.run(
            "INSERT INTO items (world, kind, number, item_id, listing, slot, due_ms, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (world, kind, number)"
            " DO UPDATE SET slot = excluded.slot, due_ms = excluded.due_ms, record = excluded.record",
            self._kind,
            item.number,
            item.id.item_id,
            item.listing,
            *self._slot(item),
            self._records.encode(item),
        )

    def _slot(self, _item: I) -> Values:
        """Return what stands in the columns `slot` and `due_ms`."""
        return None, None

    def get(self, item_id: str) -> I | None:
        """See `Table`."""
        text = self._rows.value(
            "SELECT record FROM items WHERE world = ? AND kind = ? AND item_id = ?", self._kind, item_id
        )
        return None if text is None else self._records.decode(text)

    def delete(self, item_id: str) -> None:
        """See `Table`."""
        self._rows.run("DELETE FROM items WHERE world = ? AND kind = ? AND item_id = ?", self._kind, item_id)

    def page(self, listing: str, *, before: int | None, limit: int) -> list[I]:
        """See `Table`."""
        return self._decoded(
            "SELECT record FROM items WHERE world = ? AND kind = ? AND listing = ? AND number < ?"
            " ORDER BY number DESC LIMIT ?",
            self._kind,
            listing,
            AFTER_ALL if before is None else before,
            limit,
        )

    def __iter__(self) -> Iterator[I]:
        """See `Table`."""
        texts = self._rows.column(
            "SELECT record FROM items WHERE world = ? AND kind = ? ORDER BY number",
            self._kind,
        )
        return map(self._records.decode, texts)

    def _decoded(self, statement: str, *values: Any) -> list[I]:
        return [self._records.decode(text) for text in self._rows.column(statement, *values)]


class SqliteJobs(SqliteTable[Job]):
    """`JobTable` on the same rows, with the indexes that hold running jobs only."""

    def _slot(self, item: Job) -> Values:
        return (item.id.user_id, item.due_ms) if item.active else (None, None)

    def active(self, user_id: str | None = None) -> list[Job]:
        """See `JobTable`."""
        if user_id is None:
            return self._decoded("SELECT record FROM items WHERE world = ? AND slot IS NOT NULL ORDER BY number")
        return self._decoded("SELECT record FROM items WHERE world = ? AND slot = ? ORDER BY number", user_id)

    def count_active(self, user_id: str) -> int:
        """See `JobTable`."""
        return self._rows.value("SELECT taken FROM slots WHERE world = ? AND user_id = ?", user_id) or 0

    def next_due(self, now_ms: int) -> Job | None:
        """See `JobTable`."""
        text = self._rows.value(
            "SELECT record FROM items WHERE world = ? AND slot IS NOT NULL AND due_ms <= ?"
            " ORDER BY due_ms, number LIMIT 1",
            now_ms,
        )
        return None if text is None else self._records.decode(text)

    def next_due_ms(self) -> int | None:
        """See `JobTable`."""
        due_ms: int | None = self._rows.value(
            "SELECT due_ms FROM items WHERE world = ? AND slot IS NOT NULL ORDER BY due_ms LIMIT 1"
        )
        return due_ms


class SqliteCallbacks:
    """`CallbackTable`: the head of each job's queue is marked whenever a callback comes or goes."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, callback: Callback) -> None:
        """See `CallbackTable`."""
        pending, job = callback.outcome is Outcome.DUE, str(callback.job_id)
        self._rows.run(
            "INSERT INTO callbacks (world, number, job, pending, due_ms, leased_until_ms, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (world, number)"
            " DO UPDATE SET pending = excluded.pending, head = head AND excluded.pending, due_ms = excluded.due_ms,"
            " leased_until_ms = excluded.leased_until_ms, record = excluded.record",
            callback.number,
            job,
            pending,
            callback.due_ms,
            callback.leased_until_ms,
            codec.CALLBACK.encode(callback),
        )
        first = self._rows.value(
            "SELECT number FROM callbacks WHERE world = ? AND job = ? AND pending = 1 ORDER BY number LIMIT 1", job
        )
        self._rows.run("UPDATE callbacks SET head = 1 WHERE world = ? AND number = ? AND head = 0", first)

    def get(self, number: int) -> Callback | None:
        """See `CallbackTable`."""
        text = self._rows.value("SELECT record FROM callbacks WHERE world = ? AND number = ?", number)
        return None if text is None else codec.CALLBACK.decode(text)

    def due(self, now_ms: int, *, real_ms: int, limit: int) -> list[Callback]:
        """See `CallbackTable`."""
        return self._decoded(
            "SELECT record FROM callbacks WHERE world = ? AND head = 1 AND due_ms <= ? AND leased_until_ms <= ?"
            " ORDER BY due_ms, number LIMIT ?",
            now_ms,
            real_ms,
            limit,
        )

    def next_due_ms(self, *, real_ms: int = 2**62) -> int | None:
        """See `CallbackTable`."""
        due_ms: int | None = self._rows.value(
            "SELECT due_ms FROM callbacks WHERE world = ? AND head = 1 AND leased_until_ms <= ?"
            " ORDER BY due_ms LIMIT 1",
            real_ms,
        )
        return due_ms

    def pending(self, job_id: CompositeId) -> list[Callback]:
        """See `CallbackTable`."""
        return self._decoded(
            "SELECT record FROM callbacks WHERE world = ? AND job = ? AND pending = 1 ORDER BY number", str(job_id)
        )

    def latest(self, limit: int, *, job_id: str | None = None) -> list[Callback]:
        """See `CallbackTable`."""
        if job_id is None:
            return self._decoded("SELECT record FROM callbacks WHERE world = ? ORDER BY number DESC LIMIT ?", limit)
        return self._decoded(
            "SELECT record FROM callbacks WHERE world = ? AND job = ? ORDER BY number DESC LIMIT ?", job_id, limit
        )

    def forget_finished(self, before: int) -> None:
        """See `CallbackTable`."""
        self._rows.run("DELETE FROM callbacks WHERE world = ? AND number < ? AND pending = 0", before)

    def __iter__(self) -> Iterator[Callback]:
        """See `CallbackTable`."""
        return map(
            codec.CALLBACK.decode,
            self._rows.column("SELECT record FROM callbacks WHERE world = ? ORDER BY number"),
        )

    def _decoded(self, statement: str, *values: Any) -> list[Callback]:
        return [codec.CALLBACK.decode(text) for text in self._rows.column(statement, *values)]


class SqliteWorld:
    """`World` on the objects above: nothing is loaded before somebody asks for it."""

    def __init__(self, rows: Rows, token: Token, policy: Policy, clock: Clock, real_ms: int) -> None:
        self._rows = rows
        self.has_grown = False
        self.ended: list[Status] = []
        self.token = token
        self.policy = policy
        self.clock = clock
        self.now_ms = clock.now(real_ms)
        self.real_ms = real_ms
        self.accounts: MutableMapping[str, Account] = SqliteAccounts(rows)
        self.jobs: JobTable = SqliteJobs(rows, "job", codec.JOB)
        self.callbacks: CallbackTable = SqliteCallbacks(rows)
        self.midi: Table[MidiFile] = SqliteTable(rows, "midi", codec.MIDI_FILE)
        self.voices: Table[ClonedVoice] = SqliteTable(rows, "voice", codec.CLONED_VOICE)
        self.blobs: MutableMapping[str, bytes] = SqliteBlobs(rows)
        self.faults: MutableMapping[str, Fault] = SqliteFaults(rows)

    def count(self, counter: str, by: int = 1) -> int:
        """See `World`."""
        if by:
            self.has_grown |= counter == COUNTER
            self._rows.run(
                "INSERT INTO counters (world, name, value) VALUES (?, ?, ?)"
                " ON CONFLICT (world, name) DO UPDATE SET value = value + excluded.value",
                counter,
                by,
            )
        return self._rows.value("SELECT value FROM counters WHERE world = ? AND name = ?", counter) or 0

    def counters(self) -> Mapping[str, int]:
        """See `World`."""
        return dict(self._rows.run("SELECT name, value FROM counters WHERE world = ? AND value <> 0"))

    def clear(self) -> None:
        """See `World`."""
        self._rows.run("DELETE FROM accounts WHERE world = ?")
        self._rows.run("DELETE FROM blobs WHERE world = ?")
        self._rows.run("DELETE FROM callbacks WHERE world = ?")
        self._rows.run("DELETE FROM counters WHERE world = ?")
        self._rows.run("DELETE FROM faults WHERE world = ?")
        self._rows.run("DELETE FROM items WHERE world = ?")

    def keep_clock(self) -> None:
        """Write the clock down."""
        self._rows.run("UPDATE worlds SET clock = ?2 WHERE id = ?1", codec.CLOCK.encode(self.clock))
