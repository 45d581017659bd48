"""A busy account: the 429, and what frees a slot."""

import pytest
from tempolor_mock.domain.policy import Policy

START_MS = 1_747_731_600_125
PAST_EVERY_JOB = 60


@pytest.fixture
def client(client):
    """A world with one account of two slots."""
    client.account("111", maxJobs=2)
    return client


@pytest.mark.parametrize("path", ["/music/song", "/music/instrumental"])
def test_an_order_beyond_the_limit_names_the_running_jobs(client, path):
    """`started` is in milliseconds here, and callback fields appear where they were given."""
    quiet = client.song()
    client.advance(2)
    reporting = client.instrumental(maxJobs=3, replyUrl="http://127.0.0.1:9/hook?a=b", replyRef="mine")

    answer = client.post(path, json={"prompt": "one too many"})

    assert answer.status_code == 429
    callback = {"replyUrl": "http://127.0.0.1:9/hook?a=b", "replyRef": "mine"}
    assert answer.json() == {
        "error": "Account is busy executing 4 jobs",
        "runningJobs": {
            "111": [
                *({"user_id": "111", "job_id": job_id, "started": START_MS} for job_id in quiet),
                *({"user_id": "111", "job_id": job_id, "started": START_MS + 2_000} | callback for job_id in reporting),
            ]
        },
        "code": 429,
    }


@pytest.mark.parametrize("undo", ["wait", "cancel", "delete", "reconfigure", "ask-for-more"])
def test_there_is_room_again(client, undo):
    """After the jobs end, one is cancelled or deleted, or the limit is raised for the account or the request."""
    job_id, *_ = client.song()
    assert client.post("/music/song", json={"prompt": "x"}).status_code == 429

    if undo == "wait":
        client.advance(PAST_EVERY_JOB)
    elif undo == "cancel":
        client.delete(f"/scheduler/{job_id}")
    elif undo == "delete":
        client.delete(f"/music/{job_id}")
    elif undo == "reconfigure":
        client.account("111", maxJobs=3)
    fields = {"maxJobs": 3} if undo == "ask-for-more" else {}

    assert client.post("/music/song", json={"prompt": "x"} | fields).status_code == 200


def test_the_account_of_the_freest_slots_reports_when_all_are_busy(client):
    """Without a `user_id` the refusal is about the account that had most room."""
    client.account("222", maxJobs=1)
    client.song(user_id="111")
    client.song(user_id="222")

    answer = client.post("/music/song", json={"prompt": "x"}).json()

    assert list(answer["runningJobs"]) == ["111"]


@pytest.mark.parametrize("slots", [1, 2, 7])
def test_exactly_as_many_single_jobs_run_as_there_are_slots(new_client, slots):
    """The limit is exact."""
    client = new_client(policy=Policy(revision="2026-08"))
    client.account("111", maxJobs=slots)

    answers = [client.post("/music/song", json={"prompt": "x"}).status_code for _ in range(slots + 2)]

    assert answers == [200] * slots + [429] * 2
