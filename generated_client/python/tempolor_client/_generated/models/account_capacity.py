from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, need, text, whole


@dataclass(kw_only=True, slots=True)
class AccountCapacity:
    """How much an account could still take."""

    user_id: str
    """Id of a TemPolor account. A part of every composite id, so it holds neither colon nor slash."""
    max_jobs: int
    """How many jobs it may run at once."""
    executing: int
    """How many it runs now."""
    available: int
    """How many more it could take, never below 0."""
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
            user_id=need(fields, "user_id", text),
            max_jobs=need(fields, "maxJobs", whole),
            executing=need(fields, "executing", whole),
            available=need(fields, "available", whole),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "user_id": self.user_id,
                "maxJobs": self.max_jobs,
                "executing": self.executing,
                "available": self.available,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
