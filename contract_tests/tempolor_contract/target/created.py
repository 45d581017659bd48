"""What a run has made on a target, so that it can be cleaned up, and nothing paid for is lost."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson

_ID_FIELDS: Final[dict[str, Callable[[Any], Any]]] = {
    "create_account": lambda body: [body.get("user_id")],
    "create_song": lambda body: body.get("jobs"),
    "create_instrumental": lambda body: body.get("jobs"),
    "upload_midi": lambda body: [(body.get("midiRenderVO") or {}).get("midiItemId")],
    "clone_voice": lambda body: [body.get("clonedVoiceItemId")],
    "split_stems": lambda body: [body.get("stemsZipUrl")],
}
_DELETED_BY: Final = {
    "create_account": "delete_account",
    "create_song": "delete_music",
    "create_instrumental": "delete_music",
    "upload_midi": "delete_midi",
    "clone_voice": "delete_cloned_voice",
}
"""Which operation takes away what another one made. Split stems have none."""


@dataclass
class Created:
    """Something a run has made: the operation that made it and its id, empty where no answer told it."""

    operation: str
    id: str
    deleted: bool = False

    @property
    def deleted_by(self) -> str | None:
        """The operation that deletes it, None if the service has none or the id is not known."""
        return _DELETED_BY.get(self.operation) if self.id else None


class Inventory:
    """Everything a run has created and not deleted again.

    With a file, each entry is written as a line of JSON before the run goes on, so the list outlives a crash.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = Lock()
        self._entries: list[Created] = []
        self._decoys: set[str] = set()

    def __iter__(self) -> Iterator[Created]:
        return iter(tuple(self._entries))

    @property
    def left_behind(self) -> list[Created]:
        """What exists still, or may exist, in the order it was made."""
        return [entry for entry in self._entries if not entry.deleted]

    def decoy(self, made_up: str) -> str:
        """Remember an id that was made up, so that trying to delete it is allowed, and return it."""
        self._decoys.add(made_up)
        return made_up

    def may_delete(self, thing: str) -> bool:
        """Whether an id belongs to this run: it made the thing, or it made the id up."""
        return thing in self._decoys or any(entry.id == thing for entry in self._entries)

    def created(self, operation: str, body: bytes) -> None:
        """Remember what an accepted creating call has made. Storing an account again makes no second one."""
        known = {entry.id for entry in self._entries if not entry.deleted}
        for thing in _ids(operation, body) or [""]:
            if not thing or thing not in known:
                self._add(Created(operation, thing))

    def unclear(self, operation: str) -> None:
        """Remember a creating call without a clear answer: it may have made something that has no known id."""
        self._add(Created(operation, ""))

    def deleted(self, operation: str, thing: str) -> None:
        """Remember that something is gone. A cancelled job still exists."""
        for entry in self._entries:
            if entry.id == thing and entry.deleted_by == operation and not entry.deleted:
                entry.deleted = True
                self._write({"deleted": thing, "by": operation})

    def to_json(self) -> list[dict[str, Any]]:
        """Return what is left behind as plain data."""
        return [{"operation": entry.operation, "id": entry.id} for entry in self.left_behind]

    def _add(self, entry: Created) -> None:
        with self._lock:
            self._entries.append(entry)
            self._write({"created": entry.id, "by": entry.operation})

    def _write(self, line: dict[str, str]) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def _ids(operation: str, body: bytes) -> list[str]:
    try:
        answer = orjson.loads(body)
        found = _ID_FIELDS[operation](answer)
    except (orjson.JSONDecodeError, KeyError, AttributeError, TypeError):
        return []
    return [thing for thing in found or () if isinstance(thing, str) and thing]
