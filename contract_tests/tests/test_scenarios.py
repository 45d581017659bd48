"""Scenarios find what only asking brings to light, and leave a good service alone."""

import itertools
import json

import httpx
import pytest
from tempolor_contract import (
    CATALOGUE,
    GENERATED,
    SCENARIOS,
    STATEFUL,
    Effort,
    Level,
    Need,
    Scenario,
    UnknownRuleError,
    Verdict,
    make_plan,
    pick,
    provoking,
    run,
)
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_contract.runs.scenarios.access import METHODS
from tempolor_contract.runs.scenarios.capacity import BURST
from tempolor_contract.runs.scenarios.combinations import COMBINATIONS, pairwise
from tempolor_contract.runs.scenarios.survey import SURVEY
from tempolor_contract.target.target import base_url


def answered(status: int, body: object) -> httpx.Response:
    """Return an answer in JSON."""
    return httpx.Response(status, json=body)


def error(status: int, text: str = "No record found") -> httpx.Response:
    """Return an error as the service has it."""
    return answered(status, {"error": text, "code": status})


BUSY = {"error": "Account is busy executing 0 jobs", "runningJobs": {}, "code": 429}


def never_busy(request, response):
    """Take orders even when the account is full."""
    if response.status_code == 429:
        return answered(200, {"result": True, "jobs": ["user:12345-tempolor:1-job:x"], "itemIds": ["x"]})
    return None


def forgets_cancelled():
    """Lose a job when it is cancelled."""
    gone: set[str] = set()

    def rewrite(request, response):
        if request.method == "DELETE" and "/scheduler/" in request.url.path:
            gone.add(request.url.path.rpartition("/")[2])
        lost = request.method == "GET" and request.url.path.rpartition("/")[2] in gone
        return error(404) if lost else None

    return rewrite


def never_frees(event):
    """Refuse orders as busy once something has happened."""
    happened: list[bool] = []

    def rewrite(request, response):
        if event(request, response):
            happened.append(True)
        ordering = request.method == "POST" and request.url.path.endswith("/music/song")
        return answered(429, BUSY) if ordering and happened else None

    return rewrite


def never_ends(request, response):
    """Show finished jobs as at work."""
    body = response.content.replace(b'"status":30', b'"status":0')
    return httpx.Response(200, content=body, headers=response.headers) if b'"status":30' in response.content else None


def clones_for_ever(request, response):
    """Show voices as being cloned, though orders with them are taken."""
    if not request.url.path.endswith("/cloned-voices") or response.status_code != 200:
        return None
    body = response.json()
    if request.method == "POST":
        return answered(202, {name: each for name, each in body.items() if name != "result"})
    return answered(200, {**body, "records": [{**record, "status": 0} for record in body["records"]]})


def is_cancel(request, response):
    """Tell whether a job was cancelled."""
    return request.method == "DELETE" and "/scheduler/" in request.url.path


def is_completed(request, response):
    """Tell whether a poll showed the end of a job."""
    return b'"status":30' in response.content


def when(condition, answer):
    """Answer otherwise where a condition on the request holds."""
    return lambda request, response: answer if condition(request, response) else None


def sent(request) -> dict:
    """Return the fields of a JSON body."""
    return json.loads(request.content) if request.content.startswith(b"{") else {}


STARTED = {"result": True, "jobs": ["user:12345-tempolor:1-job:x"], "itemIds": ["x"]}
SURVEYED = {"records": [], "hasNext": False, "cursor": ""}
BROKEN = {
    "account-limit-is-exact": lambda: never_busy,
    "own-limit-replaces-the-accounts": lambda: never_busy,
    "cancelled-job-is-still-there": forgets_cancelled,
    "slot-is-freed-by-cancel": lambda: never_frees(is_cancel),
    "slot-is-freed-by-completion": lambda: never_frees(is_completed),
    "empty-is-left-out": lambda: when(lambda q, _: b"cursor=&" in q.url.query, error(400)),
    "empty-fields-are-left-out": lambda: when(lambda q, _: sent(q).get("maxJobs") == "", error(400)),
    "whole-numbers-may-have-a-point": lambda: when(lambda q, _: b'"maxJobs":4.0' in q.content, error(400)),
    "encoded-id-is-the-same-id": lambda: when(lambda q, _: b"%3A" in q.url.raw_path, error(404)),
    "slash-at-the-end-is-nothing": lambda: when(lambda q, _: q.url.raw_path.endswith(b"/"), error(404)),
    "invalid-values-are-400": lambda: when(lambda q, _: b"opera" in q.url.query, answered(200, SURVEYED)),
    "link-lasts-and-expires": lambda: when(
        lambda q, r: q.url.path.startswith("/files/") and r.status_code >= 400, httpx.Response(200, content=b"RIFF")
    ),
    "unknown-account-is-404": lambda: when(
        lambda q, r: q.url.path.endswith("/music") and r.status_code == 404, answered(200, SURVEYED)
    ),
    "unknown-id-is-404": lambda: when(lambda q, r: r.status_code == 404 and "-job:" in q.url.path, error(400)),
    "upload-refuses-what-it-cannot-be": lambda: when(
        lambda q, r: q.url.path.endswith("/midi") and r.status_code == 400, answered(200, {"isFirst": True})
    ),
    "jobs-come-to-an-end": lambda: never_ends,
    "listed-media-types-are-taken": lambda: when(
        lambda q, _: q.headers.get("content-type") == "audio/x-flac", error(400, "Not a sound")
    ),
    "valid-orders-are-taken": lambda: when(
        lambda q, _: q.headers.get("content-type", "").startswith("multipart/"), error(400, "Not a form")
    ),
    "no-token-no-answer": lambda: when(
        lambda q, r: r.status_code == 401 and q.url.path.endswith("/scheduler"), answered(200, [])
    ),
    "ids-belong-to-their-user": lambda: when(
        lambda q, _: "user:777" in q.headers.get("authorization", "") and "/music/user" in q.url.path,
        answered(200, {"progress": 1}),
    ),
    "unknown-path-is-404": lambda: when(
        lambda q, _: q.url.path.endswith("no-such-operation"), httpx.Response(404, text="<h1>Not Found</h1>")
    ),
    "orders-are-json-or-forms": lambda: when(
        lambda q, _: q.headers.get("content-type") == "text/plain", answered(200, STARTED)
    ),
    "media-types-may-be-spelt-freely": lambda: when(
        lambda q, _: q.headers.get("content-type") == "Audio/MIDI", error(400, "Content-Type must be audio/midi")
    ),
    "clone-status-fits-its-body": lambda: clones_for_ever,
    "order-finds-its-account": lambda: when(
        lambda q, _: q.url.path.endswith("/song") and "user_id" not in sent(q), answered(200, STARTED)
    ),
    "download-only-when-complete": lambda: when(
        lambda _, r: b"not completed yet" in r.content, answered(200, {"url": "http://mock/files/a.mp3"})
    ),
}


FROM = {"valid-orders-are-taken": -1, "unknown-id-is-404": -1, "slot-is-freed-by-cancel": -1}


@pytest.mark.parametrize("rule_id", BROKEN)
def test_a_service_broken_in_one_place_is_found(target, rule_id):
    """The rule that is about the broken place is violated, and says how to see it."""
    # One play is enough where the first ones are long.
    rules = pick(only=[rule_id])
    scenarios = provoking(rules)[FROM.get(rule_id, 0) :]

    result = run(target(BROKEN[rule_id]()), rules, scenarios=scenarios, effort=Effort.NONE)

    assert [violation.rule.id for violation in result.violations[:1]] == [rule_id], result.to_json()["rules"]
    assert result.exit_code == 1
    assert result.violations[0].curl.startswith("curl ")


@pytest.mark.slow  # `contract_tests/test_contract.py` plays them all in each run, with another seed.
def test_a_good_service_is_left_alone(target):
    """On the mock as it is, every scenario is played to its end and no rule is violated."""
    result = run(target(), CATALOGUE, scenarios=SCENARIOS, seed=3)

    assert not result.violations, [f"{each.rule.id}: {each.message}" for each in result.violations]
    assert {outcome for outcome in result.scenarios.values() if "call back" not in outcome} == {"played"}
    never = {tally.rule.id for tally in result.by_verdict()[Verdict.NEVER_REACHED]}
    assert never == {*GENERATED.provokes, "failed-download-says-so"}
    assert not [each["id"] for each in result.to_json()["readings"] if each["verdict"] == "contradicted"]
    assert result.exit_code == 0
    json.dumps(result.to_json())


def test_a_run_cleans_up_after_itself(target):
    """What was made is deleted at the end; split stems have no way to be deleted, so they are listed."""
    mine = target()
    result = run(mine, pick(only=["upload-comes-back-in-its-list"]), effort=Effort.NONE)

    assert result.left_behind == []
    assert result.spending["created"] > 0
    left = httpx.Client(transport=mine.transport).get(
        f"{mine.base_url}/accounts", headers={"Authorization": f"Bearer {mine.token}"}
    )
    assert left.status_code == 404


def test_a_plan_tells_what_would_be_spent_and_sends_nothing(target):
    """The dry run names each scenario, its cost, and why one is left out."""

    def refuse(request):
        raise AssertionError(request.url)

    safe = target(level=Level.SAFE, max_creations=2, transport=httpx.MockTransport(refuse), other_token=None)

    plan = make_plan(safe, CATALOGUE)

    reasons = {step.scenario.id: step.skipped for step in plan.steps}
    assert plan.cost == 2
    assert reasons["song"] == ""
    assert "level full only" in reasons["accounts"]
    assert "2 of 2" not in reasons["voice"]
    assert "are left" in reasons["voice"]
    assert "--other-token" in reasons["other-user"]


def test_every_rule_is_provoked():
    """Each rule is what some play is for, or the document judges it on whatever passes."""
    provoked = {rule_id for each in (*SCENARIOS, STATEFUL, GENERATED) for rule_id in each.provokes}

    assert {rule.id for rule in CATALOGUE} - provoked == {"unlikely-is-refused", "validators-agree"}


def test_for_a_few_rules_nothing_is_played_at_random():
    """Whoever picks the rules they build on waits for the scenarios of these alone."""
    assert [each.id for each in provoking(pick(only=["full-is-busy"]))] == [
        "limit-of-an-order",
        "limit-of-an-account",
        "burst",
    ]
    assert STATEFUL in provoking(pick(without=["full-is-busy"]))


def test_a_play_for_a_rule_that_does_not_exist_is_refused_where_it_is_written():
    """Nobody would miss the verdict of a rule with a misspelt id, so the nearest one is named at once."""
    with pytest.raises(UnknownRuleError, match="do you mean valid-orders-are-taken"):
        Scenario("song", print, frozenset({Need.CREATE}), provokes=("valid-order-is-taken",))


class AtRoot(httpx.BaseTransport):
    """Serves at `/` what the inner transport serves below the API's usual path."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        request.url = request.url.copy_with(raw_path=b"/v1/tempolor" + request.url.raw_path)
        return self._inner.handle_request(request)


def test_a_service_at_the_root_is_judged(target, mock):
    """A URL that ends with its only slash means the root; one without a path means the API's usual one."""
    at_root = target(base_url=base_url("http://mock/"), transport=AtRoot(mock), control_url=None, level=Level.READ)

    result = run(at_root, CATALOGUE, effort=Effort.NONE)

    assert base_url("http://mock") == "http://mock/v1/tempolor"
    assert not result.violations, [f"{each.rule.id}: {each.message}" for each in result.violations]
    assert result.exit_code == 0, result.stopped


def fails_unheard():
    """Show jobs as failed whose address answers 503."""
    failed: set[str] = set()

    def rewrite(request, response):
        if "answer=503" in sent(request).get("replyUrl", ""):
            failed.update(response.json()["jobs"])
        if request.method != "GET" or request.url.path.rpartition("/")[2] not in failed:
            return None
        return answered(200, {**response.json(), "status": 10, "status_name": "FAILED", "status_final": True})

    return rewrite


def test_a_job_that_fails_with_its_callbacks_is_found(target):
    """All jobs of an address that answers 503 fail, and no other one does."""
    with CallbackReceiver() as receiver:
        rules = pick(only=["callbacks-that-fail-harm-nothing"])
        result = run(target(fails_unheard()), rules, effort=Effort.NONE, receiver=receiver)

    assert "whose callbacks were answered 503" in result.violations[0].message


class WithoutLimit(httpx.BaseTransport):
    """Takes an order whatever runs."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request, an order with a limit that nobody reaches."""
        if request.method == "POST" and request.url.path.endswith("/song"):
            headers = {"Authorization": request.headers["authorization"]}
            body = {**json.loads(request.read()), "maxJobs": 99}
            request = httpx.Request("POST", request.url, headers=headers, json=body)
        return self._inner.handle_request(request)


def test_orders_at_once_are_counted(target, mock):
    """More jobs run after a burst than may: somebody let two orders in by one look."""
    rules = pick(only=["account-limit-is-exact"])

    result = run(target(transport=WithoutLimit(mock)), rules, scenarios=[BURST], effort=Effort.NONE)

    assert "has 3 slots, but 12 jobs run, of 6 orders" in result.violations[0].message


def test_each_allowed_pair_of_values_stands_together_in_few_orders():
    """Pairs that the document forbids are in none, and a field that is left out counts as a value."""
    choices = {"voice": ["v"], "midi": ["m"], "model": [3, 4], "lyrics": ["la"], "reference": ["r"]}

    rows = pairwise(choices, [("voice", "midi")])

    values = {name: [None, *given] for name, given in choices.items()}
    for one, other in itertools.combinations(values, 2):
        for pair in itertools.product(values[one], values[other]):
            together = any((row.get(one), row.get(other)) == pair for row in rows)
            assert together is (pair != ("v", "m")), (one, other, pair)
    assert len(rows) < 12


def test_what_is_allowed_together_is_taken(target):
    """A service that refuses lyrics beside a MIDI file is found, and the message names the fields."""
    refusing = when(lambda q, _: {"lyrics", "midiItemId"} <= sent(q).keys(), error(400, "Not both"))

    result = run(target(refusing), pick(only=["valid-orders-are-taken"]), scenarios=[COMBINATIONS], effort=Effort.NONE)

    assert "lyrics" in result.violations[0].message
    assert "midiItemId" in result.violations[0].message


def out_at(numbers):
    """Answer these requests of the API, counted from 0, with a 503."""
    count = itertools.count()

    def rewrite(request, _response):
        out = request.url.path.startswith("/v1/") and next(count) in numbers
        return answered(503, {"error": "x", "code": 503}) if out else None

    return rewrite


@pytest.mark.parametrize(
    ("numbers", "violated"),
    [(range(0, 1000, 9), True), (range(40, 70), False), ((7, 90), False)],
    ids=["now and then", "for a while", "twice"],
)
def test_a_service_that_fails_now_and_then_is_broken(target, numbers, violated):
    """One that is out for a while is not, nor is one that fails for once, whatever was asked."""
    result = run(
        target(out_at(numbers)), pick(only=["no-lasting-crash"]), scenarios=[SURVEY, METHODS], effort=Effort.NONE
    )

    assert [each.message.partition(" requests ")[2] for each in result.violations] == (
        ["were answered 5xx, between others that were not"] if violated else []
    )
