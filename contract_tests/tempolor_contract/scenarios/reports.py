"""Orders with a `replyUrl`, watched from the other end."""

from typing import Final

from ..call import CALLBACK, Call
from ..rule import Need, Scenario
from ..world import items_of
from . import material
from .lab import Lab

_PATIENCE: Final = 30.0


def _reports(lab: Lab) -> None:
    reply = f"{_url(lab)}?ref=42&x=%20y"
    ordered = material.order(lab, replyUrl=reply, replyRef=lab.name("ref"))
    lab.call("list_running_jobs")
    for job_id in ordered.jobs:
        material.finished(lab, job_id)
    arrived = _wait_for_final(lab, set(ordered.jobs))
    for job_id in ordered.jobs:
        told = f"{job_id} has ended, but no final report came"
        lab.check("callbacks-end-with-one-final", fine=job_id in arrived, message=told, call=ordered.call)
        material.read(lab, job_id)
    lab.wait(lab.pause)
    silent = material.order(lab, "create_instrumental", replyUrl=reply)
    for job_id in silent.jobs:
        material.finished(lab, job_id)
    _wait_for_final(lab, set(silent.jobs))


def _url(lab: Lab) -> str:
    assert lab.receiver is not None, "the plan leaves this scenario out without a receiver"  # noqa: S101
    return lab.receiver.url


def _wait_for_final(lab: Lab, jobs: set[str]) -> set[str]:
    """Wait until a final report of each job has come, or patience ends, and return the jobs whose report came."""
    worlds = lab.inspector.worlds
    waited = 0.0
    while True:
        lab.collect()
        arrived = {job.id for world in worlds for job in world.jobs.values() if any(each.final for each in job.reports)}
        if jobs <= arrived or waited >= _PATIENCE:
            return jobs & arrived
        lab.wait(lab.pause)
        waited += lab.pause


def _cancelled(lab: Lab) -> None:
    ordered = material.order(lab, replyUrl=_url(lab), replyRef=lab.name("ref"))
    material.cancel_all(lab, ordered.jobs)
    for job_id in ordered.jobs:
        material.finished(lab, job_id)
    late: list[Call] = []
    for _ in range(3):
        lab.clock.wait(lab.pause)
        late += lab.collect()
    reported = {item.get("job_id") for call in late if call.operation == CALLBACK for item in items_of(call)}
    told = f"{ordered.jobs[0]} was cancelled, but reports came"
    fine = not reported & set(ordered.jobs)
    lab.check("no-callback-after-cancel", fine=fine, message=told, call=late[-1] if late else ordered.call)


_MAKES: Final = frozenset({Need.CREATE, Need.DESTROY, Need.RECEIVER})

REPORTS = Scenario("reports", _reports, _MAKES, cost=2)
CANCELLED = Scenario("reports-of-cancelled", _cancelled, _MAKES, cost=1)
