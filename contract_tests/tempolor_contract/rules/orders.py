"""Rules about orders: what they answer, and what becomes of their fields."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final
from unicodedata import normalize

from ..document.bodies import COMPLETED, details, items_of, material, status_of, texts
from ..document.call import Call
from ..document.ids import parse
from ..document.service import ORDERS, SOURCES
from .history.echoes import Echo, echo_key, echoes
from .history.records import KIND_OF_ORDER, Job, Order
from .history.world import World
from .items import POLLS
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = "post-tempolor-music-song"
_INSTRUMENTAL: Final = "post-tempolor-music-instrumental"
_MODELS: Final = {"song": ("model_song", "v3.5"), "instrumental": ("model_instrumental", "i3.5 beta")}
_LONGEST: Final = {"v3": 120, "v3.5": 270, "i3": 120, "i3.5 beta": 270}
"""The models of the pages, and how many seconds their pieces last at most."""
_SLACK_SECONDS: Final = 2
_RESULTS: Final = frozenset({*ORDERS, "delete_music", "delete_midi", "delete_cloned_voice"})


def _jobs_match(call: Call) -> Judged:
    if call.status != 200:
        return None
    jobs, items = call.item.get("jobs"), call.item.get("itemIds")
    if not isinstance(jobs, list) or not texts(jobs):
        return [Problem(f"the order was taken, but its jobs are {jobs!r}: no id to poll")]
    last = [parts.item if (parts := parse(job)) and parts.kind == "job" else None for job in jobs]
    if len(set(jobs)) != len(jobs):
        return [Problem(f"the answer names a job twice: {jobs}")]
    if items is not None and last != items:
        return [Problem(f"itemIds {items} are not the last parts of jobs {jobs}")]
    return FINE


def _jobs_are_new(call: Call, world: World) -> Judged:
    if call.status != 200:
        return None
    known = [job for job in texts(call.item.get("jobs")) if job in world.jobs and world.jobs[job].first.before(call)]
    return [
        Problem(f"the order was answered with the job {job}, which existed before", (world.jobs[job].first,))
        for job in known[:1]
    ]


def _result(call: Call) -> Judged:
    if call.status != 200 or "result" not in call.item:
        return None
    return (
        FINE
        if call.item["result"] is True
        else [Problem(f"it was answered 200, but its result is {call.item['result']!r}, not true")]
    )


def _exclude(call: Call) -> Judged:
    given = [name for name in SOURCES if call.sent.get(name)]
    if len(given) < 2 or call.status in {401, 402, 404, 429} or call.unclear:
        return None
    return (
        FINE
        if call.status == 400
        else [
            Problem(
                f"{' and '.join(given)} exclude each other, but an order with them was answered {call.status}, not 400"
            )
        ]
    )


def _account(call: Call) -> Judged:
    asked = call.sent.get("user_id")
    accounts = {parts.account for job in texts(call.item.get("jobs")) if (parts := parse(job))}
    if not call.accepted or not accounts or not isinstance(asked, str) or not asked:
        return None
    return (
        FINE
        if accounts == {asked}
        else [Problem(f"the order was for account {asked}, but its jobs are on account {sorted(accounts)}")]
    )


def _account_of_source(call: Call) -> Judged:
    sources = [parts for name in SOURCES if (parts := parse(call.sent.get(name)))]
    accounts = {parts.account for job in texts(call.item.get("jobs")) if (parts := parse(job))}
    if not call.accepted or not accounts or call.sent.get("user_id") or len(sources) != 1:
        return None
    told = f"the order names no account and a source of account {sources[0].account}, but its jobs are on "
    return FINE if accounts == {sources[0].account} else [Problem(f"{told}{sorted(accounts)}")]


def _echo(call: Call, world: World) -> Judged:
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is not None and job.order is not None:
            found = echoes(job.order, item)
            judged = [*(judged or ()), *_changed(job, job.order, found), *_lost(call, world, job, item, found)]
    return judged


def _changed(job: Job, order: Order, found: list[Echo]) -> Iterator[Problem]:
    """Yield the places that show something else than the order gave, code point by code point."""
    for _, name, wanted, told in found:
        if told not in (None, wanted):
            shown = f"and the item shows {told!r}{_unseen(wanted, told)}"
            yield Problem(f"the order of {job.id} gave {name} {wanted!r}, {shown}", (order.call,), key=name)


def _lost(call: Call, world: World, job: Job, item: dict[str, Any], found: list[Echo]) -> Iterator[Problem]:
    """Yield the fields that the item does not show: a service may leave one out, but not of some orders alone."""
    for field in sorted({each.field for each in found} - {each.field for each in found if each.told is not None}):
        seen = world.echoed.get(echo_key(job.order, call, item, field)) if job.order is not None else None
        if seen is not None and job.order is not None and seen.before(call):
            told = f"the order of {job.id} gave {field}, which its item does not show, as that of another order does"
            yield Problem(told, (seen, job.order.call), key=f"no {field}")


def _unseen(wanted: object, told: object) -> str:
    """Return where two texts differ that look the same."""
    if not (isinstance(wanted, str) and isinstance(told, str) and normalize("NFKC", wanted) == normalize("NFKC", told)):
        return ""
    at = next(number for number, pair in enumerate(zip_longest(wanted, told)) if pair[0] != pair[1])
    return f"; they differ from character {at + 1} on, {wanted[at : at + 2]!a} became {told[at : at + 2]!a}"


def _sources(call: Call, world: World) -> Judged:
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        extra = details(item)
        if job is None or job.order is None or job.kind != "song":
            continue
        sent = job.order.sent
        voice = bool(sent.get("artistVoiceItemId") or sent.get("clonedVoiceItemId"))
        midi = bool(sent.get("midiItemId"))
        for name, what, wanted in (("ltmVocalModel", "voice", voice), ("ltmMidiModel", "MIDI file", midi)):
            if name in extra:
                judged = judged or FINE
                if extra[name] is not wanted:
                    chosen = f"the order chose {'a' if wanted else 'no'} {what}"
                    problem = Problem(
                        f"{chosen}, but {name} of its item is {extra[name]!r}", (job.order.call,), key=name
                    )
                    judged = [*judged, problem]
    return judged


def _plan(call: Call) -> Judged:
    left, total = call.item.get("remainNum"), call.item.get("totalNum")
    if call.status != 200 or not isinstance(left, int) or not isinstance(total, int) or call.item.get("unlimited"):
        return None
    return (
        FINE
        if 0 <= left <= total
        else [Problem(f"remainNum is {left} and totalNum {total}: more is left than there is")]
    )


def _model(call: Call, world: World) -> Judged:
    judged: Judged = None
    for order, item in _ordered(call, world):
        field, default = _MODELS[KIND_OF_ORDER[order.call.operation]]
        shown, wanted = details(item).get("modelShowName"), order.sent.get(field) or default
        # A service of a later revision shows the later model that an older name leads to.
        if shown not in _LONGEST:
            continue
        judged = judged or FINE
        if shown != wanted:
            judged = [
                Problem(
                    f"the order of {item['job_id']} was for the model {wanted}, and the item shows {shown}",
                    (order.call,),
                )
            ]
    return judged


def _length(call: Call) -> Judged:
    judged: Judged = None
    for item in items_of(call):
        seconds, longest = material(item).get("dur"), _LONGEST.get(str(details(item).get("modelShowName")))
        if status_of(item) != COMPLETED or longest is None or not isinstance(seconds, (int, float)):
            continue
        if not 0 < seconds <= longest + _SLACK_SECONDS:
            model = details(item)["modelShowName"]
            return [
                Problem(f"{item.get('job_id')} by {model} lasts {seconds} s, but that model makes {longest} s at most")
            ]
        judged = FINE
    return judged


def _ordered(call: Call, world: World) -> Iterator[tuple[Order, dict[str, Any]]]:
    """Yield the items of a call whose orders are known, each with its order."""
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is not None and job.order is not None:
            yield job.order, item


RULES = (
    Rule(
        "jobs-match-item-ids",
        "An order names its jobs, and `itemIds` are the last parts of `jobs`, in the same order.",
        _PAGE,
        evidence=("D-20", "D-60"),
        on=ORDERS,
        single=_jobs_match,
    ),
    Rule(
        "jobs-are-new",
        "An order starts jobs that did not exist before.",
        _PAGE,
        on=ORDERS,
        history=_jobs_are_new,
    ),
    Rule(
        "result-means-success",
        "A success with `result` has true there.",
        _PAGE,
        on=_RESULTS,
        single=_result,
    ),
    Rule(
        "valid-orders-are-taken",
        "A valid order is taken while there is room.",
        _PAGE,
        evidence=("D-11", "D-47", "D-52"),
    ),
    Rule(
        "orders-are-json-or-forms",
        "An order comes as application/json or multipart/form-data; anything else is a 400.",
        _PAGE,
        severity=Severity.MOCKS,
        evidence=("D-04",),
    ),
    Rule(
        "order-finds-its-account",
        "Without `user_id`, an order goes to the account of its voice or MIDI file, else to one with most free slots.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-27",),
        on=ORDERS,
        single=_account_of_source,
    ),
    Rule(
        "voice-and-midi-exclude-each-other",
        "Of the two voices and the MIDI file, an order may name one.",
        _PAGE,
        evidence=("D-65",),
        on=frozenset({"create_song"}),
        single=_exclude,
    ),
    Rule(
        "order-goes-to-its-account",
        "An order that names an account starts its jobs there.",
        _PAGE,
        evidence=("D-20",),
        on=ORDERS,
        single=_account,
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
    ),
    Rule(
        "sources-come-back",
        "`ltmVocalModel` tells whether a voice was chosen, `ltmMidiModel` whether a MIDI file was.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.TOLERATE,
        on=POLLS,
        history=_sources,
    ),
    Rule(
        "model-comes-back",
        "An item shows the model that was ordered, by default `v3.5` for songs and `i3.5 beta` for instrumentals.",
        _PAGE,
        severity=Severity.MOCKS,
        evidence=("D-43",),
        on=POLLS,
        history=_model,
    ),
    Rule(
        "length-keeps-to-the-model",
        "A finished piece lasts as long as its model allows: 2 minutes with `v3` and `i3`, else 4.5.",
        _PAGE,
        severity=Severity.MOCKS,
        on=POLLS,
        single=_length,
    ),
    Rule(
        "plan-adds-up",
        "No more generations are left than the plan has.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=ORDERS,
        single=_plan,
    ),
)
