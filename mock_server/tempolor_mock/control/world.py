"""Worlds as people look at them."""

from heapq import nlargest
from itertools import chain

from ..domain import scheduler
from ..domain.clock import iso
from ..domain.composing import material_of
from ..domain.ids import Token
from ..domain.jobs import Job, Status
from ..domain.world import World
from ..exchange import Answer, Call
from ..files import links
from ..journal import Counts, redacted_token
from ..shapes import capacity_object
from .clock import JsonObject, clock_object

SHOWN_JOBS = 50
SHOWN_PROMPT = 500


async def list_worlds(call: Call) -> Answer:
    """List the worlds that are kept or were asked about, in the order in which they began."""
    asked = await call.worlds.journal.all_counts()
    tokens = dict.fromkeys([*await call.worlds.store.tokens(), *asked])
    if call.worlds.settings.own_world_only:
        tokens = {token: None for token in tokens if token == call.token}
    kept = {token: counts.kept for token, counts in asked.items()}
    return Answer(200, {"worlds": [_name_object(token) | {"requests": kept.get(token, 0)} for token in tokens]})


async def get_world(call: Call) -> Answer:
    """Show the world."""
    counts = await call.worlds.journal.counts(call.owner)

    def show(world: World) -> JsonObject:
        return _world_object(world, counts, call.base_url)

    return Answer(200, await call.run(show))


def _name_object(token: Token) -> JsonObject:
    return {"handle": token.handle, "token": redacted_token(token)}


def _world_object(world: World, requests: Counts, base_url: str) -> JsonObject:
    policy = world.policy
    return {
        **_name_object(world.token),
        "clock": clock_object(world),
        "accounts": [capacity_object(row) for row in scheduler.capacity(world)],
        "jobs": [_job_object(job, world, base_url) for job in _newest_jobs(world)],
        "quota": {
            "generations": world.counters().get("jobs", 0),
            "totalGenerations": policy.total_generations,
            "seconds": world.counters().get("music_seconds", 0),
            "totalSeconds": policy.total_music_seconds,
        },
        "requests": {
            "last": requests.last,
            "kept": requests.kept,
            "dropped": requests.dropped,
        },
    }


def _newest_jobs(world: World) -> list[Job]:
    listings = (f"{user_id}/{kind}" for user_id in world.accounts for kind in ("song", "instrumental"))
    pages = (world.jobs.page(listing, before=None, limit=SHOWN_JOBS) for listing in listings)
    return nlargest(SHOWN_JOBS, chain.from_iterable(pages), key=lambda job: job.number)


def _job_object(job: Job, world: World, base_url: str) -> JsonObject:
    step, material = job.step(world.now_ms), material_of(job)
    shown: JsonObject = {
        "job_id": str(job.id),
        "kind": job.kind,
        "title": material.title,
        "prompt": job.request.prompt[:SHOWN_PROMPT],
        "status": step.status.name,
        "progress": step.progress,
        "active": job.active,
        "created": iso(job.created_ms),
        "ends": None if job.waits else iso(job.ends_ms),
        "key": material.key,
        "bpm": material.bpm,
        "seconds": material.seconds,
    }
    if step.status is Status.COMPLETED:
        shown["cover"] = links.cover(world, job, base_url)
        if world.now_ms >= job.downloadable_ms:
            shown["files"] = {
                "mp3": links.download(world, job, "mp3", base_url),
                "wav": links.download(world, job, "wav", base_url),
                "stems": links.download(world, job, "stems", base_url),
            }
    return shown
