from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.request_params import RequestParams
from ..types import filled, members, need, take, whole


@dataclass(kw_only=True, slots=True)
class AccountRequest:
    """A TemPolor account to store."""

    request_params: RequestParams
    """The parameters that TemPolor's web page sends with its calls, copied from a browser. The page shows one sample
    and prints no types. Inferred: any object is accepted, an empty one too, and answers mask `service_ticket`."""
    max_jobs: int | None = None
    """How many jobs the account may run at once. Inferred: at least 1, a whole number."""
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
            request_params=need(fields, "requestParams", RequestParams.from_dict),
            max_jobs=take(fields, "maxJobs", whole),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "requestParams": self.request_params,
                "maxJobs": self.max_jobs,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
