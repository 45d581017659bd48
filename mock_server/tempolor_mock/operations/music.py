"""Operations of the tag `music`."""

from collections.abc import Mapping

from ..domain import music
from ..domain.jobs import JobKind, MusicRequest
from ..domain.music import Started
from ..domain.policy import NEWEST_MODEL_ONLY
from ..domain.world import World
from ..exchange import Answer, Call
from ..files import links
from ..files.loading import load_soon
from ..recent import encoded_item
from ..shapes import JsonObject, listing, music_item


def create_song(call: Call, world: World) -> Answer:
    """Start a song."""
    return _start(call, world, "song", _request(call, "model_song", _SONG_FIELDS))


def create_instrumental(call: Call, world: World) -> Answer:
    """Start an instrumental; `chord` is another name of `chords`, which wins."""
    return _start(call, world, "instrumental", _request(call, "model_instrumental", _INSTRUMENTAL_FIELDS))


_COMMON_FIELDS = {
    "prompt": "prompt",
    "user_id": "user_id",
    "maxJobs": "max_jobs",
    "replyUrl": "reply_url",
    "replyRef": "reply_ref",
}
_SONG_FIELDS = _COMMON_FIELDS | {
    "lyrics": "lyrics",
    "artistVoiceItemId": "artist_voice_id",
    "clonedVoiceItemId": "cloned_voice_id",
    "midiItemId": "midi_id",
}
_INSTRUMENTAL_FIELDS = _COMMON_FIELDS | {"tonality": "tonality", "bpm": "bpm", "chord": "chords", "chords": "chords"}
"""Fields of a body, and what a `MusicRequest` calls them; of two with one name, the last wins."""


def _request(call: Call, model: str, fields: Mapping[str, str]) -> MusicRequest:
    """Return what the body asks for, empty texts left out."""
    body = call.body
    given = {fields[name]: body[name] for name in fields if body.get(name)}
    # Browsers say whose page sends a request: it decides whether the request gets callbacks.
    origin = call.fields[b"origin"].decode("latin-1") if "reply_url" in given and b"origin" in call.fields else None
    return MusicRequest(model=_model(call, model), base_url=call.base_url, depth=call.depth, origin=origin, **given)


def _model(call: Call, name: str) -> str:
    """Return the model that makes the music: the one that was asked for, where the revision does not make its own."""
    default: str = call.defaults[name]
    return default if call.worlds.settings.policy.revision in NEWEST_MODEL_ONLY else call.body.get(name) or default


def _start(call: Call, world: World, kind: JobKind, request: MusicRequest) -> Answer:
    started = music.start(world, kind, request, call.fault)
    call.notes.jobs = [str(job.id) for job in started.jobs]
    return Answer(200, _started_object(started, call.notes.jobs))


def get_music(call: Call, world: World) -> Answer:
    """Return one piece of music in its present state."""
    return Answer(200, encoded_item(music.poll(world, call.parameters["job_id"]), world, call.base_url))


def list_music(call: Call, world: World) -> Answer:
    """Return a page of an account's songs or instrumentals."""
    given = call.parameters
    page = music.page(world, given["type"], user_id=given.get("user_id"), cursor=given.get("cursor"))
    return Answer(200, listing(page, lambda job: music_item(job, world, call.base_url)))


def download_music(call: Call, world: World) -> Answer:
    """Return a link to one of a completed piece's files."""
    load_soon()
    job = music.downloadable(world, call.parameters["job_id"])
    url = links.download(world, job, call.parameters["file_format"], call.base_url)
    return Answer(200, {"url": url, "remainSeconds": world.policy.link_seconds})


def delete_music(call: Call, world: World) -> Answer:
    """Delete one piece of music."""
    music.delete(world, call.parameters["job_id"])
    return Answer(200, {"result": True})


def _started_object(started: Started, job_ids: list[str]) -> JsonObject:
    """Return the answer to a creation: the only place where the service reports the plan."""
    return {
        "result": True,
        "itemIds": [job.id.item_id for job in started.jobs],
        "jobs": job_ids,
        "remainSeconds": started.remaining_seconds,
        "maxGenCountAtOnce": started.account.max_jobs,
        "unlimited": False,
        "remainNum": started.remaining,
        "totalNum": started.total,
    }
