"""Rules about one item of music, wherever it is shown."""

from collections.abc import Iterator
from typing import Any, Final

from ..document.bodies import COMPLETED, FAILED, GENERATING, items_of, material, records_of, running_rows, status_of
from ..document.call import CALLBACK, FILE, Call
from ..document.ids import parse, token_number
from ..document.times import ELAPSED
from .history.records import Sighting
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

ITEMS: Final = frozenset({"get_music", "list_music", CALLBACK})
POLLS: Final = frozenset({"get_music", "list_music"})
_PAGE: Final = "get-tempolor-music-job_id"
_TRIPLES: Final = {GENERATING: ("GENERATING", False), FAILED: ("FAILED", True), COMPLETED: ("COMPLETED", True)}
_STAMPS: Final = ("createTime", "updateTime", "updated", "sysTime")
_DAY_MINUTES: Final = 24 * 60
_YEAR_1973_MS: Final = 10**11
"""No service is as old; what counts in seconds stays below for three thousand years."""
_FILES: Final = ("mp3OssId", "wavOssId")
_LASTING: Final = ("itemId", "genItemId", "createTime", "childType", "bizType")
_LASTING_MATERIAL: Final = ("seed", "batchId")
_FINISHED: Final = ("progress", "mp3OssId", "wavOssId", "titleEn")
_FINISHED_MATERIAL: Final = ("key", "bpm", "dur", "chord", "otherInfo", "style")


def _triple(call: Call) -> Judged:
    judged = None
    for item in items_of(call):
        status = item.get("status")
        if not isinstance(status, int) or status not in _TRIPLES:
            continue
        told = (item.get("status_name", _TRIPLES[status][0]), item.get("status_final", _TRIPLES[status][1]))
        if told != _TRIPLES[status]:
            return [
                Problem(
                    f"status {status} means (status_name, status_final) = {_TRIPLES[status]}, but the item has {told}"
                )
            ]
        judged = FINE
    return judged


def _completed_is_100(call: Call) -> Judged:
    done = [item for item in items_of(call) if item.get("status") == COMPLETED and "progress" in item]
    wrong = [
        Problem(f"the item is COMPLETED, but its progress is {item['progress']!r}, not 100")
        for item in done
        if item["progress"] != 100
    ]
    return wrong[:1] if done else None


def _unfinished(call: Call) -> Judged:
    running = [item for item in items_of(call) if item.get("status") == GENERATING]
    problems = []
    for item in running:
        if item.get("progress") == 100:
            problems.append(Problem("the item is still GENERATING, but its progress is 100", key="progress"))
        problems += [
            Problem(f"the item is still GENERATING, but has {name} already", key=name)
            for name in _FILES
            if item.get(name)
        ]
    return problems[:1] if running else None


def _ids_agree(call: Call) -> Judged:
    judged = None
    for item in items_of(call):
        parts = parse(item.get("job_id"))
        if parts is None:
            continue
        if parts.kind != "job":
            return [Problem(f"the job_id of an item is {item['job_id']}, the id of a {parts.kind}")]
        for name, part in (("itemId", parts.item), ("userId", parts.account)):
            if item.get(name, part) != part:
                return [Problem(f"{item['job_id']} names {part} where {name} beside it is {item[name]!r}")]
        judged = FINE
    return judged


def _asked_is_answered(call: Call) -> Judged:
    asked = call.arguments.get("job_id", "")
    parts = parse(asked)
    if call.status != 200 or parts is None or not call.item.keys() & {"job_id", "itemId"}:
        return None
    told = call.item.get("job_id", asked), call.item.get("itemId", parts.item)
    return (
        FINE
        if told == (asked, parts.item)
        else [Problem(f"{asked} was asked for, and {told[0]} with itemId {told[1]} came")]
    )


def _token_number(call: Call) -> Judged:
    number = token_number(call.token)
    if number is None or not call.accepted or call.operation == CALLBACK:
        return None
    found = list(_ids(call.answer))
    wrong = [each for each in found if not each.startswith(f"user:{number}-")]
    return (
        [Problem(f"{wrong[0]} does not begin with the token's number {number}")] if wrong else FINE if found else None
    )


def _ids(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        if node.startswith("user:") and parse(node):
            yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _ids(value)
    elif isinstance(node, list):
        for value in node:
            yield from _ids(value)


def sightings(call: Call, world: World) -> Iterator[tuple[dict[str, Any], Sighting]]:
    """Yield each item of a call with the last sighting of its job that was over before the call began."""
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is not None and job.latest is not None and job.latest.call.before(call):
            yield item, job.latest


def _progress(call: Call, world: World) -> Judged:
    judged = None
    for item, last in sightings(call, world):
        now, then = item.get("progress"), last.progress
        # A failed job need not keep the progress it had.
        if not isinstance(now, int) or not isinstance(then, int) or item.get("status") == FAILED:
            continue
        if now < then:
            return [Problem(f"progress of {item['job_id']} went from {then} back to {now}", (last.call,))]
        judged = FINE
    return judged


def _status(call: Call, world: World) -> Judged:
    judged = None
    for item, last in sightings(call, world):
        now, then = status_of(item), last.status
        if now not in _TRIPLES or then not in _TRIPLES:
            continue
        if then != GENERATING and now == GENERATING:
            return [Problem(f"status of {item['job_id']} went from {then} back to {now}", (last.call,))]
        judged = FINE
    return judged


def _final(call: Call, world: World) -> Judged:
    judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is None or job.final is None or not job.final.call.before(call):
            continue
        now = status_of(item)
        if now is None:
            continue
        if now != job.final.status:
            message = f"{job.id} had ended with status {job.final.status}, and then had status {now}"
            return [Problem(message, (job.final.call,))]
        judged = FINE
    return judged


def _finished_is_stable(call: Call, world: World) -> Judged:
    judged = None
    for item, last in sightings(call, world):
        if not last.final:
            continue
        changed = _changed(last.item, item, _FINISHED, _FINISHED_MATERIAL)
        if changed:
            return [Problem(f"{item['job_id']} had ended, but {changed}", (last.call,))]
        judged = FINE
    return judged


def _lasting(call: Call, world: World) -> Judged:
    judged = None
    for item, last in sightings(call, world):
        changed = _changed(last.item, item, _LASTING, _LASTING_MATERIAL)
        if changed:
            return [Problem(f"of {item['job_id']}, {changed}", (last.call,))]
        judged = FINE
    return judged


def _changed(then: dict[str, Any], now: dict[str, Any], fields: tuple[str, ...], inner: tuple[str, ...]) -> str:
    pairs = [(name, then, now) for name in fields] + [(name, material(then), material(now)) for name in inner]
    for name, before, after in pairs:
        if name in before and name in after and before[name] != after[name] and before[name] not in {"", None}:
            return f"{name} changed from {before[name]!r} to {after[name]!r}"
    return ""


def _stamps(call: Call, world: World) -> Judged:
    judged = None
    for item in items_of(call):
        created, updated = item.get("createTime"), item.get("updateTime")
        if not isinstance(created, int) or not isinstance(updated, int):
            continue
        if updated < created:
            return [Problem(f"{item.get('job_id')} has an updateTime {created - updated} ms before its createTime")]
        judged = FINE
    for item, last in sightings(call, world):
        then, now = last.item.get("updateTime"), item.get("updateTime")
        if isinstance(then, int) and isinstance(now, int) and now < then:
            return [Problem(f"updateTime of {item['job_id']} went back by {then - now} ms", (last.call,))]
    return judged


def _milliseconds(call: Call) -> Judged:
    told = call.operation == CALLBACK or (call.accepted and call.operation != FILE)
    found = list(_stamps_in(call)) if told else []
    wrong = [f"{name} is {stamp}" for name, stamp in found if 0 < stamp < _YEAR_1973_MS]
    return [Problem(f"{wrong[0]}, which is no time in milliseconds")] if wrong else FINE if found else None


def _stamps_in(call: Call) -> Iterator[tuple[str, int]]:
    for each in (*items_of(call), *records_of(call), call.item, *call.item.values()):
        for name in _STAMPS if isinstance(each, dict) else ():
            if isinstance(each.get(name), int):
                yield name, each[name]


def _within_a_day(call: Call) -> Judged:
    judged: Judged = None
    for row in running_rows(call) if call.status == 200 else ():
        elapsed = ELAPSED.fullmatch(str(row.get("elapsed")))
        if elapsed is not None and int(elapsed[1]) >= _DAY_MINUTES:
            return [Problem(f"{row.get('job_id')} is still at work after {int(elapsed[1]) // 60} hours")]
        judged = FINE if elapsed else judged
    return judged


RULES = (
    Rule(
        "status-triple-agrees",
        "`status`, `status_name` and `status_final` say the same.",
        _PAGE,
        evidence=("D-43",),
        on=ITEMS,
        single=_triple,
    ),
    Rule(
        "completed-is-100-percent",
        "A COMPLETED item has progress 100.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-67",),
        on=ITEMS,
        single=_completed_is_100,
    ),
    Rule(
        "unfinished-has-no-files",
        "A GENERATING item has progress below 100 and no file ids.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-67",),
        on=ITEMS,
        single=_unfinished,
    ),
    Rule(
        "item-ids-agree",
        "`itemId` is the last part of `job_id`, and `userId` its account.",
        _PAGE,
        evidence=("D-20",),
        on=ITEMS,
        single=_ids_agree,
    ),
    Rule(
        "asked-is-answered",
        "The job that was asked for is the job that is answered.",
        _PAGE,
        on=frozenset({"get_music"}),
        single=_asked_is_answered,
    ),
    Rule(
        "ids-carry-the-token-number",
        "Composite ids begin with the number of the token `user:<number>-<text>`.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-09", "D-20"),
        single=_token_number,
    ),
    Rule(
        "progress-never-goes-back",
        "A job's progress never goes back.",
        _PAGE,
        strength=Strength.INFERRED,
        on=POLLS,
        history=_progress,
    ),
    Rule(
        "status-never-goes-back",
        "A job that has ended is not at work again.",
        _PAGE,
        on=POLLS,
        history=_status,
    ),
    Rule(
        "final-stays-final",
        "Once `status_final` is true, a job's status stays as it is.",
        _PAGE,
        on=POLLS,
        history=_final,
    ),
    Rule(
        "stamps-are-in-milliseconds",
        "Stamps that are numbers count milliseconds since 1970.",
        "post-tempolor-accounts",
        severity=Severity.MOCKS,
        evidence=("D-41",),
        single=_milliseconds,
    ),
    Rule(
        "jobs-come-to-an-end",
        "A job and a cloning end: on a mock in the time that a run waits, or in a day of a clock that can be moved.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-79",),
        on=frozenset({"list_running_jobs", "get_available_capacity"}),
        single=_within_a_day,
    ),
    Rule(
        "finished-item-is-stable",
        "Title, files and musical facts of a finished item do not change.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=POLLS,
        history=_finished_is_stable,
    ),
    Rule(
        "item-keeps-its-identity",
        "An item's ids, creation time, kind and seed are the same each time it is shown.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=POLLS,
        history=_lasting,
    ),
    Rule(
        "item-stamps-run-forward",
        "`updateTime` is not before `createTime` and never goes back.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=POLLS,
        history=_stamps,
    ),
)
