from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, take, text


@dataclass(kw_only=True, slots=True)
class MidiFile:
    """An uploaded MIDI file."""

    op_type: str | None = None
    """Inferred: how the file got here."""
    ucid: str | None = None
    """Inferred: `user_id` of the account."""
    midi_item_id: str | None = None
    """Id of a MIDI file. Inferred: made of the number of the API token, the account's id and an item id."""
    name: str | None = None
    """Inferred: the name given at the upload."""
    midi_url: str | None = None
    """Inferred: address of the file, a URI reference."""
    midi_type: str | None = None
    """Inferred: kind of MIDI content."""
    midi_value: str | None = None
    """Inferred: the content in another notation."""
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
            op_type=take(fields, "opType", text),
            ucid=take(fields, "ucid", text),
            midi_item_id=take(fields, "midiItemId", text),
            name=take(fields, "name", text),
            midi_url=take(fields, "midiUrl", text),
            midi_type=take(fields, "midiType", text),
            midi_value=take(fields, "midiValue", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "opType": self.op_type,
                "ucid": self.ucid,
                "midiItemId": self.midi_item_id,
                "name": self.name,
                "midiUrl": self.midi_url,
                "midiType": self.midi_type,
                "midiValue": self.midi_value,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
