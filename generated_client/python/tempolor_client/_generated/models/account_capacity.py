from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, need, text, whole


@dataclass(kw_only=True, slots=True)
class AccountCapacity:
    """How many more jobs an account can take."""

    user_id: str
    """Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash."""
    max_jobs: int
    """How many jobs it may run at once. Inferred: a whole number."""
    executing: int
    """How many jobs it runs now. Inferred: a whole number."""
    available: int
    """Free slots: `maxJobs` less `executing`. Inferred: a whole number, below 0 if `maxJobs` was lowered while more
    jobs run."""
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
