from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.song_model import SongModel
from ..types import filled, members, need, take, text, whole


@dataclass(kw_only=True, slots=True)
class SongRequest:
    """An order for a song. At most one of the two voices and the MIDI file may be named."""

    prompt: str
    """What the music should be like, in words. At most 2000 characters."""
    user_id: str | None = None
    """The account to use. Left out or empty, it is the account the voice or MIDI file belongs to, else the one with
    most free slots."""
    lyrics: str | None = None
    """Words to sing. Without them the service writes its own from the prompt. At most 3000 characters."""
    model_song: SongModel | str | None = None
    """Inferred: model for songs. The older names are still accepted and stand for `v4.8`."""
    artist_voice_item_id: str | None = None
    """An artist voice to sing with: the plain `itemId` from the list of artist voices, not a composite id. Excludes
    `clonedVoiceItemId` and `midiItemId`."""
    cloned_voice_item_id: str | None = None
    """Id of a cloned voice: the number from the API token, the account and the `itemId`, put together."""
    midi_item_id: str | None = None
    """Id of a MIDI file: the number from the API token, the account and an item id, put together."""
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
            lyrics=take(fields, "lyrics", text),
            model_song=take(fields, "model_song", text),
            artist_voice_item_id=take(fields, "artistVoiceItemId", text),
            cloned_voice_item_id=take(fields, "clonedVoiceItemId", text),
            midi_item_id=take(fields, "midiItemId", text),
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
                "lyrics": self.lyrics,
                "model_song": self.model_song,
                "artistVoiceItemId": self.artist_voice_item_id,
                "clonedVoiceItemId": self.cloned_voice_item_id,
                "midiItemId": self.midi_item_id,
                "replyUrl": self.reply_url,
                "replyRef": self.reply_ref,
                "maxJobs": self.max_jobs,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
