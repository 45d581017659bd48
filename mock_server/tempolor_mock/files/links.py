"""Links to files. They name a world by its handle, never by its token, and those to music expire in virtual time."""

import hashlib
import hmac
import re
from typing import Literal

from ..domain.artists import ArtistVoice
from ..domain.ids import Token
from ..domain.jobs import Job
from ..domain.midi import MidiFile
from ..domain.voices import ClonedVoice
from ..domain.world import World
from ..settings import FILES_PATH

SHARED = "shared"
"""Stands in the place of a world's handle in links to what all worlds share."""

_SECONDS = re.compile("[0-9]{1,12}")

SUFFIXES = {"mp3": ".mp3", "wav": ".wav", "stems": ".zip"}


def download(world: World, job: Job, file_format: Literal["mp3", "wav", "stems"], base_url: str) -> str:
    """Return a link to a piece's file, good for the policy's `link_seconds` from now."""
    path = _path(world.token.handle, "music", job.id.item_id, SUFFIXES[file_format])
    expires = world.now_ms // 1000 + world.policy.link_seconds
    return f"{base_url}{path}?auth_key={sign(world.token, path, expires)}"


def cover(world: World, job: Job, base_url: str) -> str:
    """Return the link to a piece's cover image."""
    return base_url + _path(world.token.handle, "covers", job.id.item_id, ".png")


def waveform(world: World, job: Job, base_url: str) -> str:
    """Return the link to the peaks of a piece's waveform."""
    return base_url + _path(world.token.handle, "waveforms", job.id.item_id, ".json")


def midi(world: World, file: MidiFile, base_url: str) -> str:
    """Return the link to an uploaded MIDI file."""
    return base_url + _path(world.token.handle, "midi", file.id.item_id, ".mid")


def cloned_voice(world: World, voice: ClonedVoice, base_url: str) -> str:
    """Return the link to the sample of a cloned voice."""
    return base_url + _path(world.token.handle, "voices", voice.id.item_id, f".{voice.extension}")


def stems(world: World, split_id: str, base_url: str) -> str:
    """Return the link to the ZIP of a split."""
    return base_url + _path(world.token.handle, "stems", split_id, ".zip")


def artist_sample(voice: ArtistVoice, base_url: str) -> str:
    """Return the link to an artist voice's sample."""
    return base_url + _path(SHARED, "artist-voices", voice.item_id, ".mp3")


def artist_cover(voice: ArtistVoice, base_url: str) -> str:
    """Return the link to an artist voice's cover image."""
    return base_url + _path(SHARED, "artist-covers", voice.item_id, ".jpg")


def _path(handle: str, folder: str, item_id: str, suffix: str) -> str:
    return f"{FILES_PATH}/{handle}/{folder}/{item_id}{suffix}"


def sign(token: Token, path: str, expires: int) -> str:
    """Return an `auth_key` in the manner of the service's links: `<expiry in seconds>-0-0-<signature>`."""
    message = f"{path}-{expires}".encode()
    signature = hashlib.blake2b(message, key=hashlib.blake2b(str(token).encode()).digest(), digest_size=16)
    return f"{expires}-0-0-{signature.hexdigest()}"


def is_valid(token: Token, path: str, auth_key: str, now_ms: int) -> bool:
    """Whether `auth_key` was made for this path and has not expired at `now_ms`."""
    expires = auth_key.partition("-")[0]
    if _SECONDS.fullmatch(expires) is None or int(expires) * 1000 <= now_ms:
        return False
    return hmac.compare_digest(auth_key.encode(), sign(token, path, int(expires)).encode())
