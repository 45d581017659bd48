"""Orders with a `replyUrl`, watched from the other end."""

from functools import partial
from typing import Final

from ...document.bodies import COMPLETED, FAILED, status_of
from ...rules.catalogue import rule
from ...target.guard import Level
from . import fixtures
from .fetching import all_formats
from .fixtures import Ordered
from .lab import Lab, UnclearError
from .scenario import Beside, Need, Scenario, ids

_CALLBACKS_END_WITH_ONE_FINAL: Final = rule("callbacks-end-with-one-final")
_CALLBACKS_THAT_FAIL_HARM_NOTHING: Final = rule("callbacks-that-fail-harm-nothing")
_NO_CALLBACK_AFTER_CANCEL: Final = rule("no-callback-after-cancel")

_PATIENCE: Final = 30.0
_PATIENCE_NEARBY: Final = 12.0
_LONGEST: Final = 1024
_NOBODY: Final = "http://127.0.0.1:9"
"""Where nobody listens: the port of a protocol that is out of use."""


def _callbacks(lab: Lab) -> None:
    reply = f"{_url(lab)}?ref=42&x=%20y&"
    reply += "l" * (_LONGEST - len(reply))
    told = {"replyUrl": reply, "replyRef": lab.name("Ref").ljust(_LONGEST, "r")}
    another = _another(lab)
    ordered = [
        fixtures.order(lab, **told, prompt=fixtures.HARD),
        _by_form(lab, "create_song", model_song="v3", **told),
        _by_form(lab, "create_instrumental", replyUrl=reply),
        fixtures.order(lab, "create_instrumental", user_id=another, replyUrl=reply),
    ]
    if lab.guard.level is Level.FULL:
        # An account that is stored again has the jobs that it had, and they go on.
        lab.call("create_account", json={"requestParams": {"user_id": another, "ve": "2.0"}})
    lab.call("list_running_jobs")
    jobs = [job_id for each in ordered for job_id in each.jobs]
    lab.side_by_side(partial(fixtures.finished, lab, job_id) for job_id in jobs)
    arrived = _wait_for_final(lab, set(jobs))
    for each in ordered:
        for job_id in each.jobs:
            told_of = f"{job_id} has ended, but no final callback came to its replyUrl"
            lab.check(_CALLBACKS_END_WITH_ONE_FINAL, fine=job_id in arrived, message=told_of, call=each.call)
    ends = lab.side_by_side(partial(fixtures.read, lab, job_id) for job_id in jobs)
    # What another account has made can be had as well.
    for last in [each for each in ends[-1:] if status_of(each.item) == COMPLETED]:
        all_formats(lab, last.arguments["job_id"])


def _another(lab: Lab) -> str:
    """Return another account than the first, where one can be made."""
    return fixtures.new_account(lab) if lab.guard.level is Level.FULL else fixtures.account(lab)


def _by_form(lab: Lab, operation: str, **fields: str) -> Ordered:
    """Send a valid order as a form, which is read by other code."""
    body = {"user_id": fixtures.account(lab), "prompt": "A harbour ballad", **fields}
    call = lab.call(operation, **fixtures.as_form(body))
    return Ordered(call, body["user_id"], fixtures.taken(lab, call, "a valid order as a form"))


def _url(lab: Lab) -> str:
    assert lab.receiver is not None, "the plan leaves this scenario out without a receiver"  # noqa: S101 - tells the type checker
    return lab.receiver.url


def _wait_for_final(lab: Lab, jobs: set[str]) -> set[str]:
    """Wait until a final callback of each job has come, or patience ends, and return the jobs whose callback came."""
    waited = 0.0
    patience = _PATIENCE_NEARBY if lab.target.local and not lab.clock.virtual else _PATIENCE
    while True:
        lab.collect()
        arrived = _reported(lab, jobs)
        if jobs == arrived or waited >= patience:
            return arrived
        lab.wait(lab.pause)
        waited += lab.pause


def _reported(lab: Lab, jobs: set[str]) -> set[str]:
    """Return those of these jobs of which a final callback has come."""
    known = (world.jobs.get(job_id) for world in lab.inspector.worlds for job_id in jobs)
    return {job.id for job in known if job is not None and any(each.final for each in job.callbacks)}


def _cancelled(lab: Lab) -> None:
    ordered = fixtures.order(lab, replyUrl=_url(lab), replyRef=lab.name("Ref"))
    # Of two jobs, the other one goes on reporting.
    chosen = ordered.jobs[:1]
    others = set(ordered.jobs[1:])
    cancels = {job_id: lab.call("cancel_job", arguments={"job_id": job_id}) for job_id in chosen}
    # One that ends before it can be cancelled reports its end, as it should.
    cancelled = {job_id: call for job_id, call in cancels.items() if call.accepted}
    if not cancelled:
        raise UnclearError("the jobs ended before they could be cancelled")
    for job_id in ordered.jobs:
        fixtures.finished(lab, job_id)
    arrived = _wait_for_final(lab, others)
    told = f"{', '.join(chosen)} was cancelled, and of {', '.join(others)} of the same order no final callback came"
    lab.check(_CALLBACKS_END_WITH_ONE_FINAL, fine=arrived == others, message=told, call=ordered.call)
    for _ in range(3):
        lab.wait(lab.pause)
    reported = _reported(lab, set(cancelled))
    for job_id, call in cancelled.items():
        told = f"{job_id} was cancelled, but a callback told of its end"
        fine = job_id not in reported
        lab.check(_NO_CALLBACK_AFTER_CANCEL, fine=fine, message=told, call=call, earlier=(ordered.call,))


def _failing(lab: Lab) -> None:
    """Order with addresses that answer 503 or not at all: that is no reason for the music to fail."""
    once = fixtures.order(lab, replyUrl=f"{_url(lab)}?first=503")
    unheard = fixtures.order(lab, replyUrl=f"{_NOBODY}/{lab.name('hook')}")
    refused = fixtures.order(lab, replyUrl=f"{_url(lab)}?answer=503")
    ends = {job_id: fixtures.finished(lab, job_id) for each in (unheard, refused) for job_id in each.jobs}
    # Music may fail by itself.
    own = {*once.jobs, *ends}
    others = (job.final for world in lab.inspector.worlds for job in world.jobs.values() if job.id not in own)
    failing = any(final is not None and final.status == FAILED for final in others)
    for ordered, answered in ((unheard, "by nobody"), (refused, "503")):
        told = f"of all jobs only {', '.join(ordered.jobs)} failed, whose callbacks were answered {answered}"
        fine = failing or any(status_of(ends[job_id].item) != FAILED for job_id in ordered.jobs)
        lab.check(_CALLBACKS_THAT_FAIL_HARM_NOTHING, fine=fine, message=told, call=ends[ordered.jobs[-1]])
    _goes_on(lab, once)


def _goes_on(lab: Lab, ordered: Ordered) -> None:
    """Judge that callbacks go on after the first one was answered 503, unless that was the last one already."""
    for job_id in ordered.jobs:
        fixtures.finished(lab, job_id)
    arrived = _wait_for_final(lab, set(ordered.jobs))
    for job_id in ordered.jobs:
        told = f"no final callback came of {job_id}, since the first one to its replyUrl was answered 503"
        lab.check(_CALLBACKS_THAT_FAIL_HARM_NOTHING, fine=job_id in arrived, message=told, call=ordered.call)


def _late(lab: Lab) -> None:
    """Order once more, after many others have: callbacks come still."""
    ordered = fixtures.order(lab, replyUrl=f"{_url(lab)}?late=1")
    for job_id in ordered.jobs:
        fixtures.finished(lab, job_id)
    arrived = _wait_for_final(lab, set(ordered.jobs))
    told = f"no final callback came of {', '.join(ordered.jobs)}, though callbacks of earlier jobs did"
    fine = arrived == set(ordered.jobs)
    lab.check(_CALLBACKS_END_WITH_ONE_FINAL, fine=fine, message=told, call=ordered.call)


_MAKES: Final = frozenset({Need.CREATE, Need.DESTROY, Need.RECEIVER})

CALLBACKS = Scenario(
    "callbacks",
    _callbacks,
    _MAKES,
    cost=5,
    beside=Beside.ORDERS,
    provokes=ids(
        "callback-is-a-json-post callback-fits-schema callback-repeats-the-order callback-goes-to-its-address "
        "callback-is-what-a-poll-shows callbacks-come-in-order callbacks-end-with-one-final"
    ),
)
CANCELLED = Scenario(
    "callbacks-of-cancelled",
    _cancelled,
    _MAKES,
    cost=1,
    beside=Beside.ORDERS,
    provokes=("callbacks-end-with-one-final", "no-callback-after-cancel"),
)
FAILING = Scenario(
    "failing-callbacks",
    _failing,
    _MAKES,
    cost=3,
    beside=Beside.ORDERS,
    provokes=("callbacks-that-fail-harm-nothing",),
)
LATE = Scenario(
    "late-callback",
    _late,
    _MAKES,
    cost=1,
    beside=Beside.UNHURRIED,
    provokes=("callbacks-end-with-one-final",),
)
