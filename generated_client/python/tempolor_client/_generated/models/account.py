from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.request_params import RequestParams
from ..types import filled, members, moment, need, text, whole


@dataclass(kw_only=True, slots=True)
class Account:
    """A configured TemPolor account."""

    user_id: str
    """Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash."""
    updated: int
    """When it was stored last, in milliseconds since 1970. Inferred: a whole number."""
    updated_utc: datetime.datetime
    """The same time as an ISO date. Inferred: RFC 3339, in UTC."""
    max_jobs: int
    """How many jobs it may run at once. Inferred: at least 1, a whole number."""
    request_params: RequestParams
    """The parameters that TemPolor's web page sends with its calls, copied from a browser. The page shows one sample
    and prints no types. Inferred: any object is accepted, an empty one too, and answers mask `service_ticket`."""
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
            updated=need(fields, "updated", whole),
            updated_utc=need(fields, "updatedUTC", moment),
            max_jobs=need(fields, "maxJobs", whole),
            request_params=need(fields, "requestParams", RequestParams.from_dict),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "user_id": self.user_id,
                "updated": self.updated,
                "updatedUTC": self.updated_utc,
                "maxJobs": self.max_jobs,
                "requestParams": self.request_params,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
