"""A world in memory that takes note of each change: to write it to a database, or to take it back.

What is here is a copy of what the database has. It is right as of one version of the world, and brought to the next
one by the rows that changed since then.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

import msgspec

from ...domain.accounts import Account
from ...domain.clock import Clock
from ...domain.faults import Fault
from ...domain.ids import Token
from ...domain.midi import MidiFile
from ...domain.policy import Policy
from ...domain.records import Record
from ...domain.voices import ClonedVoice
from .. import codec
from ..codec import Codec
from ..memory_world import MemoryWorld
from .changes import Changes, Part, Row, storable
from .tracked_blobs import TrackedBlobs
from .tracked_tables import TrackedCallbacks, TrackedJobs, TrackedMapping, TrackedTable


class State(Record, frozen=True):
    """What a world has once: its clock and its counters."""

    clock: Clock
    counters: dict[str, int]


STATE = Codec(State)


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
