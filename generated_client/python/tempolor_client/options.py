"""What can be said for a single call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from ._generated.models import InstrumentalModel, SongModel, Tonality


class CallOptions(TypedDict, total=False):
    """Options of one call, each in place of the client's own."""

    timeout: float
    """Seconds to wait for each step of the answer: the connection, and each time for more bytes."""
    headers: Mapping[str, str]
    """More headers to send, winning over the client's."""
    max_retries: int
    """How often to try again after a failure that allows it."""
    busy_timeout: float
    """How many seconds to go on waiting for room on a 429 in all; 0 raises at once."""


class SongFields(CallOptions, total=False):
    """What `songs.create` takes besides the prompt."""

    lyrics: str | None
    model: SongModel | str | None
    artist_voice_id: str | None
    cloned_voice_id: str | None
    midi_id: str | None
    user_id: str | None
    max_jobs: int | None
    reply_url: str | None
    reply_ref: str | None
    extra: Mapping[str, Any] | None


class InstrumentalFields(CallOptions, total=False):
    """What `instrumentals.create` takes besides the prompt."""

    model: InstrumentalModel | str | None
    tonality: Tonality | str | None
    bpm: int | None
    chords: str | None
    user_id: str | None
    max_jobs: int | None
    reply_url: str | None
    reply_ref: str | None
    extra: Mapping[str, Any] | None
