"""Rules about the callbacks that go to `replyUrl`. The pages hardly describe them, so they bind mocks (D-80)."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, Final

from tempolor_spec import load_document

from ..document.bodies import FAILED, FINAL, address_of, items_of, status_of, whole
from ..document.call import CALLBACK, Call
from ..document.schemas import dereferenced
from .history.records import MANY_CALLBACKS, Job
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = "post-tempolor-music-song"
_SOME: Final = 3
_LATE_SECONDS: Final = 30.0
_OWN: Final = frozenset({"replyUrl", "replyRef"})
# These count what people do with an item, so they may move between a callback and a poll.
_VOLATILE: Final = frozenset({"downloadTotal", "likeTotal", "collectTotal", "readStatus", "downloadStatus"})


def _job(call: Call, world: World) -> tuple[Job, dict[str, Any]] | None:
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is not None:
            return job, item
    return None


def _form(call: Call) -> Judged:
    request = call.exchange.request
    if request.method != "POST":
        return [Problem(f"the callback was sent as {request.method}, not as POST")]
    if request.media_type != "application/json":
        return [
            Problem(f"the callback was sent with {request.media_type or 'no Content-Type'}, not as application/json")
        ]
    named = isinstance(request.json, dict) and request.json.get("job_id")
    return FINE if named else [Problem("the callback does not say which job it is about: it has no job_id")]


def _ref(call: Call, world: World) -> Judged:
    known = _job(call, world)
    if known is None or known[0].order is None:
        return None
    job, item = known
    order = known[0].order
    for name in sorted(_OWN):
        wanted = order.sent.get(name) or None
        if (item.get(name) or None) != wanted:
            told = f"the request gave {name} {wanted!r}, and the callback of {job.id} has {item.get(name)!r}"
            return [Problem(told, (order.call,), key=name)]
    return FINE


def _address(call: Call, world: World) -> Judged:
    known = _job(call, world)
    wanted = known[0].order.sent.get("replyUrl") if known and known[0].order else None
    if known is None or known[0].order is None or not isinstance(wanted, str):
        return None
    # What stands in front of the path may differ: a receiver sees the address it listens on.
    if address_of(wanted) == address_of(call.exchange.request.url):
        return FINE
    return [
        Problem(
            f"the request gave replyUrl {wanted}, but the callback went to {call.exchange.request.url}",
            (known[0].order.call,),
        )
    ]


def _order(call: Call, world: World) -> Judged:
    known = _job(call, world)
    if known is None or not known[0].callbacks:
        return None
    job, item = known
    last = job.callbacks[-1]
    now, then = whole(item.get("progress")), whole(last.progress)
    if now is not None and then is not None and now < then and item.get("status") != FAILED:
        return [
            Problem(f"a callback told progress {then} of {job.id}, and a later one {now}: it went back", (last.call,))
        ]
    return FINE


def _one_final(call: Call, world: World) -> Judged:
    known = _job(call, world)
    if known is None:
        return None
    # What its receiver did not take may be sent again.
    final = [each for each in known[0].callbacks if each.final and each.call.accepted]
    if not final:
        return _missing(world)
    if known[1] == final[0].item and _repeats(known[0]):
        return FINE
    return [Problem(f"{known[0].id} had its final callback already, and then came another one", (final[0].call,))]


def _repeats(job: Job) -> bool:
    """Whether other callbacks came twice, too, word for word: a queue may deliver what it has more than once."""
    items = [each.item for each in job.callbacks if not each.final]
    return any(item in items[:place] for place, item in enumerate(items))


def _missing(world: World) -> Judged:
    """Judge jobs whose callback others have overtaken: where nobody waits for it, nothing else shows that it is lost.

    A receiver that fails may be asked again later, and a job that was cancelled or deleted reports nothing.
    """
    for job in world.unreported.values():
        if job.final is None or not job.reports or any(not each.call.accepted for each in job.callbacks):
            continue
        due, late = job.final.call, list(job.overtaken.values())
        seconds = late[-1].exchange.started - due.exchange.finished if late else 0.0
        if len(late) >= MANY_CALLBACKS or (len(late) >= _SOME and seconds >= _LATE_SECONDS):
            told = (
                f"{job.id} has ended, but no final callback of it came, while callbacks of {len(late)} other jobs did"
            )
            return [Problem(told, (due, *late[:2]), key="missing")]
    return FINE


def _after_cancel(call: Call, world: World) -> Judged:
    known = _job(call, world)
    if known is None or known[0].cancelled is None or not known[0].cancelled.before(call):
        return None
    job, item = known
    seen = job.after_cancel
    now, then = whole(item.get("progress")), whole(seen.progress) if seen else None
    # One that was on its way when the job was cancelled can still arrive; it tells of nothing later.
    if status_of(item) not in FINAL and (now is None or then is None or now <= then):
        return None
    return [
        Problem(f"{job.id} was cancelled, and a callback told of what happened to it afterwards", (known[0].cancelled,))
    ]


def _body(call: Call, world: World) -> Judged:
    """Compare a callback with a poll of the same state, whichever came first."""
    known = _job(call, world)
    if known is None:
        return None
    job, item = known
    called = job.callbacks[-1] if job.callbacks else None
    other = job.by_operation.get("get_music") if call.operation == CALLBACK else called
    if other is None or not other.final:
        return None
    if (other.status, other.progress) != (item.get("status"), item.get("progress")):
        return None
    mine, theirs = _comparable(item), _comparable(other.item)
    different = sorted(name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name))
    told = f"the final callback and the poll of {job.id} tell different values of {', '.join(different)}"
    return [Problem(told, (other.call,))] if different else FINE


def _comparable(value: Any) -> Any:
    """Leave out what may differ: fields that no page prints, and the queries of addresses, which may be signed anew."""
    if isinstance(value, dict):
        return {name: _comparable(each) for name, each in value.items() if name in _compared()}
    return value.partition("?")[0] if isinstance(value, str) and value.startswith("http") else value


@cache
def _compared() -> frozenset[str]:
    """Return the names of the fields, at any depth, that a callback and a poll have in common."""
    document = load_document()
    printed = frozenset(_names(dereferenced(document["components"]["schemas"]["MusicItem"], document)))
    return printed - _OWN - _VOLATILE


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _names(each)


_CALLBACKS: Final = frozenset({CALLBACK})
_bound: Final[Callable[..., Rule]] = partial(
    Rule,
    page=_PAGE,
    strength=Strength.INFERRED,
    severity=Severity.MOCKS,
    evidence=("D-80",),
    on=_CALLBACKS,
)

RULES = (
    _bound("callback-is-a-json-post", "A callback is a POST of JSON that names its job.", single=_form),
    _bound("callback-fits-schema", "The fields of a callback have the types of an item's."),
    _bound(
        "callback-repeats-the-order", "A callback carries the `replyUrl` and `replyRef` of its order.", history=_ref
    ),
    _bound(
        "callback-goes-to-its-address",
        "A callback goes to the `replyUrl` of its order, the query kept.",
        history=_address,
    ),
    _bound(
        "callback-is-what-a-poll-shows",
        "A callback is the object that a poll shows in the same state.",
        history=_body,
        on=_CALLBACKS | {"get_music"},
    ),
    _bound("callbacks-come-in-order", "The progress that is reported for a job never goes back.", history=_order),
    _bound(
        "callbacks-end-with-one-final",
        "The last callback of a job is final, there is exactly one, and it comes.",
        history=_one_final,
    ),
    _bound("callbacks-that-fail-harm-nothing", "A job whose callbacks nobody takes ends like any other."),
    _bound(
        "no-callback-after-cancel",
        "No callback follows after a job was cancelled.",
        history=_after_cancel,
    ),
)
