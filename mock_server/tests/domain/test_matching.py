"""Which requests a fault rule is about, and how often it hits."""

import pytest
from tempolor_mock.domain import faults
from tempolor_mock.domain.faults import Match, Request
from tempolor_mock.domain.records import replace

EVERYTHING = Match(
    operation_ids=("startSong", "startInstrumental"),
    user_id="111",
    method="POST",
    path="/music/",
    header="x-case",
    header_value="7",
    prompt="Harbour",
)
REQUEST = Request(
    operation_id="startSong",
    method="POST",
    path="/music/song",
    headers={"x-case": "7"},
    user_id="111",
    prompt="a HARBOUR ballad",
)
OTHER = {
    "operation_id": "getMusic",
    "method": "PUT",
    "path": "/midi/music/",
    "headers": {"x-case": "8"},
    "user_id": "222",
    "prompt": "a mellow loop",
}


@pytest.fixture
def world(stage):
    """A world of two accounts: none of them goes without saying."""
    stage.account("222")
    return stage.world


def test_a_request_has_to_agree_with_everything(world):
    """One thing that differs is enough to be left alone."""
    assert faults.matches(EVERYTHING, REQUEST, world)
    for field, value in OTHER.items():
        assert not faults.matches(EVERYTHING, replace(REQUEST, **{field: value}), world), field
    assert not faults.matches(EVERYTHING, replace(REQUEST, headers={}), world)


def test_what_is_not_given_is_not_asked(world):
    """A rule without conditions is about every request."""
    assert faults.matches(Match(), replace(REQUEST, **OTHER), world)
    assert faults.matches(Match(header="x-case"), replace(REQUEST, headers={"x-case": "8"}), world)
    assert not faults.matches(Match(header="x-case"), replace(REQUEST, headers={"x-other": "8"}), world)


def test_the_only_account_goes_without_saying(stage, world):
    """Not where there are two."""
    unsaid = replace(REQUEST, user_id=None)

    assert not faults.matches(EVERYTHING, unsaid, world)
    del world.accounts["222"]
    assert faults.matches(EVERYTHING, unsaid, world)
