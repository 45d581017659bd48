"""What a recording does not show, and what was put in its place."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

_MOST_EXAMPLES: Final = 3


@dataclass
class Guesses:
    """Counts guesses by what they are about, such as `jobs.plan`; each has a sentence and the ids of the first few."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, about: str, told: str, example: str = "") -> None:
        """Note one guess."""
        self._counts[about, told] += 1
        examples = self._examples.setdefault((about, told), [])
        if example and len(examples) < _MOST_EXAMPLES:
            examples.append(example)

    def to_json(self) -> list[dict[str, Any]]:
        """Return all guesses, most frequent first."""
        return [
            {"about": about, "count": count, "told": told, "examples": self._examples[about, told]}
            for (about, told), count in self._counts.most_common()
        ]
