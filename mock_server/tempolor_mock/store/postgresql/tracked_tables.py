"""Tables and mappings in memory that take note of each change."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, Generic, TypeVar

from ...domain.callbacks import Callback
from ...domain.jobs import Job
from ...domain.world import I
from .. import codec
from ..codec import Codec
from ..memory_world import MemoryCallbacks, MemoryJobs, MemoryTable
from .changes import Changes, Part, Row

V = TypeVar("V")


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
