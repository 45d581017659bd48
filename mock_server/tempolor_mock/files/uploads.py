"""Looking into what clients upload, off the event loop."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ..exchange import Call, Headers

T = TypeVar("T")

logger = logging.getLogger("tempolor.mock")

NOTICE_HEADER = "X-Mock-Notice"
"""Tells in an answer what this installation could not do about the upload, and what to install."""

EXTENSIONS = {
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/wave": "wav",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
}
"""The file extension of each media type, as the upload pages list them."""


STEM_NAMES = ("vocals", "drums", "bass", "other")


class UnreadableUploadError(Exception):
    """The upload is not what it should be; the message is one sentence fit for the client."""


@dataclass(frozen=True, slots=True)
class MidiFacts:
    """What a song based on a MIDI file takes from it."""

    key: str
    bpm: int


async def read_midi(call: Call) -> MidiFacts:
    """Return what the MIDI file says that a call brings; raises UnreadableUploadError for what is none."""
    return await _in_turn(call, partial(_read_midi, call.body))


async def check_audio(call: Call) -> Headers:
    """Raise UnreadableUploadError for what is not audio of its type which can be decoded from end to end.

    Returns headers for the answer: they say so where nothing here decodes such a file, so that only what it says of
    itself was looked at.
    """
    notice = await _in_turn(call, partial(_check_audio, call.body, call.media_type))
    if notice is None:
        return ()
    logger.warning("%s", notice)
    return ((NOTICE_HEADER, notice),)


async def _in_turn(call: Call, function: Callable[[], T]) -> T:
    """Run what takes long in a thread; whoever uploads a lot holds up no other world's upload."""
    return await asyncio.wrap_future(call.worlds.uploads.submit(call.owner.handle, function))


# numpy and the codecs are loaded with the first upload, not with the server: each function below runs in a thread.


def _read_midi(content: bytes) -> MidiFacts:
    from .. import audio  # noqa: PLC0415

    try:
        midi = audio.read_midi(content)
    except audio.UnreadableUpload as error:
        raise UnreadableUploadError(str(error)) from None
    return MidiFacts(midi.key, round(midi.bpm))


def _check_audio(content: bytes, media_type: str) -> str | None:
    from .. import audio  # noqa: PLC0415

    try:
        audio.check_media_type(content, media_type)
        found = audio.probe_audio(content)
    except audio.UnreadableUpload as error:
        raise UnreadableUploadError(str(error)) from None
    if found.frames is not None:
        return None
    return f"Its sound was not listened to, only its length ({found.seconds:g} s) read. {audio.MISSING_DECODER}"
