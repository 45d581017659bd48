from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, number, take, text, whole


@dataclass(kw_only=True, slots=True)
class MusicMaterial:
    """The music itself."""

    style: str | None = None
    """Style, empty if not set."""
    chord: str | None = None
    """Chord progression, as ordered in `chords`; empty if not set."""
    mood: str | None = None
    """Mood, empty if not set."""
    inst: str | None = None
    """Instruments, empty if not set."""
    inst_info: str | None = None
    """More about the instruments, empty if not set."""
    scene: str | None = None
    """What the music is meant for, empty if not set."""
    other_info: str | None = None
    """The prompt."""
    other_info_cn: str | None = None
    """The prompt in Chinese, empty if not set."""
    key: str | None = None
    """Key, as ordered in `tonality` or as the model chose."""
    bpm: int | None = None
    """Tempo in beats per minute."""
    dur: float | None = None
    """Length in seconds."""
    seed: int | None = None
    """Random seed of the generation."""
    src: str | None = None
    """Address of the source audio."""
    oss_src: str | None = None
    """Storage key of the source audio; not an address."""
    waveform_oss_id: str | None = None
    """Storage key of the waveform; not an address."""
    waveform_url: str | None = None
    """Address of the waveform's peaks, as JSON."""
    batch_id: str | None = None
    """Id that the takes of one order share."""
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
