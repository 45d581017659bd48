from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.instrumental_model import InstrumentalModel
from ..models.tonality import Tonality
from ..types import filled, members, need, take, text, whole


@dataclass(kw_only=True, slots=True)
class InstrumentalRequest:
    """An order for an instrumental."""

    prompt: str
    """What the music should be like, in words. At most 2000 characters."""
    user_id: str | None = None
    """The account to use. Left out or empty, it is the account the voice or MIDI file belongs to, else the one with
    most free slots."""
    model_instrumental: InstrumentalModel | str | None = None
    """Inferred: model for instrumentals. The older names are still accepted and stand for `i4`."""
    tonality: Tonality | str | None = None
    """Key of the music, tonic and mode. Comes back as `musicMaterial.key`."""
    bpm: int | None = None
    """Tempo in beats per minute, from 50 to 190."""
    chords: str | None = None
    """Chord progression. Comes back as `musicMaterial.chord`. At most 200 characters."""
    chord: str | None = None
    """Another name for `chords`, seen in the vendor's collection. `chords` wins where both are given."""
    reply_url: str | None = None
    """Where to report progress to, until the job is final. At most 1024 characters."""
    reply_ref: str | None = None
    """Text of your own that every report repeats. At most 1024 characters."""
    max_jobs: int | None = None
    """Slots to count with for this request alone, in place of the account's `maxJobs`."""
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
            prompt=need(fields, "prompt", text),
            user_id=take(fields, "user_id", text),
            model_instrumental=take(fields, "model_instrumental", text),
            tonality=take(fields, "tonality", text),
            bpm=take(fields, "bpm", whole),
            chords=take(fields, "chords", text),
            chord=take(fields, "chord", text),
            reply_url=take(fields, "replyUrl", text),
            reply_ref=take(fields, "replyRef", text),
            max_jobs=take(fields, "maxJobs", whole),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "prompt": self.prompt,
                "user_id": self.user_id,
                "model_instrumental": self.model_instrumental,
                "tonality": self.tonality,
                "bpm": self.bpm,
                "chords": self.chords,
                "chord": self.chord,
                "replyUrl": self.reply_url,
                "replyRef": self.reply_ref,
                "maxJobs": self.max_jobs,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
