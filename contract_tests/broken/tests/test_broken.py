"""The catalogue of broken services is sound, and the contract tests notice one of each class."""

import json
from collections import Counter
from xml.etree import ElementTree as ET

import httpx
import pytest
from broken import MUTANTS, VARIANTS, Kind, Layer, Mutant, Service
from broken.detectors import RULE_IDS, by_rules, by_schema, failures_in
from broken.mutant import NOTHING, Answer
from broken.score import play, report, sample, tasks, without_noise
from broken.service import TOKEN, operation_of

ALL = (*MUTANTS, *VARIANTS)
BY_ID = {each.id: each for each in ALL}
QUICK = [
    "scheduler-wrapped",
    "wrong-method-404",
    "long-prompts",
    "no-token-needed",
    "foreign-number-in-ids",
    "item-ids-out-of-order",
    "slots-shared-by-accounts",
    "final-twice",
    "limit-of-another",
    "download-too-early",
    "page-loses-one",
    "stamps-a-year-apart",
    "ascii-only",
]
"""One of each class, those that are found soonest."""


@pytest.fixture(scope="module")
def service():
    """Return a service that mutants can take the place of."""
    with Service() as running:
        yield running


def accounts(service: Service) -> httpx.Response:
    """Ask a service for its accounts."""
    with httpx.Client(transport=service.server.transport, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        client.post(f"{service.server.url}/v1/tempolor/accounts", json={"requestParams": {"user_id": "111"}})
        return client.get(f"{service.server.url}/v1/tempolor/accounts")


def test_there_are_enough_mutants_of_each_class_and_layer():
    """At least 200 mutants, of all classes and both layers, and 30 variants."""
    assert len(MUTANTS) >= 200
    assert len(VARIANTS) >= 30
    assert {each.kind for each in MUTANTS} == set(Kind) - {Kind.LEGAL}
    assert {each.layer for each in MUTANTS} == set(Layer)


def test_the_sample_has_one_of_each_class():
    """No class is left out."""
    assert [BY_ID[name].kind for name in QUICK] == list(Kind)[:-1]


def test_ids_are_unique():
    """No two services share an id."""
    assert len(BY_ID) == len(ALL)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.id)
def test_each_mutant_names_rules_that_exist(mutant: Mutant):
    """What should notice a mutant is in the catalogue of rules."""
    assert mutant.expects
    assert set(mutant.expects) <= RULE_IDS


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.id)
def test_no_rule_should_notice_a_variant(variant: Mutant):
    """A legal variant expects nothing, and is changed in some way."""
    assert variant.expects == ()
    assert variant.rewrite or variant.patches or variant.policy


def test_all_can_be_installed_and_leave_nothing_behind(service):
    """After each mutant every name stands for what it stood for before."""
    for each in ALL:
        owners = [(patch.owner, patch.name) for patch in (each.patches() if each.patches else ())]
        before = [vars(owner).get(name) for owner, name in owners]
        with service.mutated(each):
            changed = [vars(owner).get(name) for owner, name in owners]
            assert all(now is not then for now, then in zip(changed, before, strict=True)), each.id
            assert (service.app.rewrite is not None) == (each.rewrite is not None), each.id
        assert [vars(owner).get(name) for owner, name in owners] == before, each.id
        assert service.app.rewrite is None, each.id


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.id)
def test_a_variant_works(service, variant):
    """It may be unusual, but it configures accounts and takes orders."""
    with (
        service.mutated(variant),
        httpx.Client(transport=service.server.transport, headers={"Authorization": f"Bearer {TOKEN}"}) as client,
    ):
        accounts(service).raise_for_status()
        order = {"prompt": "A harbour ballad"}
        client.post(f"{service.server.url}/v1/tempolor/music/song", json=order).raise_for_status()


@pytest.mark.parametrize("mutant", [each for each in MUTANTS if each.patches], ids=lambda each: each.id)
def test_what_replaces_a_part_of_the_mock_fits_there(service, mutant):
    """Where a part has changed since, a mutant would crash, and be noticed for another fault than its own."""
    with (
        service.mutated(mutant),
        httpx.Client(transport=service.server.transport, headers={"Authorization": f"Bearer {TOKEN}"}) as client,
    ):
        stored = accounts(service)
        base = f"{service.server.url}/v1/tempolor"
        order = client.post(f"{base}/music/song", json={"prompt": "A harbour ballad"})
        jobs = [client.get(f"{base}/music/{job}") for job in order.json().get("jobs", ())]
        others = [client.get(f"{base}/{path}") for path in ("scheduler", "scheduler/available", "music", "music/midi")]

    assert all(each.status_code < 500 for each in (stored, order, *jobs, *others))


def test_a_rewritten_answer_differs_and_the_next_one_is_as_it_was(service):
    """A rewrite works while it is installed, and no longer."""
    with service.mutated(BY_ID["accounts-as-a-list"]):
        assert isinstance(accounts(service).json(), list)
        assert service.app.touched == 1
    with service.mutated():
        assert list(accounts(service).json()) == ["111"]


def test_worlds_begin_empty(service):
    """What one mutant left is not there for the next."""
    with service.mutated():
        accounts(service)
    with service.mutated(), httpx.Client(transport=service.server.transport) as client:
        told = client.get(f"{service.server.url}/v1/tempolor/accounts", headers={"Authorization": f"Bearer {TOKEN}"})
        assert told.status_code == 404


def test_what_a_mutant_has_read_is_forgotten(service):
    """A request that a mutant has let pass is refused by the unbroken service."""
    asked = []
    for mutant in (BY_ID["any-type"], None):
        with service.mutated(mutant):
            accounts(service)
            with httpx.Client(transport=service.server.transport) as client:
                url = f"{service.server.url}/v1/tempolor/music?type=opera"
                asked.append(client.get(url, headers={"Authorization": f"Bearer {TOKEN}"}).status_code)

    assert asked == [200, 400]


def test_an_answer_that_is_no_json_has_no_data():
    """A body that cannot be read is told apart from null."""
    assert Answer(200, {}, b"<html>").data is NOTHING
    assert Answer(200, {}, b"null").data is None


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/v1/tempolor/music/midi", "list_midi"),
        ("GET", "/v1/tempolor/music/user:1-tempolor:2-job:3/", "get_music"),
        ("DELETE", "/v1/tempolor/scheduler/x", "cancel_job"),
        ("PUT", "/v1/tempolor/accounts", ""),
    ],
)
def test_requests_are_known_by_their_operation(method, path, operation):
    """Fixed names win over parameters."""
    assert operation_of(method, path) == operation


def test_the_schema_alone_finds_a_wrong_schema(service):
    """The cheapest detector finds what it can find, and nothing on the unbroken service."""
    assert by_schema(service, BY_ID["progress-as-text"]).killed
    assert by_schema(service, None).found == []


@pytest.mark.parametrize("name", QUICK)
def test_the_rules_notice_one_of_each_class(service, name):
    """One of the rules that were expected fails."""
    outcome = by_rules(service, BY_ID[name])

    assert outcome.killed, (outcome.found, outcome.stopped)
    assert outcome.reached


ROW = {"seed": 0, "calls": 3, "seconds": 0.1, "stopped": "", "detector": "rules", "reached": True}


def test_the_score_counts_kills_by_class_and_detector():
    """The page has a row for each class and tells survivors with a reason."""
    page = report(
        [
            {**ROW, "id": "never-busy", "found": ["full-is-busy"], "killed": True},
            {**ROW, "id": "final-twice", "found": [], "killed": False},
            {**ROW, "id": "leap", "found": [], "killed": False},
        ]
    )

    assert "| capacity | 1 / 1 | 1 / 1 |" in page
    assert "| final-twice | callbacks | reached, not noticed | nothing |" in page
    assert "| rules | - | 0 of 1 |" in page


def test_the_score_of_a_random_detector_is_the_mean_over_its_seeds():
    """A mutant that one of two seeds kills counts half, and the spread is told."""
    row = {**ROW, "detector": "stateful", "found": []}
    page = report(
        [
            {**row, "id": "never-busy", "killed": True},
            {**row, "id": "never-busy", "killed": True, "seed": 1},
            {**row, "id": "final-twice", "killed": False},
            {**row, "id": "final-twice", "killed": True, "seed": 1},
        ],
        seeds=2,
    )

    assert "| **all** | 1.5 / 2 | 2 / 2 |" in page
    assert "| stateful | 1 to 2 | 0 of 0 |" in page


def test_a_score_that_was_broken_off_goes_on(tmp_path):
    """What the file of rows holds is not played again."""
    wanted = [("never-busy", "rules", 0), ("final-twice", "rules", 0)]
    rows = [{**ROW, "id": name, "found": [], "killed": False} for name, _, _ in wanted]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    assert play(wanted, 1, file, resume=True) == rows


REPORT = """<testsuites><testsuite><testcase name="GET /music">
<failure type="failure" message="ST202">1. Test Case ID: p5OzkF

- ST202 Schema-valid request rejected

    Valid data should have been accepted

[400] Bad Request:

    `{"error":"Parameter user_id is required"}`

2. Test Case ID: zzz

- ST100 Server error

- ST204 Wrong response

[500] Internal Server Error:
</failure></testcase><testcase name="GET /scheduler"/></testsuite></testsuites>"""


def test_the_failures_of_schemathesis_are_read_from_its_report():
    """Each failure is an operation, a check and a status, however many stand in one text."""
    assert list(failures_in(ET.fromstring(REPORT))) == [
        "GET /music: ST202 Schema-valid request rejected [400]",
        "GET /music: ST100 Server error [500]",
        "GET /music: ST204 Wrong response [500]",
    ]


def test_what_is_said_of_the_unbroken_service_too_does_not_count():
    """A detector that fails the unbroken service is not credited with the same failure on a mutant."""
    row = {"detector": "schemathesis", "killed": False}
    rows = without_noise(
        [
            {"id": "unbroken", "found": ["a", "b"], **row},
            {"id": "unbroken", "found": ["c"], **row},
            {"id": "never-busy", "found": ["a", "c"], **row},
            {"id": "never-final", "found": ["a", "d"], **row},
        ]
    )

    assert [each["killed"] for each in rows] == [False, False, False, True]
    assert rows[3]["found"] == ["d"]


def test_the_sample_for_schemathesis_has_some_of_each_class():
    """Two mutants of each class, and variants for false alarms, none twice."""
    kinds = Counter(each.kind for each in sample())

    assert {kinds[kind] for kind in Kind if kind is not Kind.LEGAL} == {2}
    assert kinds[Kind.LEGAL] >= 4
    assert len({each.id for each in sample()}) == len(sample())


def test_the_unbroken_service_is_scored_over_three_seeds():
    """What is not broken must be green more than once."""
    assert [seed for name, _, seed in tasks(["rules"]) if name == "unbroken"] == [0, 1, 2]


def test_only_random_detectors_play_a_mutant_under_each_seed():
    """One seed is one draw; what does not draw is played once, and what plays a sample takes the seeds in turn."""
    seeds = {
        detector: [seed for name, _, seed in tasks([detector], seeds=3) if name == MUTANTS[0].id]
        for detector in ("schema", "rules", "stateful", "generated", "check")
    }

    assert seeds == {"schema": [0], "rules": [0], "stateful": [0, 1, 2], "generated": [0], "check": [0]}
