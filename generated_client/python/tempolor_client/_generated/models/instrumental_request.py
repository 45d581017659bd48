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
    """An instrumental to make. Inferred: an optional field that is empty or null counts as left out."""

    prompt: str
    """Text that describes the music. At most 2000 characters. Inferred: not empty, without the character NUL."""
    user_id: str | None = None
    """The account to use. Inferred: left out, it is the account of the voice or MIDI file, else the one with most
    free slots; without the character NUL."""
    model_instrumental: InstrumentalModel | str | None = None
    """Inferred: model for instrumentals. The older names are still accepted and stand for `i4`."""
    tonality: Tonality | str | None = None
    """The key: tonic and mode. Inferred: comes back as `musicMaterial.key`."""
    bpm: int | None = None
    """The tempo in beats per minute, from 50 to 190. Inferred: a whole number."""
    chords: str | None = None
    """The chord progression. At most 200 characters. Inferred: comes back as `musicMaterial.chord`; without the
    character NUL."""
    chord: str | None = None
    """Inferred: another name for `chords`, seen in the vendor's collection. If both are sent, `chords` counts."""
    reply_url: str | None = None
    """The address to call with progress updates until the generation is complete or has failed. At most 1024
    characters. To look at such calls, a site like webhook.site is of help. Inferred: an absolute http or https
    address."""
    reply_ref: str | None = None
    """A text of your own that the callbacks repeat. At most 1024 characters. Inferred: without the character NUL."""
    max_jobs: int | None = None
    """How many jobs may run at once, for this request alone; left out, the account's `maxJobs` counts. Inferred: at
    least 1, a whole number."""
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
