"""Uploads of a world in memory: what is known of each, and its bytes while a transaction uses them."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import NamedTuple

from .changes import Changes, Row


class MissingBlobError(BaseException):
    """An action wants the bytes of an upload that are not here; no `except Exception` of an action may take it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


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
