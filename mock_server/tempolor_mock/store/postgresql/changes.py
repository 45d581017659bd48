"""Rows of records as the database keeps them, and notes of what is changed beside them, to write or to take back."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol


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
