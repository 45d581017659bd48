from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, number, take, text, whole


@dataclass(kw_only=True, slots=True)
class MusicMaterial:
    """Inferred: properties of the music."""

    style: str | None = None
    """Inferred: style, empty if there is none."""
    chord: str | None = None
    """Inferred: chord progression, as requested in `chords`; empty if there is none."""
    mood: str | None = None
    """Inferred: mood, empty if there is none."""
    inst: str | None = None
    """Inferred: instruments, empty if there is none."""
    inst_info: str | None = None
    """Inferred: more about the instruments, empty if there is none."""
    scene: str | None = None
    """Inferred: what the music is meant for, empty if not known."""
    other_info: str | None = None
    """Inferred: the prompt."""
    other_info_cn: str | None = None
    """Inferred: the prompt in Chinese, empty if there is none."""
    key: str | None = None
    """Inferred: key, as requested in `tonality` or as the model chose."""
    bpm: int | None = None
    """Inferred: tempo in beats per minute, a whole number."""
    dur: float | None = None
    """Inferred: length in seconds."""
    seed: int | None = None
    """Inferred: random seed of the generation, a whole number."""
    src: str | None = None
    """Inferred: address of the source audio, a URI reference."""
    oss_src: str | None = None
    """Inferred: storage key of the source audio, not an address."""
    waveform_oss_id: str | None = None
    """Inferred: storage key of the waveform, not an address."""
    waveform_url: str | None = None
    """Inferred: address of the waveform's peaks as JSON, a URI reference."""
    batch_id: str | None = None
    """Inferred: id that the jobs of one request share."""
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
            style=take(fields, "style", text),
            chord=take(fields, "chord", text),
            mood=take(fields, "mood", text),
            inst=take(fields, "inst", text),
            inst_info=take(fields, "instInfo", text),
            scene=take(fields, "scene", text),
            other_info=take(fields, "otherInfo", text),
            other_info_cn=take(fields, "otherInfoCn", text),
            key=take(fields, "key", text),
            bpm=take(fields, "bpm", whole),
            dur=take(fields, "dur", number),
            seed=take(fields, "seed", whole),
            src=take(fields, "src", text),
            oss_src=take(fields, "ossSrc", text),
            waveform_oss_id=take(fields, "waveformOssId", text),
            waveform_url=take(fields, "waveformUrl", text),
            batch_id=take(fields, "batchId", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "style": self.style,
                "chord": self.chord,
                "mood": self.mood,
                "inst": self.inst,
                "instInfo": self.inst_info,
                "scene": self.scene,
                "otherInfo": self.other_info,
                "otherInfoCn": self.other_info_cn,
                "key": self.key,
                "bpm": self.bpm,
                "dur": self.dur,
                "seed": self.seed,
                "src": self.src,
                "ossSrc": self.oss_src,
                "waveformOssId": self.waveform_oss_id,
                "waveformUrl": self.waveform_url,
                "batchId": self.batch_id,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
