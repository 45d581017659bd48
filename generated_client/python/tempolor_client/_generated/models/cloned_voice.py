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
    """Inferred: whether the voice is related to another item."""
    rel_source: str | None = None
    """Inferred: what it is related to, empty if nothing."""
    ucid: str | None = None
    """Inferred: `user_id` of the account."""
    biz_type: str | None = None
    """Inferred: line of business."""
    operator_type: str | None = None
    """Inferred: what made it."""
    item_id: str | None = None
    """Id of the voice. Inferred: the last part of `clonedVoiceItemId`."""
    root_item_id: str | None = None
    """Inferred: id of the first voice that this one descends from; its own id if it is an original."""
    parent_item_id: str | None = None
    """Inferred: id of the voice that this one was made from; its own id if it is an original."""
    name: str | None = None
    """Inferred: the name given at the upload."""
    resource_url: str | None = None
    """Inferred: storage key of the recording, a URI reference."""
    cover_url: str | None = None
    """Inferred: address of a picture, a URI reference; empty if there is none."""
    read_status: int | None = None
    """Inferred: 1 once it was opened on TemPolor's web page, else 0; a whole number."""
    status: int | None = None
    """Inferred: the scale of a job's `status`: 0 while the voice is being cloned, 10 if that has failed, 30 if the
    voice is ready. A whole number; other values may come."""
    vocal_url: str | None = None
    """Inferred: address of a sample of the voice, a URI reference."""
    create_time: int | None = None
    """Inferred: when the recording was uploaded, in milliseconds since 1970, a whole number."""
    update_time: int | None = None
    """Inferred: when the voice changed last, in milliseconds since 1970, a whole number."""
    labels: list[str] | None = None
    """Inferred: words that describe the voice."""
    cloned_voice_item_id: str | None = None
    """Id of a cloned voice. Inferred: made of the number of the API token, the account's id and the `itemId`."""
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
