from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class DownloadLink:
    """A link to a file, and how long it lives."""

    url: str | None = None
    """Address of the file. Inferred: an absolute URI."""
    remain_seconds: int | None = None
    """Seconds until the link expires. Inferred: a whole number; 0 means that the lifetime is not known."""
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
            url=take(fields, "url", text),
            remain_seconds=take(fields, "remainSeconds", whole),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "url": self.url,
                "remainSeconds": self.remain_seconds,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
