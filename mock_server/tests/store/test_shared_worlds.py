"""Two mocks on one place: whatever is asked of one, the other one knows."""

import pytest

from ..conftest import Client, fresh_token, in_process, places
from ..stores import LASTING_STORES


@pytest.fixture(scope="module", params=LASTING_STORES)
def mocks(request, tmp_path_factory):
    """Two mocks on one place."""
    with places(tmp_path_factory.mktemp("shared"), request) as place_of:
        place = place_of(request.param)
        with in_process(store=place) as first, in_process(store=place) as second:
            yield first, second


@pytest.fixture
def both(request, mocks):
    """Clients of one world, each of a mock of its own."""
    token = fresh_token(request)
    first, second = (client_of(each, token) for each in mocks)
    first.account("111", maxJobs=4)
    return first, second


def client_of(transport, token):
    """Return a client whose mock has written its journal after each request: between two of them its loop stands still.

    A transaction that was left open there would keep the other mock waiting.
    """

    def write_journal(_response):
        transport._runner.run(transport._app.worlds.journal._flush())

    return Client(
        token, transport=transport, base_url="http://mock/v1/tempolor", event_hooks={"response": [write_journal]}
    )


def test_capacity_is_counted_once(both):
    """Each of them starts what the account has room for, together no more."""
    first, second = both
    answers = [each.post("/music/song", json={"prompt": "A ballad"}) for each in (first, second, first, second)]

    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429]


def test_time_passes_for_both(both):
    """A clock that was advanced by one is advanced for the other, which settles what is due no second time."""
    first, second = both
    jobs = first.song()
    ended = second.advance(60)

    assert sorted(each["job_id"] for each in ended) == sorted(jobs)
    assert first.get(f"/music/{jobs[0]}").json()["status_name"] == "COMPLETED"
    assert first.advance(60) == []


def test_files_are_the_same_bytes(both, mid):
    """Those that follow from a seed, and uploads; by the link that either gave."""
    first, second = both
    upload = {"params": {"name": "Theme", "user_id": "111"}, "content": mid, "headers": {"Content-Type": "audio/midi"}}
    midi_link = first.post("/music/midi", **upload).raise_for_status().json()["midiRenderVO"]["midiUrl"]
    job_id = first.completed_song()
    link = first.link(job_id)

    assert second.link(job_id) == link
    assert first.get(link).content == second.get(link).raise_for_status().content
    assert second.get(midi_link).content == mid


def test_fault_rules_hit_wherever_the_request_arrives(both):
    """As often as they were meant to, together."""
    first, second = both
    rule = {
        "match": {"operation_ids": ["list_accounts"]},
        "effect": {"kind": "status", "status": 500},
        "times": 1,
    }
    first.control("faults", **rule).raise_for_status()

    assert [each.get("/accounts").status_code for each in (second, first)] == [500, 200]


def test_a_snapshot_is_there_for_both(both):
    """What was there before is gone for both."""
    first, second = both
    before = first.get("http://mock/_mock/snapshot").json()
    first.song()
    second.advance(60)
    second.put("http://mock/_mock/snapshot", json=before).raise_for_status()

    assert first.get("http://mock/_mock/snapshot").json() == before
    assert first.get("/scheduler").status_code == second.get("/scheduler").status_code


def test_a_reset_empties_the_world_for_both(both):
    """It begins anew for whoever is asked first."""
    first, second = both
    first.song()
    second.get("/accounts").raise_for_status()
    first.control("reset").raise_for_status()

    assert second.get("/accounts").status_code == 404
    second.account("222")
    assert list(first.get("/accounts").json()) == ["222"]
