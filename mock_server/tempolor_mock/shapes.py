"""Objects that several operations show."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .domain.composing import lyrics_of, material_of
from .domain.jobs import Job, Status, Step
from .domain.paging import Page
from .domain.recorded import Recorded
from .domain.scheduler import Capacity
from .domain.world import World
from .files import links

T = TypeVar("T")
JsonObject = dict[str, Any]

_OWN = frozenset({"job_id", "clonedVoiceItemId", "midiItemId", "cover", "waveformUrl", "midiUrl", "vocalUrl"})
"""Fields that no recording replaces: ids with the number of whoever asks, and links, which lead here."""

_ENGINE = {"song": "v1-dit-obleck-stereo-zh-en-270-wf", "instrumental": "i1-dit-stereo-inst-270"}
_CHILD_TYPE = {"song": "lyric_to_material", "instrumental": "text_to_material"}


def listing(page: Page[T], show: Callable[[T], JsonObject]) -> JsonObject:
    """Return a page as every listing shows it; the last one has an empty cursor."""
    return {"records": [show(item) for item in page.items], "hasNext": bool(page.cursor), "cursor": page.cursor}


def capacity_object(row: Capacity) -> JsonObject:
    """Return an account's slots as the scheduler and the control plane show them."""
    return {
        "user_id": row.user_id,
        "maxJobs": row.max_jobs,
        "executing": row.executing,
        "available": row.available,
    }


def with_recorded(recorded: Recorded | None, show: Callable[[int], JsonObject], now_ms: int) -> JsonObject:
    """Return what `show` shows at a moment; of what a recording showed, only that which has changed since."""
    now = show(now_ms)
    return now if recorded is None else _merged(recorded.item, show(recorded.at_ms), now)


def _merged(recorded: Mapping[str, Any], then: Mapping[str, Any], now: Mapping[str, Any]) -> JsonObject:
    """Return the recorded object; `then` is what was shown here at the same moment, `now` what is."""
    shown = {}
    for name, value in recorded.items():
        if name in now and (name in _OWN or then.get(name) != now[name]) and not isinstance(value, dict):
            shown[name] = now[name]
        elif name in now or name not in then:
            both = isinstance(value, dict) and isinstance(now.get(name), dict)
            shown[name] = _merged(value, then.get(name, {}), now[name]) if both else value
    return shown | {name: value for name, value in now.items() if name not in then and name not in recorded}


def music_item(job: Job, world: World, base_url: str, *, at_ms: int | None = None) -> JsonObject:
    """Return a piece of music as GET music/job_id and GET music show it, now or at another virtual moment."""
    now_ms = world.now_ms if at_ms is None else at_ms
    return with_recorded(job.recorded, lambda moment: _composed_item(job, job.step(moment), world, base_url), now_ms)


def _composed_item(job: Job, step: Step, world: World, base_url: str) -> JsonObject:
    """Return a piece at a step of its plan: while it is generating there are no files, and no ids and links of them."""
    item_id = job.id.item_id
    shown: JsonObject = {
        "bizType": "ai_material_music",
        "childType": _CHILD_TYPE[job.kind],
        "matChildType": _CHILD_TYPE[job.kind],
        "sourceType": "sm_user_gen",
        "itemId": item_id,
        "job_id": str(job.id),
        "genItemId": item_id,
        "userId": job.id.user_id,
        "titleEn": material_of(job).title,
        "ossWatermarkMp3": "",
        "officialPlaylistSong": False,
        "status": step.status.value,
        "status_name": step.status.name,
        "status_final": step.status.final,
        "progress": step.progress,
        "downloadTotal": 0,
        "likeTotal": 0,
        "collectTotal": 0,
        "musicMaterial": _material(job),
        "readStatus": False,
        "downloadStatus": False,
        "createTime": job.created_ms,
        "updateTime": job.created_ms + step.age_ms,
        "materialQualityScore": 0,
        "ltmMaterialExtendDto": _request(job),
        "editType": "gen",
        "operatorType": "gen",
        "rootItemId": item_id,
        "parentItemId": item_id,
        "canExtend": step.status is Status.COMPLETED,
        "canEditLyrics": step.status is Status.COMPLETED and job.kind == "song",
        "canFixVocals": step.status is Status.COMPLETED and job.kind == "song",
        "canReplaced": False,
    }
    if step.status is Status.COMPLETED:
        shown["mp3OssId"] = f"ai_material/ai_material/mp3/{item_id}.mp3"
        shown["wavOssId"] = f"ai_material/ai_material/wav/{item_id}.wav"
        shown["cover"] = links.cover(world, job, base_url)
        shown["musicMaterial"]["waveformUrl"] = links.waveform(world, job, base_url)
    return shown


def _material(job: Job) -> JsonObject:
    material = material_of(job)
    return {
        "style": material.style,
        "chord": material.chords,
        "mood": material.mood,
        "inst": material.instruments,
        "instInfo": "",
        "scene": material.scene,
        "otherInfo": job.request.prompt,
        "otherInfoCn": "",
        "key": material.key,
        "bpm": material.bpm,
        "dur": material.seconds,
        "seed": material.seed,
    }


def _request(job: Job) -> JsonObject:
    return {
        "lyricsPrompt": lyrics_of(job),
        "description": job.request.prompt,
        "ltmVocalModel": bool(job.request.artist_voice_id or job.request.cloned_voice_id),
        "ltmMidiModel": bool(job.request.midi_id),
        "genItemId": job.id.item_id,
        "prompt": job.request.prompt,
        "genMode": 0,
        "model": _ENGINE[job.kind],
        "modelShowName": job.request.model,
    }
