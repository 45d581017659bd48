from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.song_model import SongModel
from ..types import filled, members, need, take, text, whole


@dataclass(kw_only=True, slots=True)
class SongForm:
    """A song to make. At most one of the two voices and the MIDI file may be given. Inferred: an optional field that
    is empty or null counts as left out."""

    prompt: str
    """Text that describes the music. At most 2000 characters. Inferred: not empty, without the character NUL."""
    user_id: str | None = None
    """The account to use. Inferred: left out, it is the account of the voice or MIDI file, else the one with most
    free slots; without the character NUL."""
    lyrics: str | None = None
    """The lyrics. Left out, they are made from the prompt. At most 3000 characters. Inferred: without the character
    NUL."""
    model_song: SongModel | str | None = None
    """Inferred: model for songs. The older names are still accepted and stand for `v4.8`."""
    artist_voice_item_id: str | None = None
    """The artist voice to sing with. Not together with `clonedVoiceItemId` or `midiItemId`. Inferred: the plain
    `itemId` from the list of artist voices, not a composite id; without the character NUL."""
    cloned_voice_item_id: str | None = None
    """Id of a cloned voice. Inferred: made of the number of the API token, the account's id and the `itemId`."""
    midi_item_id: str | None = None
    """Id of a MIDI file. Inferred: made of the number of the API token, the account's id and an item id."""
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
