from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.busy_job import BusyJob
from ..types import filled, items, members


@dataclass(kw_only=True, slots=True)
class BusyErrorRunningJobs:
    """The running jobs, keyed by account. Left out if TemPolor itself answered 429."""

    additional_properties: dict[str, list[BusyJob]] = field(default_factory=dict)
    """The members, by name."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Read the object from JSON; unknown fields are kept in `additional_properties`.

        Raises:
            MisfitError: It is not an object, or a field that must be there is not.

        """
        fields = members(source)
        return cls(
            additional_properties={name: items(BusyJob.from_dict)(value) for name, value in fields.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {},
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
