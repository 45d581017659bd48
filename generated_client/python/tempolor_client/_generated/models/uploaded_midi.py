from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.midi_file import MidiFile
from ..types import filled, flag, members, take


@dataclass(kw_only=True, slots=True)
class UploadedMidi:
    """The answer to an upload."""

    is_first: bool | None = None
    """Inferred: whether it is the account's first MIDI file."""
    midi_render_vo: MidiFile | None = None
    """An uploaded MIDI file."""
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
            is_first=take(fields, "isFirst", flag),
            midi_render_vo=take(fields, "midiRenderVO", MidiFile.from_dict),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "isFirst": self.is_first,
                "midiRenderVO": self.midi_render_vo,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
