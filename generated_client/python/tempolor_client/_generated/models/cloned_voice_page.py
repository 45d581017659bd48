from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.cloned_voice import ClonedVoice
from ..types import filled, flag, items, members, take, text


@dataclass(kw_only=True, slots=True)
class ClonedVoicePage:
    """A page of cloned voices."""

    records: list[ClonedVoice] | None = None
    """The voices."""
    has_next: bool | None = None
    """Whether there is another page."""
    cursor: str | None = None
    """The `cursor` to send for the next page. Inferred: empty on the last page."""
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
            records=take(fields, "records", items(ClonedVoice.from_dict)),
            has_next=take(fields, "hasNext", flag),
            cursor=take(fields, "cursor", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "records": self.records,
                "hasNext": self.has_next,
                "cursor": self.cursor,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
