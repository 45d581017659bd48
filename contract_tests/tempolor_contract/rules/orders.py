"""Rules about orders: what they answer, and what becomes of their fields."""

import re
from typing import Any, Final

from ..call import Call
from ..ids import parse
from ..rule import FINE, Judged, Problem, Rule, Severity, Strength
from ..scenarios import life, refusals
from ..world import Order, World, items_of, texts, whole
from .items import POLLS, details, material

ORDERS: Final = frozenset({"create_song", "create_instrumental"})
_PAGE: Final = "post-tempolor-music-song"
_INSTRUMENTAL: Final = "post-tempolor-music-instrumental"
_VOICES: Final = ("artistVoiceItemId", "clonedVoiceItemId", "midiItemId")
_RESULTS: Final = frozenset({*ORDERS, "delete_music", "delete_midi", "delete_cloned_voice"})


def _jobs_match(call: Call) -> Judged:
    if call.status != 200:
        return None
    jobs, items = call.item.get("jobs"), call.item.get("itemIds")
    if not isinstance(jobs, list) or not texts(jobs):
        return [Problem(f"the order was taken, but names no jobs to follow: {jobs!r}")]
    last = [parts.item if (parts := parse(job)) and parts.kind == "job" else None for job in jobs]
    if len(set(jobs)) != len(jobs):
        return [Problem(f"a job is named twice: {jobs}")]
    if items is not None and last != items:
        return [Problem(f"itemIds {items} are not the last parts of jobs {jobs}")]
    return FINE


def _jobs_are_new(call: Call, world: World) -> Judged:
    if call.status != 200:
        return None
    known = [job for job in texts(call.item.get("jobs")) if job in world.jobs and world.jobs[job].first.before(call)]
    return [Problem(f"{job} existed before", (world.jobs[job].first,)) for job in known[:1]]


def _result(call: Call) -> Judged:
    if call.status != 200 or "result" not in call.item:
        return None
    return FINE if call.item["result"] is True else [Problem(f"200 with result {call.item['result']!r}")]


def _exclude(call: Call) -> Judged:
    given = [name for name in _VOICES if call.sent.get(name)]
    if len(given) < 2 or call.status in {401, 402, 404, 429} or call.unclear:
        return None
    return FINE if call.status == 400 else [Problem(f"{' and '.join(given)} together were answered {call.status}")]


def _account(call: Call) -> Judged:
    asked = call.sent.get("user_id")
    accounts = {parts.account for job in texts(call.item.get("jobs")) if (parts := parse(job))}
    if not call.accepted or not accounts or not isinstance(asked, str) or not asked:
        return None
    return FINE if accounts == {asked} else [Problem(f"ordered on account {asked}, but jobs are on {sorted(accounts)}")]


def _echo(call: Call, world: World) -> Judged:
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is None or job.order is None:
            continue
        judged = judged or FINE
        for name, wanted, told in _echoes(job.order, item):
            if told not in (None, "", wanted):
                problem = Problem(
                    f"{name} of {job.id}: ordered {wanted!r}, shown {told!r}", (job.order.call,), key=name
                )
                judged = [*judged, problem]
    return judged


def _echoes(order: Order, item: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    sent, music, extra = order.sent, material(item), details(item)
    prompt = sent.get("prompt")
    pairs = [("otherInfo", prompt, music.get("otherInfo"))]
    pairs += [(name, prompt, extra.get(name)) for name in ("description", "prompt")]
    pairs += [
        ("lyricsPrompt", sent.get("lyrics"), extra.get("lyricsPrompt")),
        ("key", sent.get("tonality"), music.get("key")),
        ("bpm", whole(sent.get("bpm")), music.get("bpm")),
        ("chord", sent.get("chords") or sent.get("chord"), music.get("chord")),
    ]
    return [(name, _trimmed(wanted), _trimmed(told)) for name, wanted, told in pairs if wanted not in (None, "")]


def _trimmed(value: Any) -> Any:
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else value


def _sources(call: Call, world: World) -> Judged:
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        extra = details(item)
        if job is None or job.order is None or job.kind != "song":
            continue
        sent = job.order.sent
        voice = bool(sent.get("artistVoiceItemId") or sent.get("clonedVoiceItemId"))
        for name, wanted in (("ltmVocalModel", voice), ("ltmMidiModel", bool(sent.get("midiItemId")))):
            if name in extra:
                judged = judged or FINE
                if extra[name] is not wanted:
                    judged = [*judged, Problem(f"{name} is {extra[name]!r} for {sent}", (job.order.call,), key=name)]
    return judged


def _plan(call: Call) -> Judged:
    left, total = call.item.get("remainNum"), call.item.get("totalNum")
    if call.status != 200 or not isinstance(left, int) or not isinstance(total, int) or call.item.get("unlimited"):
        return None
    return FINE if 0 <= left <= total else [Problem(f"{left} of {total} generations are left")]


RULES = (
    Rule(
        "jobs-match-item-ids",
        "An order names its jobs, and `itemIds` are the last parts of `jobs`, in the same order.",
        _PAGE,
        evidence=("D-20", "D-60"),
        on=ORDERS,
        single=_jobs_match,
        scenarios=(life.SONG, life.INSTRUMENTAL),
    ),
    Rule(
        "jobs-are-new",
        "An order starts jobs that did not exist before.",
        _PAGE,
        on=ORDERS,
        history=_jobs_are_new,
        scenarios=(life.SONG, life.INSTRUMENTAL),
    ),
    Rule(
        "result-means-success",
        "A success with `result` has true there.",
        _PAGE,
        on=_RESULTS,
        single=_result,
        scenarios=(life.SONG,),
    ),
    Rule(
        "valid-orders-are-taken",
        "A valid order is taken while there is room.",
        _PAGE,
        evidence=("D-11", "D-47", "D-52"),
        scenarios=(life.SONG, life.INSTRUMENTAL, life.FORM),
    ),
    Rule(
        "voice-and-midi-exclude-each-other",
        "Of the two voices and the MIDI file, an order may name one.",
        _PAGE,
        evidence=("D-65",),
        on=frozenset({"create_song"}),
        single=_exclude,
        scenarios=(refusals.ORDERS,),
    ),
    Rule(
        "order-goes-to-its-account",
        "An order that names an account starts its jobs there.",
        _PAGE,
        evidence=("D-20",),
        on=ORDERS,
        single=_account,
        scenarios=(life.SONG,),
    ),
    Rule(
        "order-comes-back",
        "Prompt, lyrics, key, tempo and chords of an order come back in its items.",
        _INSTRUMENTAL,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-66",),
        on=POLLS,
        history=_echo,
        scenarios=(life.INSTRUMENTAL, life.SONG),
    ),
    Rule(
        "sources-come-back",
        "`ltmVocalModel` tells whether a voice was chosen, `ltmMidiModel` whether a MIDI file was.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.TOLERATE,
        on=POLLS,
        history=_sources,
        scenarios=(life.SONG,),
    ),
    Rule(
        "plan-adds-up",
        "No more generations are left than the plan has.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=ORDERS,
        single=_plan,
        scenarios=(life.SONG,),
    ),
)
