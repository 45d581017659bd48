from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, items, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class SplitStems:
    """The result of splitting an audio file."""

    state: int | None = None
    """Inferred: 2 when it is done, a whole number."""
    title: str | None = None
    """Inferred: name of the audio file."""
    stems_zip_url: str | None = None
    """Address of a ZIP file with the separated stems. Inferred: a URI reference."""
    audio_type: str | None = None
    """Inferred: kind of the audio file."""
    detail: list[str] | None = None
    """Inferred: the stems."""
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
            state=take(fields, "state", whole),
            title=take(fields, "title", text),
            stems_zip_url=take(fields, "stemsZipUrl", text),
            audio_type=take(fields, "audioType", text),
            detail=take(fields, "detail", items(text)),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "state": self.state,
                "title": self.title,
                "stemsZipUrl": self.stems_zip_url,
                "audioType": self.audio_type,
                "detail": self.detail,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
