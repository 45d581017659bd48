"""Operations of the tag `journal`."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any

from ..domain.clock import iso
from ..domain.errors import ServiceError
from ..domain.ids import CompositeId
from ..domain.world import World
from ..exchange import Answer, Call
from ..journal import Body, Entry, redacted_body, redacted_headers, redacted_path, redacted_query
from ..journal.records import RawHeaders
from ..settings import PUBLIC_BASE_PATH, Settings
from .callbacks import callback_object
from .documents import service_document

JsonObject = dict[str, Any]

LONGEST_PATH = 200
"""How much of an unknown path is compared with those that are documented."""

MOST_CALLBACKS = 100
"""How many callbacks of a job are shown: more than the steps of any plan."""


async def list_requests(call: Call) -> Answer:
    """List requests of the world."""
    given = call.parameters
    journal, token = call.worlds.journal, call.owner
    # Everything is counted before anything is awaited: the journal grows meanwhile.
    fitting = list(_fitting(journal.newest_first(token), given))
    counts = {
        "matched": len(fitting),
        "kept": journal.kept(token),
        "dropped": journal.dropped(token),
        "last": journal.last(token),
    }
    listed = [] if given["count"] else fitting[: given["limit"]]
    return Answer(200, {"requests": await _shown(call, listed, brief=given["brief"]), **counts})


async def get_request(call: Call) -> Answer:
    """Show one request of the world."""
    number = call.parameters["number"]
    entry = call.worlds.journal.get(call.owner, number)
    if entry is None:
        raise ServiceError(404, f"Request {number} is not in the journal")
    (shown,) = await _shown(call, [entry], brief=False)
    return Answer(200, shown)


async def delete_requests(call: Call) -> Answer:
    """Empty the world's journal."""
    return Answer(200, {"deleted": call.worlds.journal.clear(call.owner)})


def _fitting(entries: Iterator[Entry], given: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield the entries that fit all filters; numbers fall, so that `since` ends the search."""
    since = given.get("since", 0)
    for entry in entries:
        if entry.number <= since:
            return
        if _fits(entry, given):
            yield entry


def _fits(entry: Entry, given: Mapping[str, Any]) -> bool:
    return (
        given.get("operation_id", entry.notes.operation_id) == entry.notes.operation_id
        and given.get("method", entry.head.method) == entry.head.method
        and given.get("status", entry.status) == entry.status
        and given.get("path", "") in entry.head.path
        and ("job_id" not in given or given["job_id"] in entry.notes.jobs or given["job_id"] in entry.head.path)
    )


async def _shown(call: Call, entries: list[Entry], *, brief: bool) -> list[JsonObject]:
    job_ids = {job_id for entry in entries for job_id in entry.notes.jobs}
    jobs = await call.run(lambda world: _jobs(world, job_ids)) if job_ids else {}
    known = (str(call.owner), call.worlds.settings.control_token or "")
    show = partial(_request_object, jobs=jobs, settings=call.worlds.settings, known=known, brief=brief)
    # Off the event loop: bodies are searched for secrets, and the document is read for the first unknown path.
    return await asyncio.to_thread(lambda: list(map(show, entries)))


def _request_object(
    entry: Entry, *, jobs: Mapping[str, JsonObject], settings: Settings, known: Collection[str], brief: bool
) -> JsonObject:
    shown: JsonObject = {
        "number": entry.number,
        "received": iso(entry.real_ms),
        "virtualTime": None if entry.notes.now_ms is None else iso(entry.notes.now_ms),
        "durationMs": round(entry.duration_ns / 1e6, 3),
        "operation_id": entry.notes.operation_id,
        "method": entry.head.method,
        "path": redacted_path(entry.head.path, known),
        "query": redacted_query(entry.head.query, known),
        "status": entry.status,
        "forced": entry.notes.forced,
        "violations": list(entry.notes.violations),
        "jobs": [jobs[job_id] for job_id in entry.notes.jobs],
    }
    if _is_astray(entry):
        shown["closest"] = _closest_path(entry.head.path, settings)
    if not brief:
        shown["request"] = _content_object(entry.head.headers, entry.request_body, known)
        shown["answer"] = _content_object(entry.answer_headers, entry.answer_body, known)
    return shown


def _is_astray(entry: Entry) -> bool:
    """Whether it asked for a path that is not documented."""
    return entry.status == 404 and entry.notes.operation_id is None and not entry.head.path.startswith("/files/")


def _closest_path(path: str, settings: Settings) -> str:
    documented = [PUBLIC_BASE_PATH + each for each in service_document(settings)["paths"]]
    closest: str
    (closest,) = get_close_matches(path[:LONGEST_PATH], documented, n=1, cutoff=0)
    return closest


def _content_object(headers: RawHeaders, body: Body, known: Collection[str]) -> JsonObject:
    return {
        "headers": redacted_headers(headers, known),
        "mediaType": body.media_type.decode("latin-1"),
        "size": body.size,
        "truncated": body.is_truncated,
        "body": redacted_body(body.text, body.media_type, known) if body.text else None,
        "sha256": body.sha256 if body.size else None,
    }


def _jobs(world: World, job_ids: set[str]) -> dict[str, JsonObject]:
    """Return jobs by id, as they are now, with their callbacks."""
    return {job_id: _job_object(world, job_id) for job_id in job_ids}


def _job_object(world: World, job_id: str) -> JsonObject:
    sent = reversed(world.callbacks.latest(MOST_CALLBACKS, job_id=job_id))
    job = world.jobs.get(CompositeId.parse(job_id, "job", name="job_id").item_id)
    step = job.step(world.now_ms) if job else None
    return {
        "job_id": job_id,
        "status": step.status.name if step else None,
        "progress": step.progress if step else None,
        "callbacks": [callback_object(world, each) for each in sent],
    }
