from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.account_capacity import AccountCapacity
from ..models.running_job import RunningJob
from ..types import filled, items, members, need


@dataclass(kw_only=True, slots=True)
class Capacity:
    """Running jobs and free slots."""

    executing: list[RunningJob]
    """The running jobs."""
    available: list[AccountCapacity]
    """The accounts with their free slots. Inferred: every account, most free slots first."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Fields the document does not know, those it describes otherwise, and those that came as null."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Read the object from JSON; unknown fields are kept in `additional_properties`.

        Raises:
            MisfitError: It is not an object, or a field that must be there is not.

        """
        fields = members(source)
        return cls(
            executing=need(fields, "executing", items(RunningJob.from_dict)),
            available=need(fields, "available", items(AccountCapacity.from_dict)),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "executing": self.executing,
                "available": self.available,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
