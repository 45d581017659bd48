"""Which file a path stands for, and what makes its bytes.

What a world knows of a file is gathered in a transaction; reading uploads and listening to samples takes longer, so it
is put off to `Prepare`.

A path is `/files/<world's handle>/<folder>/<item id><suffix>`; each folder has one function below.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..domain import artists, stems
from ..domain.artists import ArtistVoice
from ..domain.composing import material_of
from ..domain.errors import ServiceError
from ..domain.jobs import Job, Status
from ..domain.world import World
from ..settings import FILES_PATH
from . import content, links
from .rendering import UNKNOWN_BYTES, Blocks


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file that may be served.

    `key` is the same for the same bytes and a valid file name; `owner` is the world's handle; `name` is what a browser
    saves it under; `size` is None where it is known only once the file is made, and `room` then how much making it
    takes at most. All in bytes.
    """

    key: str
    owner: str
    name: str
    media_type: str
    blocks: Blocks
    size: int | None = None
    room: int = UNKNOWN_BYTES


MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".zip": "application/zip",
    ".mid": "audio/midi",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".json": "application/json",
}


Prepare = Callable[[], ServedFile]
"""Finds out the rest, in a thread; a ServiceError where the file cannot be made."""

LONGEST_NAME = 100
"""Characters of a title that a file is named by: it stands in a header, which clients take only so much of."""


@dataclass(frozen=True, slots=True)
class FilePath:
    """The parts of a file's path; `text` is all of it, as it was signed."""

    text: str
    handle: str
    folder: str
    item_id: str
    suffix: str

    @classmethod
    def parse(cls, text: str) -> "FilePath":
        """Return the parts, or raise a 404 for a path no link leads to."""
        parts = text.removeprefix(f"{FILES_PATH}/").split("/")
        if len(parts) != 3:
            raise not_found()
        item_id, dot, ending = parts[2].rpartition(".")
        if dot + ending not in MEDIA_TYPES:
            raise not_found()
        return cls(text, parts[0], parts[1], item_id, dot + ending)


def not_found() -> ServiceError:
    """No such file, or not of this world, or not there yet."""
    return ServiceError(404, "File not found")


def find_shared(path: FilePath) -> ServedFile:
    """Return a file that all worlds share."""
    voice = artists.find(path.item_id)
    match path.folder, path.suffix, voice:
        case "artist-voices", ".mp3", ArtistVoice():
            return _rendered(path, voice.name, content.artist_sample(voice))
        case "artist-covers", ".jpg", ArtistVoice():
            return _rendered(path, voice.name, content.artist_cover(voice))
    raise not_found()


def find(path: FilePath, auth_key: str, world: World) -> Prepare:
    """Return what finds out the rest of a file of one world."""
    folder = _FOLDERS.get(path.folder)
    if folder is None:
        raise not_found()
    return folder(path, auth_key, world)


def _music(path: FilePath, auth_key: str, world: World) -> Prepare:
    if not links.is_valid(world.token, path.text, auth_key, world.now_ms):
        raise ServiceError(403, "The link has expired or was altered; ask for a new one")
    job = _completed(path, world)
    if path.suffix not in links.SUFFIXES.values():
        raise not_found()
    sources = _sources(job, world)
    return lambda: _rendered(
        path, material_of(job).title, content.music(job, path.suffix, sources), of=_played(job, sources)
    )


def _cover(path: FilePath, _auth_key: str, world: World) -> Prepare:
    job = _completed(path, world)
    return lambda: _rendered(path, material_of(job).title, content.cover(job), of=material_of(job))


def _waveform(path: FilePath, _auth_key: str, world: World) -> Prepare:
    job = _completed(path, world)
    sources = _sources(job, world)
    return lambda: _rendered(path, material_of(job).title, content.waveform(job, sources), of=_played(job, sources))


def _sources(job: Job, world: World) -> content.Sources:
    """Return what the piece was based on; these bytes outlive the deletion of the MIDI file or voice."""
    midi, sample = job.midi_blob, job.sample_blob
    return content.Sources(
        midi=world.blobs.get(midi) if midi else None,
        sample=world.blobs.get(sample) if sample else None,
    )


def _played(job: Job, sources: content.Sources) -> tuple[object, ...]:
    """Return all that a piece's sound follows from: a world that begins again uses its ids again."""
    request = job.request
    based_on = (None if each is None else _digest(each) for each in (sources.midi, sources.sample))
    return job.kind, request.artist_voice_id, request.cloned_voice_id, material_of(job), *based_on


def _completed(path: FilePath, world: World) -> Job:
    job = world.jobs.get(path.item_id)
    if job is None or job.step(world.now_ms).status is not Status.COMPLETED:
        raise not_found()
    return job


def _midi(path: FilePath, _auth_key: str, world: World) -> Prepare:
    file = world.midi.get(path.item_id)
    if file is None or path.suffix != ".mid":
        raise not_found()
    return partial(_stored, path, file.name, world.blobs[file.blob])


def _voice(path: FilePath, _auth_key: str, world: World) -> Prepare:
    voice = world.voices.get(path.item_id)
    if voice is None or path.suffix != f".{voice.extension}":
        raise not_found()
    return partial(_stored, path, voice.name, world.blobs[voice.blob])


def _stems(path: FilePath, _auth_key: str, world: World) -> Prepare:
    upload = world.blobs.get(stems.blob(path.item_id))
    if upload is None or path.suffix != ".zip":
        raise not_found()
    return lambda: _rendered(path, path.item_id, content.split(upload), of=_digest(upload))


_FOLDERS: dict[str, Callable[[FilePath, str, World], Prepare]] = {
    "covers": _cover,
    "midi": _midi,
    "music": _music,
    "stems": _stems,
    "voices": _voice,
    "waveforms": _waveform,
}


def _stored(path: FilePath, title: str, content: bytes) -> ServedFile:
    return _named(path, title, _digest(content), (lambda: (content,), len(content)))


def _rendered(path: FilePath, title: str, made: content.Made, *, of: object = None) -> ServedFile:
    identity = repr((path.folder, path.item_id, path.suffix, of))
    return _named(path, title, _digest(identity.encode()), made)


def _named(path: FilePath, title: str, digest: str, made: content.Made) -> ServedFile:
    name, media_type = f"{title[:LONGEST_NAME]}{path.suffix}", MEDIA_TYPES[path.suffix]
    room = content.SPLIT_BYTES if path.folder == "stems" else UNKNOWN_BYTES
    return ServedFile(digest + path.suffix, path.handle, name, media_type, *made, room=room)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
