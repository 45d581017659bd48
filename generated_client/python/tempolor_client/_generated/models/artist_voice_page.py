from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.artist_voice import ArtistVoice
from ..types import filled, flag, items, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class ArtistVoicePage:
    """A page of artist voices."""

    records: list[ArtistVoice] | None = None
    """The voices."""
    has_next: bool | None = None
    """Whether there is another page."""
    cursor: str | None = None
    """The `cursor` to send for the next page. Inferred: empty on the last page."""
    sys_time: int | None = None
    """Inferred: the service's clock, in milliseconds since 1970, a whole number."""
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
            records=take(fields, "records", items(ArtistVoice.from_dict)),
            has_next=take(fields, "hasNext", flag),
            cursor=take(fields, "cursor", text),
            sys_time=take(fields, "sysTime", whole),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "records": self.records,
                "hasNext": self.has_next,
                "cursor": self.cursor,
                "sysTime": self.sys_time,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
