"""What recordings that somebody else reads say of the readings: for `tempolor drift`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..document.call import Call
from ..readings.judge import Readings
from ..readings.register import readings
from ..rules.catalogue import CATALOGUE
from ..rules.conformance import DocumentJudge, Effort
from .inspector import Inspector


class ReadingsWatcher:
    """A `Watcher` of `tempolor drift`: judges each call by the rules that tell something of a reading."""

    def __init__(self, revision: str, overlays: Iterable[Path] = (), *, base: str | None = None) -> None:
        telling = frozenset().union(*(each.rules for each in readings()))
        rules = [each for each in CATALOGUE if each.id in telling]
        self._inspector = Inspector(rules, DocumentJudge(revision, Effort.NONE, overlays), base=base)

    @property
    def found(self) -> Readings:
        """What was found until now."""
        return self._inspector.readings

    def see(self, call: Call) -> None:
        """Take in a call."""
        self._inspector.see(call.exchange)

    def readings(self) -> list[dict[str, Any]]:
        """Return a row for each reading."""
        return self.found.to_json()
