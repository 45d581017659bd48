from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, members, take, text


@dataclass(kw_only=True, slots=True)
class VoiceClone:
    """The voice being cloned. Its id is good from now on, though the voice may not be ready."""

    result: bool | None = None
    """True when the voice is ready."""
    item_id: str | None = None
    """Id of the voice, the last part of `clonedVoiceItemId`."""
    cloned_voice_item_id: str | None = None
    """Id of a cloned voice: the number from the API token, the account and the `itemId`, put together."""
    message: str | None = None
    """Why there is no `result` yet."""
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
            result=take(fields, "result", flag),
            item_id=take(fields, "itemId", text),
            cloned_voice_item_id=take(fields, "clonedVoiceItemId", text),
            message=take(fields, "message", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "result": self.result,
                "itemId": self.item_id,
                "clonedVoiceItemId": self.cloned_voice_item_id,
                "message": self.message,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
