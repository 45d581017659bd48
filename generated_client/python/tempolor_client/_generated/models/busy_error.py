from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.busy_error_running_jobs import BusyErrorRunningJobs
from ..types import filled, members, need, take, text, whole


@dataclass(kw_only=True, slots=True)
class BusyError:
    """Why no further job can start. Inferred: `error` and `code` are always there."""

    error: str
    """Why no further job can start, as text."""
    code: int
    """The HTTP status again. Inferred: a whole number."""
    running_jobs: BusyErrorRunningJobs | None = None
    """The running jobs, keyed by account. Left out if TemPolor itself answered 429."""
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
            error=need(fields, "error", text),
            code=need(fields, "code", whole),
            running_jobs=take(fields, "runningJobs", BusyErrorRunningJobs.from_dict),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "error": self.error,
                "code": self.code,
                "runningJobs": self.running_jobs,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
