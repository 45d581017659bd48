from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class GenerationDetails:
    """Inferred: how the music was made."""

    lyrics_prompt: str | None = None
    """Inferred: the lyrics."""
    description: str | None = None
    """Inferred: the prompt."""
    ltm_vocal_model: bool | None = None
    """Inferred: whether a chosen voice sings."""
    ltm_midi_model: bool | None = None
    """Inferred: whether the music is based on a MIDI file."""
    lrc_timestamp: str | None = None
    """Inferred: the lyrics with the time of each line."""
    gen_item_id: str | None = None
    """Inferred: id of the generation."""
    prompt: str | None = None
    """Inferred: the prompt again."""
    gen_mode: int | None = None
    """Inferred: mode of the generation, as a code, a whole number."""
    model: str | None = None
    """Inferred: TemPolor's internal name of the model."""
    model_show_name: str | None = None
    """Inferred: name of the model as requested."""
    dynamic_model: str | None = None
    """Inferred: internal name of the model that was used."""
    ori_cache_dir: str | None = None
    """Inferred: internal folder of the generation."""
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
            lyrics_prompt=take(fields, "lyricsPrompt", text),
            description=take(fields, "description", text),
            ltm_vocal_model=take(fields, "ltmVocalModel", flag),
            ltm_midi_model=take(fields, "ltmMidiModel", flag),
            lrc_timestamp=take(fields, "lrcTimestamp", text),
            gen_item_id=take(fields, "genItemId", text),
            prompt=take(fields, "prompt", text),
            gen_mode=take(fields, "genMode", whole),
            model=take(fields, "model", text),
            model_show_name=take(fields, "modelShowName", text),
            dynamic_model=take(fields, "dynamicModel", text),
            ori_cache_dir=take(fields, "oriCacheDir", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "lyricsPrompt": self.lyrics_prompt,
                "description": self.description,
                "ltmVocalModel": self.ltm_vocal_model,
                "ltmMidiModel": self.ltm_midi_model,
                "lrcTimestamp": self.lrc_timestamp,
                "genItemId": self.gen_item_id,
                "prompt": self.prompt,
                "genMode": self.gen_mode,
                "model": self.model,
                "modelShowName": self.model_show_name,
                "dynamicModel": self.dynamic_model,
                "oriCacheDir": self.ori_cache_dir,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
