from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, members, take, text


@dataclass(kw_only=True, slots=True)
class VoiceClone:
    """A voice that is cloned, or still being cloned."""

    result: bool | None = None
    """Inferred: true if the voice is ready."""
    item_id: str | None = None
    """Id of the voice. Inferred: the last part of `clonedVoiceItemId`."""
    cloned_voice_item_id: str | None = None
    """Id of a cloned voice. Inferred: made of the number of the API token, the account's id and the `itemId`."""
    message: str | None = None
    """Why the voice is not ready yet."""
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
