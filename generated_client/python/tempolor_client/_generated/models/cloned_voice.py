from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, items, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class ClonedVoice:
    """A voice cloned from a recording."""

    is_add_rel: bool | None = None
    """Whether the voice is tied to another item."""
    rel_source: str | None = None
    """What it is tied to, empty if nothing."""
    ucid: str | None = None
    """Account it belongs to."""
    biz_type: str | None = None
    """Line of business."""
    operator_type: str | None = None
    """What produced it."""
    item_id: str | None = None
    """Id of the voice, the last part of `clonedVoiceItemId`."""
    root_item_id: str | None = None
    """The first voice this one descends from, itself if it is an original."""
    parent_item_id: str | None = None
    """The voice this one was made from, itself if it is an original."""
    name: str | None = None
    """Name given at the upload."""
    resource_url: str | None = None
    """Storage key of the recording."""
    cover_url: str | None = None
    """Address of a picture, empty if there is none."""
    read_status: int | None = None
    """1 once it was opened on TemPolor's web page, else 0."""
    status: int | None = None
    """Where the cloning stands. 0 is at work, 10 has failed, 30 is ready to sing."""
    vocal_url: str | None = None
    """Address of a sample of the voice."""
    create_time: int | None = None
    """When it was uploaded, in milliseconds since 1970."""
    update_time: int | None = None
    """When it last changed, in milliseconds since 1970."""
    labels: list[str] | None = None
    """Words that describe the voice."""
    cloned_voice_item_id: str | None = None
    """Id of a cloned voice: the number from the API token, the account and the `itemId`, put together."""
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
            is_add_rel=take(fields, "isAddRel", flag),
            rel_source=take(fields, "relSource", text),
            ucid=take(fields, "ucid", text),
            biz_type=take(fields, "bizType", text),
            operator_type=take(fields, "operatorType", text),
            item_id=take(fields, "itemId", text),
            root_item_id=take(fields, "rootItemId", text),
            parent_item_id=take(fields, "parentItemId", text),
            name=take(fields, "name", text),
            resource_url=take(fields, "resourceUrl", text),
            cover_url=take(fields, "coverUrl", text),
            read_status=take(fields, "readStatus", whole),
            status=take(fields, "status", whole),
            vocal_url=take(fields, "vocalUrl", text),
            create_time=take(fields, "createTime", whole),
            update_time=take(fields, "updateTime", whole),
            labels=take(fields, "labels", items(text)),
            cloned_voice_item_id=take(fields, "clonedVoiceItemId", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "isAddRel": self.is_add_rel,
                "relSource": self.rel_source,
                "ucid": self.ucid,
                "bizType": self.biz_type,
                "operatorType": self.operator_type,
                "itemId": self.item_id,
                "rootItemId": self.root_item_id,
                "parentItemId": self.parent_item_id,
                "name": self.name,
                "resourceUrl": self.resource_url,
                "coverUrl": self.cover_url,
                "readStatus": self.read_status,
                "status": self.status,
                "vocalUrl": self.vocal_url,
                "createTime": self.create_time,
                "updateTime": self.update_time,
                "labels": self.labels,
                "clonedVoiceItemId": self.cloned_voice_item_id,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
