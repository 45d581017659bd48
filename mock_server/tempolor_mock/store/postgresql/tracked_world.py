"""A world in memory that takes note of each change: to write it to a database, or to take it back.

What is here is a copy of what the database has. It is right as of one version of the world, and brought to the next
one by the rows that changed since then.
"""

import re
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

import msgspec

from ...domain.accounts import Account
from ...domain.callbacks import Callback
from ...domain.clock import Clock
from ...domain.faults import Fault
from ...domain.ids import Token
from ...domain.jobs import Job
from ...domain.midi import MidiFile
from ...domain.policy import Policy
from ...domain.records import Record
from ...domain.voices import ClonedVoice
from ...domain.world import I
from .. import codec
from ..codec import Codec
from ..memory_world import MemoryCallbacks, MemoryJobs, MemoryTable, MemoryWorld

V = TypeVar("V")


class State(Record, frozen=True):
    """What a world has once: its clock and its counters."""

    clock: Clock
    counters: dict[str, int]


STATE = Codec(State)


class MissingBlobError(BaseException):
    """An action wants the bytes of an upload that are not here; no `except Exception` of an action may take it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Row(NamedTuple):
    """What the database keeps of one record; `record` is None where it was deleted. Of a blob it is the size."""

    kind: str
    key: str
    version: int
    record: str | None


def storable(key: str) -> str:
    """Return a key as the database can keep it: its texts hold no zeros."""
    return key.replace("\\", "\\\\").replace("\0", "\\0")


def stored(text: str) -> str:
    """Return the key that was made `storable`."""
    return re.sub(r"\\(.)", lambda match: "\0" if match[1] == "0" else "\\", text)


class Changeable(Protocol):
    """What has something at keys that is changed."""

    def restore(self, key: str, record: Any) -> None:
        """Make a record what it was or is, None for nothing at all; take no note of it."""


class Part(Changeable, Protocol):
    """A part of a world that keeps records of one kind by their keys."""

    kind: str

    def take(self, rows: Iterable[Row]) -> None:
        """Make records what the database has, in the order in which they were made."""

    def text(self, key: str) -> str | None:
        """Return a record as the database keeps it; None where there is none."""


class Changes:
    """What was changed and what was there before, in order."""

    def __init__(self) -> None:
        self._before: list[tuple[Changeable, str, Any]] = []

    def note(self, part: Changeable, key: str, before: Any) -> None:
        """Take note that a record is about to change."""
        self._before.append((part, key, before))

    def __len__(self) -> int:
        """Return how many there were: a mark that `undo` takes."""
        return len(self._before)

    def __iter__(self) -> Iterator[tuple[Changeable, str]]:
        """Yield part and key of each change, oldest first."""
        return ((part, key) for part, key, _ in self._before)

    def undo(self, mark: int = 0) -> None:
        """Take back what was changed since a mark."""
        while len(self._before) > mark:
            part, key, before = self._before.pop()
            part.restore(key, before)

    def forget(self) -> None:
        """Let all changes stand."""
        self._before.clear()


class TrackedTable(MemoryTable[I]):
    """`MemoryTable` that takes notes."""

    def __init__(self, changes: Changes, kind: str, records: Codec[I]) -> None:
        super().__init__()
        self.kind = kind
        self._changes = changes
        self._records = records

    def put(self, item: I) -> None:
        """See `Table`."""
        self._changes.note(self, item.id.item_id, self.get(item.id.item_id))
        super().put(item)

    def delete(self, item_id: str) -> None:
        """See `Table`."""
        self._changes.note(self, item_id, self.get(item_id))
        super().delete(item_id)

    def restore(self, key: str, record: I | None) -> None:
        """See `Part`."""
        if record is not None:
            super().put(record)
        elif key in self._by_id:
            super().delete(key)

    def take(self, rows: Iterable[Row]) -> None:
        """See `Part`."""
        _take_in_order(self, rows, self._records)

    def text(self, key: str) -> str | None:
        """See `Part`."""
        item = self.get(key)
        return None if item is None else self._records.encode(item)


class TrackedJobs(TrackedTable[Job], MemoryJobs):
    """`MemoryJobs` that takes notes."""


class TrackedCallbacks(MemoryCallbacks):
    """`MemoryCallbacks` that takes notes."""

    kind = "callback"

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self._changes = changes

    def put(self, callback: Callback) -> None:
        """See `CallbackTable`."""
        self._changes.note(self, str(callback.number), self.get(callback.number))
        super().put(callback)

    def remove(self, number: int) -> None:
        """See `MemoryCallbacks`."""
        self._changes.note(self, str(number), self.get(number))
        super().remove(number)

    def restore(self, key: str, record: Callback | None) -> None:
        """See `Part`."""
        if self.get(int(key)) is not None:
            super().remove(int(key))
        if record is not None:
            super().put(record)

    def take(self, rows: Iterable[Row]) -> None:
        """See `Part`."""
        _take_in_order(self, rows, codec.CALLBACK)

    def text(self, key: str) -> str | None:
        """See `Part`."""
        callback = self.get(int(key))
        return None if callback is None else codec.CALLBACK.encode(callback)


def _take_in_order(part: Part, rows: Iterable[Row], records: Codec[Any]) -> None:
    found = [(row.key, None if row.record is None else records.decode(row.record)) for row in rows]
    for key, record in sorted(found, key=lambda each: 0 if each[1] is None else each[1].number):
        part.restore(key, record)


class TrackedMapping(MutableMapping[str, V], Generic[V]):
    """A dictionary that takes notes, in the order of the texts of its keys."""

    def __init__(self, changes: Changes, kind: str, records: Codec[V]) -> None:
        self.kind = kind
        self._changes = changes
        self._records = records
        self._items: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        return self._items[key]

    def __setitem__(self, key: str, item: V) -> None:
        self._changes.note(self, key, self._items.get(key))
        self._items[key] = item

    def __delitem__(self, key: str) -> None:
        self._changes.note(self, key, self._items[key])
        del self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def restore(self, key: str, record: V | None) -> None:
        """See `Part`."""
        if record is None:
            self._items.pop(key, None)
        else:
            self._items[key] = record

    def take(self, rows: Iterable[Row]) -> None:
        """See `Part`."""
        for row in rows:
            self.restore(row.key, None if row.record is None else self._records.decode(row.record))

    def text(self, key: str) -> str | None:
        """See `Part`."""
        return self._records.encode(self._items[key]) if key in self._items else None


class Blob(NamedTuple):
    """What is known of an upload: its size, the version that wrote it (None: not written yet), its bytes if here."""

    size: int
    version: int | None
    content: bytes | None


class TrackedBlobs(MutableMapping[str, bytes]):
    """Uploads by name. Their bytes stay in the database, and are here only while a transaction uses them."""

    kind = "blob"

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._blobs: dict[str, Blob] = {}
        self._at_hand: set[str] = set()

    def __getitem__(self, name: str) -> bytes:
        content = self._blobs[name].content
        if content is None:
            raise MissingBlobError(name)
        return content

    def __setitem__(self, name: str, content: bytes) -> None:
        self._changes.note(self, name, self._blobs.get(name))
        self._blobs[name] = Blob(len(content), None, content)
        self._at_hand.add(name)

    def __delitem__(self, name: str) -> None:
        self._changes.note(self, name, self._blobs[name])
        del self._blobs[name]

    def __contains__(self, name: object) -> bool:
        return name in self._blobs

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._blobs))

    def __len__(self) -> int:
        return len(self._blobs)

    def restore(self, key: str, record: Blob | None) -> None:
        """See `Part`."""
        if record is None:
            self._blobs.pop(key, None)
        else:
            self._blobs[key] = record

    def take(self, rows: Iterable[Row]) -> None:
        """See `Part`."""
        for row in rows:
            self.restore(row.key, None if row.record is None else Blob(int(row.record), row.version, None))

    def text(self, key: str) -> str | None:
        """See `Part`."""
        return str(self._blobs[key].size) if key in self._blobs else None

    def lend(self, name: str, version: int, content: bytes) -> None:
        """Have the bytes of an upload at hand, if they are those of the version that is known."""
        known = self._blobs.get(name)
        if known is not None and known.version == version:
            self._blobs[name] = known._replace(content=content)
            self._at_hand.add(name)

    def put_away(self) -> None:
        """Let go of all bytes that the database has."""
        for name in self._at_hand:
            blob = self._blobs.get(name)
            if blob is not None and blob.version is not None:
                self._blobs[name] = blob._replace(content=None)
        self._at_hand.clear()

    def written(self, version: int) -> None:
        """Take note that the database has all bytes, the new ones by that version."""
        for name in self._at_hand:
            blob = self._blobs.get(name)
            if blob is not None and blob.version is None:
                self._blobs[name] = blob._replace(version=version)

    def size(self, name: str) -> int:
        """Return how long an upload is, in bytes."""
        return self._blobs[name].size

    def unwritten(self, name: str) -> bytes | None:
        """Return the bytes of an upload that the database does not have."""
        blob = self._blobs.get(name)
        return blob.content if blob is not None and blob.version is None else None


class Delta(msgspec.Struct):
    """All that a write tells the database: columns of its parameters."""

    state: str
    cleared: bool = False
    kinds: list[str] = []
    keys: list[str] = []
    records: list[str | None] = []
    names: list[str] = []
    sizes: list[str] = []
    contents: bytes = b""


class Parts(NamedTuple):
    """The parts of a world that keep records."""

    accounts: TrackedMapping[Account]
    jobs: TrackedJobs
    callbacks: TrackedCallbacks
    midi: TrackedTable[MidiFile]
    voices: TrackedTable[ClonedVoice]
    blobs: TrackedBlobs
    faults: TrackedMapping[Fault]


def _new_parts(changes: Changes) -> Parts:
    return Parts(
        TrackedMapping(changes, "account", codec.ACCOUNT),
        TrackedJobs(changes, "job", codec.JOB),
        TrackedCallbacks(changes),
        TrackedTable(changes, "midi", codec.MIDI_FILE),
        TrackedTable(changes, "voice", codec.CLONED_VOICE),
        TrackedBlobs(changes),
        TrackedMapping(changes, "fault", codec.FAULT),
    )


class TrackedWorld(MemoryWorld):
    """`World` in memory, as of one version of what the database has.

    `id` is the world's row and `version` that of the row; both are 0 while it is not in the database. `used_ms` is when
    it was used last, as far as the database knows. `bulk` is about how many characters its records take there, and
    `kept_bulk` what `Copies` counts for it.
    """

    def __init__(self, token: Token, policy: Policy, clock: Clock) -> None:
        self.id = 0
        self.version = 0
        self.used_ms = 0
        self.bulk = 0
        self.kept_bulk = 0
        self.changes = Changes()
        self.parts = _new_parts(self.changes)
        self._clock = clock
        self._counters: dict[str, int] = {}
        super().__init__(token, policy, clock)
        self.changes.forget()

    @property
    def clock(self) -> Clock:
        """See `World`."""
        return self._clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.changes.note(self, "clock", self._clock)
        self._clock = clock

    def count(self, counter: str, by: int = 1) -> int:
        """See `World`."""
        if not by:
            return self._counters.get(counter, 0)
        self.changes.note(self, "counters", self._counters)
        self._counters = {**self._counters, counter: self._counters.get(counter, 0) + by}
        return self._counters[counter]

    def clear(self) -> None:
        """See `World`."""
        self.changes.note(self, "parts", (self.parts, self._counters))
        self._counters = {}
        self._use(_new_parts(self.changes))

    def _use(self, parts: Parts) -> None:
        self.parts = parts
        self.accounts, self.jobs, self.callbacks = parts.accounts, parts.jobs, parts.callbacks
        self.midi, self.voices, self.blobs, self.faults = parts.midi, parts.voices, parts.blobs, parts.faults

    def restore(self, key: str, record: Any) -> None:
        """See `Changeable`."""
        match key:
            case "clock":
                self._clock = record
            case "counters":
                self._counters = record
            case "parts":
                parts, self._counters = record
                self._use(parts)

    def take(self, state: str, rows: Iterable[Row]) -> None:
        """Have the state and the records the database has."""
        once = STATE.decode(state)
        self._clock, self._counters = once.clock, once.counters
        by_kind: dict[str, list[Row]] = {part.kind: [] for part in self.parts}
        for row in rows:
            by_kind[row.kind].append(row)
            self.bulk += len(row.record or "")
        for part in self.parts:
            part.take(by_kind[part.kind])

    def delta(self) -> Delta:
        """Return what is to be written for the changes there were."""
        changed = list(self.changes)
        cleared_at = max(
            (place for place, (part, key) in enumerate(changed) if part is self and key == "parts"), default=-1
        )
        delta = Delta(STATE.encode(State(self._clock, self._counters)), cleared_at >= 0)
        contents: list[bytes] = []
        records = [each for each in changed[cleared_at + 1 :] if each[0] is not self]
        for part, key in {(id(part), key): (cast("Part", part), key) for part, key in records}.values():
            delta.kinds.append(part.kind)
            delta.keys.append(storable(key))
            delta.records.append(part.text(key))
            if part is self.parts.blobs and (content := self.parts.blobs.unwritten(key)) is not None:
                delta.names.append(storable(key))
                delta.sizes.append(str(len(content)))
                contents.append(content)
        delta.contents = b"".join(contents)
        return delta

    def written(self, world_id: int, version: int, delta: Delta) -> None:
        """Let all changes stand: the database has them as that version."""
        self.id, self.version = world_id, version
        self.bulk += sum(len(text or "") for text in delta.records)
        self.changes.forget()
        self.parts.blobs.written(version)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or a callback is still to be sent."""
        return self.jobs.next_due_ms() is not None or self.callbacks.next_due_ms() is not None

    def due_ms(self) -> int | None:
        """Return the real moment from which on somebody should look after this world; None while nobody need."""
        moments = [self.jobs.next_due_ms(), self.callbacks.next_due_ms(real_ms=self.real_ms)]
        due = [self._clock.real_at(moment) for moment in moments if moment is not None]
        if not self._clock.frozen:
            due.append(self.parts.callbacks.lease_ends_ms())
        return min((moment for moment in due if moment is not None), default=None)
