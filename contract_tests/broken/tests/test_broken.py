"""The catalogue of broken services is sound, and the contract tests notice one of each class."""

import httpx
import pytest
from broken import DEVIATIONS, VARIANTS, Deviation, Kind, Layer, Service
from broken.detectors import RULE_IDS, by_rules, by_schema
from broken.kinds import NOTHING, Answer
from broken.score import report, tasks
from broken.service import TOKEN, operation_of

ALL = (*DEVIATIONS, *VARIANTS)
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
]
"""One of each class, those that are found soonest."""


@pytest.fixture(scope="module")
def service():
    """Return a service that can be bent."""
    with Service() as running:
        yield running


def accounts(service: Service) -> httpx.Response:
    """Ask a service for its accounts."""
    with httpx.Client(transport=service.server.transport, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        client.post(f"{service.server.url}/v1/tempolor/accounts", json={"requestParams": {"user_id": "111"}})
        return client.get(f"{service.server.url}/v1/tempolor/accounts")


def test_there_are_enough_deviations_of_each_class_and_layer():
    """At least 80 deviations, of all classes and both layers, and 12 variants."""
    assert len(DEVIATIONS) >= 80
    assert len(VARIANTS) >= 12
    assert {each.kind for each in DEVIATIONS} == set(Kind) - {Kind.LEGAL}
    assert {each.layer for each in DEVIATIONS} == set(Layer)


def test_the_sample_has_one_of_each_class():
    """No class is left out."""
    assert [BY_ID[name].kind for name in QUICK] == list(Kind)[:-1]


def test_ids_are_unique():
    """No two services share an id."""
    assert len(BY_ID) == len(ALL)


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda each: each.id)
def test_each_deviation_names_rules_that_exist(deviation: Deviation):
    """What should notice a deviation is in the catalogue of rules, or the model's."""
    assert deviation.expects
    assert set(deviation.expects) <= RULE_IDS


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.id)
def test_no_rule_should_notice_a_variant(variant: Deviation):
    """A legal variant expects nothing, and is bent in some way."""
    assert variant.expects == ()
    assert variant.rewrite or variant.patches or variant.policy


def test_all_can_be_installed_and_leave_nothing_behind(service):
    """After each deviation every name stands for what it stood for before."""
    for each in ALL:
        owners = [(patch.owner, patch.name) for patch in (each.patches() if each.patches else ())]
        before = [vars(owner).get(name) for owner, name in owners]
        with service.bent(each):
            bent = [vars(owner).get(name) for owner, name in owners]
            assert all(now is not then for now, then in zip(bent, before, strict=True)), each.id
            assert (service.app.rewrite is not None) == (each.rewrite is not None), each.id
        assert [vars(owner).get(name) for owner, name in owners] == before, each.id
        assert service.app.rewrite is None, each.id


def test_a_rewritten_answer_differs_and_the_next_one_is_straight(service):
    """A rewrite works while it is installed, and no longer."""
    with service.bent(BY_ID["accounts-as-a-list"]):
        assert isinstance(accounts(service).json(), list)
        assert service.app.touched == 1
    with service.bent():
        assert list(accounts(service).json()) == ["111"]


def test_worlds_begin_empty(service):
    """What one deviation left is not there for the next."""
    with service.bent():
        accounts(service)
    with service.bent(), httpx.Client(transport=service.server.transport) as client:
        told = client.get(f"{service.server.url}/v1/tempolor/accounts", headers={"Authorization": f"Bearer {TOKEN}"})
        assert told.status_code == 404


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
    """The cheapest detector finds what it can find, and nothing on a straight service."""
    assert by_schema(service, BY_ID["progress-as-text"]).killed
    assert by_schema(service, None).found == []


@pytest.mark.parametrize("name", QUICK)
def test_the_rules_notice_one_of_each_class(service, name):
    """One of the rules that were expected fails."""
    outcome = by_rules(service, BY_ID[name])

    assert outcome.killed, (outcome.found, outcome.stopped)
    assert outcome.reached


def test_the_score_counts_kills_by_class_and_detector():
    """The page has a row for each class and tells survivors with a reason."""
    row = {"seed": 0, "calls": 3, "seconds": 0.1, "stopped": "", "detector": "rules", "reached": True}
    page = report(
        [
            {"id": "never-busy", "found": ["full-is-busy"], "killed": True, **row},
            {"id": "final-twice", "found": [], "killed": False, **row},
            {"id": "leap", "found": [], "killed": False, **row},
        ],
        12,
    )

    assert "| capacity | 1 / 1 | 1 / 1 |" in page
    assert "| final-twice | callbacks | reached, not noticed | nothing |" in page
    assert "| rules | 0 of 1 |" in page


def test_the_unbroken_service_is_scored_over_five_seeds():
    """What is straight must be green more than once."""
    assert [seed for name, _, seed in tasks(["rules"]) if name == "unbroken"] == [0, 1, 2, 3, 4]
