from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, items, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class ArtistVoice:
    """A predefined voice."""

    ucid: str | None = None
    """Inferred: account that published it."""
    biz_type: str | None = None
    """Inferred: line of business."""
    item_id: str | None = None
    """Id of the voice, to send as `artistVoiceItemId`."""
    name: str | None = None
    """Inferred: name of the voice."""
    resource_url: str | None = None
    """Inferred: address of the recording, a URI reference."""
    cover_url: str | None = None
    """Inferred: address of a picture, a URI reference."""
    vocal_url: str | None = None
    """Inferred: address of a sample of the voice, a URI reference."""
    weight: int | None = None
    """Inferred: rank, the highest first; a whole number."""
    is_add_rel: bool | None = None
    """Inferred: whether the voice is related to another item."""
    rel_source: str | None = None
    """Inferred: what it is related to, empty if nothing."""
    labels: list[str] | None = None
    """Inferred: words that describe the voice."""
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
            ucid=take(fields, "ucid", text),
            biz_type=take(fields, "bizType", text),
            item_id=take(fields, "itemId", text),
            name=take(fields, "name", text),
            resource_url=take(fields, "resourceUrl", text),
            cover_url=take(fields, "coverUrl", text),
            vocal_url=take(fields, "vocalUrl", text),
            weight=take(fields, "weight", whole),
            is_add_rel=take(fields, "isAddRel", flag),
            rel_source=take(fields, "relSource", text),
            labels=take(fields, "labels", items(text)),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "ucid": self.ucid,
                "bizType": self.biz_type,
                "itemId": self.item_id,
                "name": self.name,
                "resourceUrl": self.resource_url,
                "coverUrl": self.cover_url,
                "vocalUrl": self.vocal_url,
                "weight": self.weight,
                "isAddRel": self.is_add_rel,
                "relSource": self.rel_source,
                "labels": self.labels,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
