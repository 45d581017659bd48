"""Every store there is, and places for it to keep worlds in: what runs on one store of these tests runs on all."""

from collections.abc import Callable
from pathlib import Path

from .postgresql import Schemas

STORES = ["memory", "sqlite", "postgresql"]
LASTING_STORES = ["sqlite", "postgresql"]
"""Those that keep worlds over a restart, and share them."""


class Places:
    """Places by store and by label: the same label is the same place."""

    def __init__(self, folder: Path, find_schemas: Callable[[], Schemas]) -> None:
        self._folder = folder
        self._find_schemas = find_schemas
        self._taken: dict[str, str] = {}

    def __call__(self, store: str, label: str = "worlds") -> str:
        """Return what `--store` is told to keep worlds there."""
        if store == "sqlite":
            return f"sqlite:{self._folder / label}.db"
        if store == "postgresql":
            if label not in self._taken:
                self._taken[label] = self._find_schemas().take()
            return self._taken[label]
        return store

    def give_back(self) -> None:
        """Give up all places."""
        if self._taken:
            self._find_schemas().give_back(self._taken.values())
