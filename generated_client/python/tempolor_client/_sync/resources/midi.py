# Made from _async/resources/midi.py by tools/generate.py: never edited.
"""MIDI files."""

from __future__ import annotations

from typing import Unpack

from ..._generated.defaults import UPLOAD_TIMEOUT
from ..._generated.models import DeleteResult, MidiFile, UploadedMidi
from ...options import CallOptions, refuse_unknown
from ...payload import FileInput
from ..paging import Pages
from .base import Resource


class Midi(Resource):
    """MIDI files that songs can be built on."""

    def upload(
        self,
        file: FileInput,
        *,
        name: str | None = None,
        media_type: str | None = None,
        user_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> UploadedMidi:
        """Store a MIDI file.

        Args:
            file: A path, bytes, or a file opened with `rb`.
            name: What to call it; the file's name unless given.
            media_type: Its media type, `audio/midi` unless given.
            user_id: The account; needed with several.
            **options: See `CallOptions`.

        Raises:
            FileReadError: The file cannot be read.

        """
        refuse_unknown(options, self.upload)
        payload, content_type = self._opened(file, media_type)
        options.setdefault("timeout", UPLOAD_TIMEOUT)
        return self._operations.upload_midi(
            body=payload,
            content_type=content_type,
            name=name or payload.stem or "midi",
            user_id=user_id,
            **options,
        )

    def list(self, *, user_id: str | None = None, **options: Unpack[CallOptions]) -> Pages[MidiFile]:
        """Return an account's MIDI files to loop over."""
        refuse_unknown(options, self.list)
        return Pages(lambda at: self._operations.list_midi(user_id=user_id, cursor=at, **options))

    def delete(self, midi_id: str, **options: Unpack[CallOptions]) -> DeleteResult:
        """Delete a MIDI file; songs built on it stay.

        Raises:
            NotFoundError: There is no such file.

        """
        return self._operations.delete_midi(midi_id, **options)
