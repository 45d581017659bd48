"""Objects that several operations show."""

from collections.abc import Callable
from typing import Any, TypeVar

from .domain.composing import lyrics_of, material_of
from .domain.jobs import Job, Status
from .domain.paging import Page
from .domain.scheduler import Capacity
from .domain.world import World
from .files import links

T = TypeVar("T")
JsonObject = dict[str, Any]

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


def music_item(job: Job, world: World, base_url: str, *, at_ms: int | None = None) -> JsonObject:
    """Return a piece of music as GET music/job_id and GET music show it, now or at another virtual moment.

    While it is generating there are no files yet, and so no file ids and no links.
    """
    step = job.step(world.now_ms if at_ms is None else at_ms)
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
