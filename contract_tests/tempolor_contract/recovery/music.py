"""What a job was asked for and what was made of it: as recorded, and else as the mock would have it."""

from typing import Any, Final, TypeVar

import msgspec
from tempolor_mock.domain.composing import LONGEST_SECONDS, material_of
from tempolor_mock.domain.draws import Draws
from tempolor_mock.domain.ids import CompositeId
from tempolor_mock.domain.jobs import Job, JobKind, MusicRequest, Plan
from tempolor_mock.store.snapshot_format import Saved, SavedMaterial, SavedRequest

from ..document.ids import Composite

JsonObject = dict[str, Any]
S = TypeVar("S", bound=Saved)

REQUEST: Final = {
    "prompt": "prompt",
    "model": "model",
    "user_id": "user_id",
    "maxJobs": "max_jobs",
    "lyrics": "lyrics",
    "artistVoiceItemId": "artist_voice_id",
    "clonedVoiceItemId": "cloned_voice_id",
    "midiItemId": "midi_id",
    "tonality": "tonality",
    "bpm": "bpm",
    "chord": "chords",
    "chords": "chords",
    "replyUrl": "reply_url",
    "replyRef": "reply_ref",
}
"""Fields of a request's body, and of scheduled jobs, and what a saved request calls them."""

_MATERIAL: Final = {
    "style": "style",
    "mood": "mood",
    "inst": "instruments",
    "scene": "scene",
    "key": "key",
    "bpm": "bpm",
    "chord": "chords",
    "dur": "seconds",
    "seed": "seed",
}
_ASKED: Final = {"prompt": "prompt", "modelShowName": "model"}
_DEFAULT_MODELS: Final = {"song": "v3.5", "instrumental": "i3.5 beta"}


def request_of(kind: JobKind, item: JsonObject, sent: JsonObject, origin: str | None, mock_url: str) -> SavedRequest:
    """Return the request for a job: what was `sent`, and else what its item shows of it."""
    asked = _part(item, "ltmMaterialExtendDto")
    known = {field: asked.get(name) for name, field in _ASKED.items()}
    if kind == "song":
        known["lyrics"] = asked.get("lyricsPrompt")
    known |= {REQUEST[name]: value for name, value in sent.items() if name in REQUEST}
    known = {field: value for field, value in known.items() if value is not None and value != ""}
    return _with_valid(SavedRequest(prompt="", model=_DEFAULT_MODELS[kind], base_url=mock_url, origin=origin), known)


def material_for(job_id: Composite, kind: JobKind, item: JsonObject, request: SavedRequest) -> SavedMaterial:
    """Return what was made of a request: what the item shows, and else what the mock would make."""
    draws = Draws("recovered", job_id.item)
    job = Job(
        number=1,
        id=CompositeId(job_id.number, job_id.account, "job", job_id.item),
        kind=kind,
        created_ms=0,
        plan=Plan(),
        download_lag_ms=0,
        request=msgspec.convert(msgspec.to_builtins(request), MusicRequest),
        seconds=draws.between(60, LONGEST_SECONDS.get(request.model, 270)),
        seed=draws.below(1 << 32),
    )
    plain = SavedMaterial("", "", "", "", "", "C:major", 100, "", 60, 0)
    made = _with_valid(plain, msgspec.to_builtins(material_of(job)))
    shown = {_MATERIAL[name]: value for name, value in _part(item, "musicMaterial").items() if name in _MATERIAL}
    return _with_valid(made, shown | {"title": item.get("titleEn")})


def _part(item: JsonObject, name: str) -> JsonObject:
    part = item.get(name)
    return part if isinstance(part, dict) else {}


def _with_valid(saved: S, values: JsonObject) -> S:
    """Return a part of a snapshot with those of the values that can stand there."""
    types = {each.name: each.type for each in msgspec.structs.fields(type(saved))}
    valid = {}
    for name, value in values.items():
        try:
            valid[name] = msgspec.convert(value, types[name])
        except msgspec.ValidationError:
            continue
    return msgspec.structs.replace(saved, **valid)
