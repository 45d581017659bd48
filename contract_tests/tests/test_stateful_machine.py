"""Tests of the state machine: the rules judge its sequences, what breaks one is shortened, and it keeps its bounds."""

import json
from itertools import count
from zlib import crc32

import httpx
import pytest
from tempolor_contract import CATALOGUE
from tempolor_contract.judging.inspector import Inspector
from tempolor_contract.rules.conformance import DocumentJudge, Effort
from tempolor_contract.runs.scenarios.lab import GoneError, Lab, UnclearError
from tempolor_contract.runs.stateful.driver import Pace
from tempolor_contract.runs.stateful.machine import drive

FEW = Pace(sequences=12, steps=12, calls=600, seconds=600)


def laboratory(target, seed: int = 0) -> Lab:
    """Return a lab with all rules watching."""
    guard = target.guard()
    return Lab(target, guard, Inspector(CATALOGUE, DocumentJudge(effort=Effort.NONE), base=target.base_url), seed=seed)


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


def test_an_unbroken_mock_breaks_no_rule(target):
    """Nothing is found where nothing is broken, and what random steps are for was judged."""
    lab = laboratory(target())
    driver = drive(lab, Pace(sequences=20, steps=20, seconds=600))

    assert violations(lab) == {}
    assert driver.shortest == {}
    assert driver.unclear == {}
    judged = {rule_id for rule_id, tally in lab.inspector.ledger.tallies.items() if tally.judged}
    assert {"full-is-busy", "busy-only-when-full", "pages-neither-lose-nor-repeat", "cancel-works-once"} <= judged


@pytest.mark.parametrize(
    ("rewrite", "rules"),
    [
        (one_too_many, {"full-is-busy", "what-was-made-can-be-found", "answer-fits-reading"}),
        pytest.param(repeated, {"pages-neither-lose-nor-repeat"}, marks=pytest.mark.slow),
        pytest.param(lost, {"pages-neither-lose-nor-repeat"}, marks=pytest.mark.slow),
        (undead, {"deleted-is-gone", "unknown-id-is-404", "ids-carry-the-token-number"}),
        pytest.param(wrong_limit, {"available-has-the-limits"}, marks=pytest.mark.slow),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_broken_service_is_found(target, rewrite, rules):
    """Each fault is found under a rule that fits it."""
    lab = laboratory(target(rewrite))
    drive(lab, FEW)

    assert rules & violations(lab).keys()


@pytest.mark.slow
def test_a_broken_rule_is_shown_by_its_shortest_sequence_first(target):
    """What was found is shortened to an account, an order and a look, and can be repeated call by call."""
    lab = laboratory(target(repeated), seed=1)
    driver = drive(lab, Pace(sequences=12, steps=12, calls=1500, seconds=600))

    shown = lab.inspector.ledger.tallies["pages-neither-lose-nor-repeat"].violations[0]
    assert "Shortest sequence: create_account, " in shown.message
    assert [call.operation for call in shown.calls][-1] == "list_music"
    assert shown.calls == driver.shortest["pages-neither-lose-nor-repeat"][1]
    assert len(shown.calls) <= 7


def test_the_same_seed_gives_the_same_sequences(target):
    """Two drives with one seed send the same number of each kind of request."""
    counts = []
    for name in "ab":
        lab = laboratory(target(token=f"user:12345-same{name}"), seed=7)
        drive(lab, Pace(sequences=3, steps=8, seconds=600))
        counts.append(lab.guard.spending.to_json())

    assert counts[0] == counts[1]


def test_each_sequence_deletes_its_accounts(target):
    """No sequence meets what another one has stored, however it ended."""
    lab = laboratory(target(repeated))
    drive(lab, FEW)

    left = [entry.id for entry in lab.guard.inventory.left_behind if entry.operation == "create_account"]
    assert lab.guard.spending.creations["create_account"] > 5
    assert left == []


def test_calls_are_bounded(target):
    """The machine stops sending when its calls are spent, but for those that clean up."""
    lab = laboratory(target())
    driver = drive(lab, Pace(sequences=50, steps=30, calls=60, seconds=600))

    assert driver.stopped == "60 calls were sent"
    assert lab.guard.spending.requests <= 75


def test_creations_are_bounded(target):
    """The machine makes no more than it may."""
    lab = laboratory(target())
    driver = drive(lab, Pace(sequences=50, steps=30, creations=5, seconds=600))

    assert driver.stopped == "5 creating calls were sent"
    assert lab.guard.spending.created == 5


def test_time_is_bounded(target):
    """The machine stops when its seconds are over."""
    ticks = count()
    driver = drive(laboratory(target()), Pace(sequences=50, steps=30, seconds=20, now=lambda: float(next(ticks))))

    assert driver.stopped == "20 s are over"


def test_the_guards_budget_ends_the_machine(target):
    """No creation is made beyond the budget of the run, and that is no violation."""
    lab = laboratory(target(max_creations=4))
    driver = drive(lab, FEW)

    assert lab.guard.spending.created == 4
    assert "budget" in driver.stopped
    assert violations(lab) == {}


def test_a_service_that_is_gone_ends_the_run(target):
    """When nothing answers any more, the whole run is to end."""

    def hang_up(request, response):
        raise httpx.ReadError("gone")

    with pytest.raises(GoneError):
        drive(laboratory(target(hang_up)), FEW)


def test_a_service_without_clear_answers_is_inconclusive(target):
    """A service that answers nothing but 503 after a while ends the machine soon, and breaks no rule."""
    answered = count()

    def unwell(request, response):
        return httpx.Response(503) if "/_mock" not in request.url.path and next(answered) > 20 else None

    lab = laboratory(target(unwell))
    with pytest.raises(UnclearError, match="503"):
        drive(lab, Pace(sequences=4, steps=8, seconds=600))

    assert violations(lab) == {}


@pytest.mark.slow
def test_a_service_that_answers_otherwise_each_time_is_played_on(target):
    """What Hypothesis calls flaky ends no run, and what was broken on the way is on record."""
    answered = count()

    def unsteady(request, response):
        return repeated(request, response) if next(answered) % 3 == 0 else None

    lab = laboratory(target(unsteady))
    drive(lab, Pace(sequences=20, steps=20, calls=600, seconds=600))

    assert set(violations(lab)) == {"pages-neither-lose-nor-repeat"}
