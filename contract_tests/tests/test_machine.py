"""Tests of the state machine: it finds what is broken, shows a short way there, and keeps its bounds."""

import json
from itertools import count
from zlib import crc32

import httpx
import pytest
from tempolor_contract import CATALOGUE, DocumentJudge, Effort, Inspector
from tempolor_contract.runs.scenarios.lab import GoneError, Lab
from tempolor_contract.runs.stateful.machine import Pace, drive

FEW = Pace(examples=12, steps=12, calls=900, seconds=600)


def laboratory(target, seed=0) -> Lab:
    """Return a lab with all rules watching."""
    inspector = Inspector(CATALOGUE, DocumentJudge(effort=Effort.NONE), base=target.base_url)
    return Lab(target, target.guard(), inspector, seed=seed)


def violations(lab) -> dict[str, list[str]]:
    """Return the messages of each violated rule."""
    tallies = lab.inspector.ledger.tallies.items()
    return {name: [each.message for each in tally.violations] for name, tally in tallies if tally.violations}


def json_answer(body) -> httpx.Response:
    """Return a 200."""
    return httpx.Response(200, json=body)


def one_too_many(request, response):
    """Drop every 429."""
    if response.status_code == 429 and request.method == "POST":
        body = json.loads(request.content)
        account = body["user_id"]
        job = f"x{crc32(request.content + account.encode())}"
        return json_answer({"result": True, "itemIds": [job], "jobs": [f"user:12345-tempolor:{account}-job:{job}"]})
    return None


def repeated(request, response):
    """Show the first record of a list twice."""
    if request.method == "GET" and request.url.path.endswith("/music") and response.status_code == 200:
        body = response.json()
        body["records"] = body["records"][:1] + body["records"]
        return json_answer(body)
    return None


def lost(request, response):
    """Leave the last record of a list out."""
    if request.method == "GET" and request.url.path.endswith("/music") and response.status_code == 200:
        body = response.json()
        body["records"] = body["records"][:-1]
        return json_answer(body)
    return None


def undead(request, response):
    """Answer deletions without carrying them out."""
    if request.method == "GET" and response.status_code == 404 and "-job:" in request.url.path:
        job = httpx.URL(str(request.url)).path.rpartition("/")[2]
        return json_answer({"job_id": job, "status": 30, "status_name": "COMPLETED", "status_final": True})
    return None


def wrong_limit(request, response):
    """Show another limit of an account than was stored."""
    if request.method == "GET" and request.url.path.endswith("/scheduler/available"):
        body = response.json()
        for row in body["available"]:
            row["maxJobs"] += 1
            row["available"] += 1
        return json_answer(body)
    return None


def test_an_unbroken_mock_and_the_model_agree(target):
    """Nothing is found where nothing is broken, and all that matters was compared."""
    lab = laboratory(target())
    bench = drive(lab, FEW)

    assert violations(lab) == {}
    assert bench.unclear == {}
    assert {"account-limit-is-exact", "pages-neither-lose-nor-repeat", "cancel-works-once"} <= set(bench.judged)


@pytest.mark.parametrize(
    ("rewrite", "rules"),
    [
        (one_too_many, {"account-limit-is-exact", "full-is-busy", "what-was-made-can-be-found", "answer-fits-reading"}),
        (repeated, {"pages-neither-lose-nor-repeat"}),
        (lost, {"pages-neither-lose-nor-repeat"}),
        (undead, {"deleted-is-gone", "unknown-id-is-404", "ids-carry-the-token-number"}),
        (wrong_limit, {"available-has-the-limits"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_broken_service_is_found(target, rewrite, rules):
    """Each fault is found under a rule that fits it."""
    lab = laboratory(target(rewrite))
    drive(lab, FEW)

    assert rules & violations(lab).keys()


def test_a_difference_comes_with_a_short_sequence(target):
    """What was found is shortened: an account, and little else."""
    lab = laboratory(target(repeated))
    bench = drive(lab, FEW)

    steps = bench.best["pages-neither-lose-nor-repeat"].steps
    shown = violations(lab)["pages-neither-lose-nor-repeat"]
    assert len(steps) <= 4
    assert any("Shortest sequence: store account 1" in message for message in shown)


def test_the_same_seed_gives_the_same_sequences(target):
    """Two drives with one seed send the same number of each kind of request."""
    counts = []
    for name in "ab":
        lab = laboratory(target(token=f"user:12345-same{name}"), seed=7)
        drive(lab, Pace(examples=3, steps=8, seconds=600))
        counts.append(lab.guard.spending.to_json())

    assert counts[0] == counts[1]


def test_calls_and_creations_are_bounded(target):
    """The machine stops sending when its means are spent."""
    lab = laboratory(target())
    bench = drive(lab, Pace(examples=50, steps=30, calls=60, creations=5, seconds=600))

    assert bench.stopped == "60 calls were sent"
    assert lab.guard.spending.requests <= 75


def test_time_is_bounded(target):
    """The machine stops when its seconds are over."""
    ticks = iter(range(10**6))
    bench = drive(laboratory(target()), Pace(examples=50, steps=30, seconds=20, now=lambda: float(next(ticks))))

    assert bench.stopped == "20 s are over"


def test_the_guards_budget_ends_the_machine(target):
    """No creation is made beyond the budget of the run, and that is no violation."""
    lab = laboratory(target(max_creations=4))
    bench = drive(lab, FEW)

    assert lab.guard.spending.created == 4
    assert "budget" in bench.stopped
    assert violations(lab) == {}


def test_a_service_that_is_gone_ends_the_run(target):
    """When nothing answers any more, the whole run is to end."""

    def hang_up(request, response):
        raise httpx.ReadError("gone")

    with pytest.raises(GoneError):
        drive(laboratory(target(hang_up)), FEW)


def test_a_busy_platform_is_inconclusive(target):
    """A service that answers nothing but 503 after a while ends a sequence and proves nothing."""
    answered = count()

    def unwell(request, response):
        return httpx.Response(503) if "/_mock" not in request.url.path and next(answered) > 20 else None

    lab = laboratory(target(unwell))
    bench = drive(lab, Pace(examples=4, steps=8, seconds=600))

    assert violations(lab) == {}
    assert bench.unclear
