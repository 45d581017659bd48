"""A world per token: nothing of one is seen, counted or changed in another."""

import pytest
from tempolor_mock.domain.policy import Policy

PAST_EVERY_JOB = 60


@pytest.fixture(params=["user:12345-theirs", "user:54321-theirs"], ids=["same-user", "other-user"])
def pair(new_client, request):
    """Two clients of one application with an account of the same name; the second token varies."""
    mine = new_client(f"user:12345-mine-{request.node.callspec.id}-{request.node.originalname}")
    theirs = new_client(f"{request.param}-{request.node.originalname}")
    for client in (mine, theirs):
        client.account("111", maxJobs=2)
    return mine, theirs


def test_music_of_one_token_is_no_record_for_another(pair, refused):
    """Reading, downloading, cancelling and deleting find nothing."""
    mine, theirs = pair
    job_id, *_ = mine.song()

    refused(theirs.get(f"/music/{job_id}"), 404, f"No record found for {job_id}")
    refused(theirs.get(f"/music/download/{job_id}"), 404, f"No record found for {job_id}")
    refused(theirs.delete(f"/music/{job_id}"), 404, f"No record found for {job_id}")
    refused(theirs.delete(f"/scheduler/{job_id}"), 404, "Unable to locate running job_id")
    assert mine.get(f"/music/{job_id}").status_code == 200


def test_lists_show_the_own_world_alone(pair):
    """Accounts, music and running jobs."""
    mine, theirs = pair
    mine.song()
    mine.account("222")

    assert list(theirs.get("/accounts").json()) == ["111"]
    assert theirs.get("/music").json()["records"] == []
    assert theirs.get("/scheduler").json() == []


def test_slots_are_counted_apart(pair):
    """A busy account leaves the one of the same name in another world alone."""
    mine, theirs = pair
    mine.song()
    assert mine.post("/music/song", json={"prompt": "x"}).status_code == 429

    assert theirs.post("/music/song", json={"prompt": "x"}).status_code == 200


def test_clocks_are_turned_apart(pair):
    """What is advanced here stands still there."""
    mine, theirs = pair
    job_id, *_ = theirs.song()
    before = theirs.now_ms()

    mine.advance(PAST_EVERY_JOB)

    assert theirs.now_ms() == before
    assert theirs.get(f"/music/{job_id}").json()["status_name"] == "GENERATING"


def test_a_reset_empties_the_own_world_alone(pair):
    """The other one does not notice."""
    mine, theirs = pair

    answer = mine.control("reset")

    assert answer.json() == {"worlds": 1}
    assert mine.get("/accounts").status_code == 404
    assert theirs.get("/accounts").status_code == 200


def test_ids_of_two_worlds_never_meet(pair):
    """Also of one user, and though both made the same calls."""
    mine, theirs = pair

    assert not set(mine.song()) & set(theirs.song())


def test_the_same_token_sees_the_same_world_from_two_clients(new_client):
    """The world belongs to the token, not to the connection."""
    first, second = new_client("user:12345-shared-world"), new_client("user:12345-shared-world")
    first.account("111")

    assert second.get("/accounts/111").status_code == 200


def test_a_reset_world_lives_again_with_the_same_ids(client):
    """Same seed, same calls, same ids: as if it had never been used."""
    client.account("111")
    before = client.song()
    client.advance(30)

    client.control("reset")
    client.account("111")

    assert client.song() == before


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_and_calls_give_the_same_answers(new_client, seed):
    """Two applications with one seed answer alike, byte by byte."""
    told = []
    for _ in range(2):
        client = new_client("user:12345-seeded", policy=Policy(seed=seed))
        client.account("111")
        jobs = client.song() + client.instrumental()
        client.advance(PAST_EVERY_JOB)
        told.append([client.get(f"/music/{job_id}").text for job_id in jobs])

    assert told[0] == told[1]


def test_another_seed_gives_other_ids(new_client):
    """The seed is what decides."""
    clients = [new_client("user:12345-seeded", policy=Policy(seed=seed)) for seed in (1, 2)]
    for client in clients:
        client.account("111")

    assert not set(clients[0].song()) & set(clients[1].song())
