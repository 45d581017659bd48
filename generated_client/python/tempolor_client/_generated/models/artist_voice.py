from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, items, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class ArtistVoice:
    """A voice that TemPolor offers to everyone."""

    ucid: str | None = None
    """Account that published it."""
    biz_type: str | None = None
    """Line of business."""
    item_id: str | None = None
    """Id to order the voice by, as `artistVoiceItemId`."""
    name: str | None = None
    """Name of the voice."""
    resource_url: str | None = None
    """Address of the recording."""
    cover_url: str | None = None
    """Address of a picture."""
    vocal_url: str | None = None
    """Address of a sample of the voice."""
    weight: int | None = None
    """Rank; the higher, the further up the list."""
    is_add_rel: bool | None = None
    """Whether the voice is tied to another item."""
    rel_source: str | None = None
    """What it is tied to, empty if nothing."""
    labels: list[str] | None = None
    """Words that describe the voice."""
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
