"""Tests of the generated tests: everything leaves through the guard, faults are found, nothing is left behind."""

import json
import math
from collections import Counter
from pathlib import Path

import httpx
import pytest
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from tempolor_contract import CATALOGUE, DocumentJudge, Effort, Inspector
from tempolor_contract.document.call import Call
from tempolor_contract.exchanges.exchange import Exchange, Request, Response
from tempolor_contract.runs.scenarios.lab import Lab
from tempolor_contract.runs.scenarios.samples import files_of
from tempolor_contract.runs.schemathesis import engine
from tempolor_contract.runs.schemathesis.engine import generate
from tempolor_contract.runs.schemathesis.gateway import Extent, Gateway
from tempolor_contract.runs.schemathesis.judge import excuse

FEW = Extent(examples=1, sequences=2, steps=4, requests=250, seconds=600)


def laboratory(target) -> Lab:
    """Return a lab with all rules watching."""
    inspector = Inspector(CATALOGUE, DocumentJudge(effort=Effort.NONE), base=target.base_url)
    return Lab(target, target.guard(), inspector)


def violated(lab) -> set[str]:
    """Return the ids of violated rules."""
    return {name for name, tally in lab.inspector.ledger.tallies.items() if tally.violations}


@pytest.mark.parametrize(("prepared_in", "until"), [(0.0, 40.0), (15.0, 40.0), (30.0, 50.0)])
def test_what_is_prepared_leaves_time(target, monkeypatch, prepared_in, until):
    """Where jobs are slow, preparing may take longer than all is to last."""
    clock, given = [0.0], []

    def prepare(_lab):
        clock[0] += prepared_in

    def gateway(_lab, _extent, until):
        given.append(until)
        raise LookupError

    monkeypatch.setattr(engine, "prepare", prepare)
    monkeypatch.setattr(engine, "Gateway", gateway)

    with pytest.raises(LookupError):
        generate(laboratory(target()), Extent(now=lambda: clock[0]))
    assert given == [until]


class Counting(httpx.BaseTransport):
    """Counts what really arrives, and what of it is a creation that was carried out."""

    def __init__(self, inner) -> None:
        self._inner = inner
        self.requests = 0
        self.created = Counter()

    def handle_request(self, request):
        """Carry and count."""
        response = self._inner.handle_request(request)
        if request.url.path.startswith("/_mock"):
            return response
        self.requests += 1
        if request.method not in {"GET", "HEAD", "OPTIONS", "DELETE"} and response.status_code < 400:
            self.created[request.url.path] += 1
        return response


@pytest.fixture
def counting(mock):
    """A target's transport that counts."""
    return Counting(mock)


@pytest.mark.slow  # `contract_tests/test_generated.py` generates for it in each run.
def test_an_unbroken_mock_passes_and_every_operation_succeeds(target, counting):
    """No alarm on the mock; the guard has counted exactly what arrived."""
    lab = laboratory(target(transport=counting))
    judge = generate(lab, FEW, phases=("examples", "fuzzing"))

    assert violated(lab) == set()
    assert len(judge.succeeded) == 21
    assert all(judge.succeeded.values())
    assert lab.guard.spending.requests == counting.requests
    assert lab.guard.spending.created == counting.created.total()


@pytest.mark.parametrize("phase", ["examples", pytest.param("coverage", marks=pytest.mark.slow), "fuzzing", "stateful"])
def test_the_budget_holds_in_each_phase(target, counting, phase):
    """Never more creations than allowed arrive, whichever phase makes the requests."""
    lab = laboratory(target(transport=counting, max_creations=12))
    generate(lab, FEW, phases=(phase,))

    assert 0 < counting.created.total() <= 12
    assert lab.guard.spending.created == counting.created.total()
    assert not violated(lab) - {"generated-operations-succeed"}


def test_requests_are_bounded(target, counting):
    """The extent's limit of requests holds in a phase that knows none."""
    generate(laboratory(target(transport=counting)), Extent(requests=40, seconds=600), phases=("coverage",))

    assert counting.requests <= 40 + 30  # the preparation is not generated


def test_nothing_is_sent_past_the_gateway(target, monkeypatch):
    """Schemathesis opens no connection of its own, not even to probe."""
    tried = []

    def refuse(address, *_arguments, **_options):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    generate(laboratory(target()), FEW, phases=("examples",))

    assert tried == []


def not_found(request, response):
    """Answer all orders 404, as a service that knows no account would."""
    if request.method == "POST" and request.url.path.endswith("/music/instrumental"):
        return httpx.Response(404, json={"error": "No record found", "code": 404})
    return None


def lenient(request, response):
    """Take any order, however wrong."""
    if request.method == "POST" and request.url.path.endswith("/music/song") and response.status_code == 400:
        job = "user:12345-tempolor:1-job:a"
        return httpx.Response(200, json={"result": True, "itemIds": ["a"], "jobs": [job]})
    return None


def open_door(request, response):
    """Answer without a token."""
    if request.method == "GET" and request.url.path.endswith("/scheduler") and response.status_code == 401:
        return httpx.Response(200, json=[])
    return None


def crashing(request, response):
    """Crash on an order with lyrics."""
    try:
        body = json.loads(request.content or b"{}")
    except ValueError:
        return None
    return httpx.Response(500) if isinstance(body, dict) and "lyrics" in body else None


def crashing_and_dropping():
    """Crash on an order with lyrics, and do not answer what comes next on that connection."""
    dropped: list[bool] = []

    def rewrite(request, response):
        if dropped and dropped.pop():
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        found = crashing(request, response)
        dropped.append(found is not None)
        return found

    return rewrite


@pytest.mark.parametrize(
    ("rewrite", "rules", "phases"),
    [
        (not_found, {"generated-operations-succeed"}, ("examples",)),
        pytest.param(lenient, {"generated-invalid-is-refused"}, ("coverage",), marks=pytest.mark.slow),
        (open_door, {"generated-token-is-needed"}, ("fuzzing",)),
        (crashing, {"generated-no-crash"}, ("examples",)),
        (crashing_and_dropping(), {"generated-no-crash"}, ("examples",)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_broken_service_is_found(target, rewrite, rules, phases):
    """Each fault is found under its rule."""
    lab = laboratory(target(rewrite))
    generate(lab, Extent(examples=1, seconds=600), phases=phases)

    assert rules <= violated(lab)


def test_one_server_error_proves_nothing(target):
    """A 500 that does not come back is inconclusive."""
    seen = set()

    def once(request, response):
        key = (request.method, request.url.path.split("/music")[0], request.content)
        if request.url.path.endswith("/scheduler") and key not in seen:
            seen.add(key)
            return httpx.Response(500)
        return None

    lab = laboratory(target(once))
    generate(lab, FEW, phases=("examples",))

    assert "generated-no-crash" not in violated(lab)


def failing(request, response):
    """Have every job fail."""
    if b'"status":30' not in response.content:
        return None
    body = response.content.replace(b'"status":30,"status_name":"COMPLETED"', b'"status":10,"status_name":"FAILED"')
    return httpx.Response(response.status_code, content=body, headers={"Content-Type": "application/json"})


def early(request, response):
    """Refuse downloads as those of failed jobs."""
    if "/music/download/" in request.url.path and response.status_code == 200:
        return httpx.Response(400, json={"error": "Generation is not completed yet (10)", "code": 400})
    return failing(request, response)


def test_a_service_on_which_jobs_fail_is_not_blamed(target):
    """That jobs fail is printed; then nothing can be downloaded, and whether it could be is inconclusive."""
    lab = laboratory(target(early))
    generate(lab, FEW, phases=("examples", "fuzzing"))

    assert violated(lab) == set()
    reasons = lab.inspector.ledger.tallies["generated-operations-succeed"].inconclusive
    assert "no job has been completed" in reasons


def refused(method, path, allow):
    """Return a call that was refused as a wrong method."""
    headers = (("Allow", allow),)
    exchange = Exchange(Request(method=method, url=f"http://mock{path}"), Response(status=405, headers=headers))
    return Call(exchange, path=path, template=path, allowed=frozenset({"GET", "POST"}))


@pytest.mark.parametrize(
    ("check", "call", "excused"),
    [
        ("unsupported_method", refused("FROB", "/accounts", ""), True),
        ("unsupported_method", refused("PUT", "/accounts", ""), False),
        ("unsupported_method", refused("DELETE", "/music/midi", ""), True),
        ("allow_header_conformance", refused("PUT", "/music/midi", "GET, POST, DELETE, HEAD"), True),
        ("allow_header_conformance", refused("PUT", "/music/midi", "GET, POST, PATCH"), False),
        ("allow_header_conformance", refused("PUT", "/accounts", "GET, POST, DELETE"), False),
    ],
)
def test_what_the_decisions_leave_open_is_excused(check, call, excused):
    """Methods that nobody knows, and fixed names that are ids too, are no findings."""
    assert bool(excuse(check, None, call)) is excused


def test_nothing_is_left_behind(target, tmp_path, monkeypatch):
    """No folder of Hypothesis or Schemathesis, and no hook."""
    monkeypatch.chdir(tmp_path)
    hooks = {name: list(found) for name, found in GLOBAL_HOOK_DISPATCHER._hooks.items()}
    generate(laboratory(target()), FEW, phases=("examples",))

    assert list(Path.cwd().iterdir()) == []
    assert {name: found for name, found in GLOBAL_HOOK_DISPATCHER._hooks.items() if found} == {
        name: found for name, found in hooks.items() if found
    }


def test_callbacks_are_led_home(target):
    """No request names a machine of somebody else to report to."""
    named = []

    def look(request, response):
        if b"replyUrl" in request.content:
            named.append(request.content)

    generate(laboratory(target(look)), FEW, phases=("examples",))

    urls = [str(json.loads(body).get("replyUrl")) for body in named if body.startswith(b"{")]
    assert urls
    assert all("127.0.0.1" in url for url in urls if "://" in url)


@pytest.mark.parametrize(
    ("media_type", "start"),
    [
        ("audio/midi", b"MThd"),
        ("audio/x-midi", b"MThd"),
        ("audio/wav", b"RIFF"),
        ("audio/flac", b"fLaC"),
        ("audio/x-m4a", b"\x00\x00\x00"),
    ],
)
def test_files_are_real(media_type, start):
    """Each media type has small files that begin as such files do."""
    assert all(file.startswith(start) and len(file) < 100_000 for file in files_of(media_type))


def test_the_gateway_marks_what_it_did_not_send(target):
    """What the guard refuses never counts as an answer of the service."""
    lab = laboratory(target(max_creations=0))
    gateway = Gateway(lab, FEW, math.inf)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/tempolor/music/song",
        "raw_path": b"/v1/tempolor/music/song",
        "query_string": b"",
        "headers": [],
    }

    status, headers, _ = gateway._carry(scope, b"{}")

    assert (status, gateway.sent, lab.inspector.seen) == (404, 0, 0)
    assert (b"x-tempolor-not-sent", b"1") in headers
