"""The scheduler: running jobs, free slots, cancelling."""

import pytest

UNKNOWN = "user:12345-tempolor:111-job:000000000000000"
PAST_EVERY_JOB = 60


@pytest.fixture
def client(client):
    """A world with one account."""
    client.account("111")
    return client


def test_a_running_job_shows_since_when(client):
    """`started` is a date here, `elapsed` minutes and seconds."""
    job_id, *_ = client.song(replyUrl="http://127.0.0.1:9/hook", replyRef="mine")
    client.advance(9.5)

    running = client.get("/scheduler").json()

    assert len(running) == 2
    assert running[0] == {
        "job_id": job_id,
        "started": "2025-05-20T09:00:00.125Z",
        "elapsed": "00:09",
        "replyUrl": "http://127.0.0.1:9/hook",
        "replyRef": "mine",
    }


def test_jobs_without_a_callback_show_none(client):
    """Fields that were not given are left out."""
    client.song()

    assert set(client.get("/scheduler").json()[0]) == {"job_id", "started", "elapsed"}


def test_completed_jobs_do_not_run(client):
    """The list empties as time passes."""
    client.song()
    client.advance(PAST_EVERY_JOB)

    assert client.get("/scheduler").json() == []


def test_nothing_runs_in_an_empty_world(new_client):
    """No account is needed to ask."""
    client = new_client("user:12345-empty-scheduler")

    assert client.get("/scheduler").json() == []
    assert client.get("/scheduler/available").json() == {"executing": [], "available": []}


def test_capacity_lists_every_account_with_most_free_slots_first(client):
    """Rows are sorted, and `executing` is the scheduler's own list."""
    client.account("222", maxJobs=3)
    client.account("333", maxJobs=20)
    client.song(user_id="222")

    answer = client.get("/scheduler/available").json()

    assert answer["available"] == [
        {"user_id": "333", "maxJobs": 20, "executing": 0, "available": 20},
        {"user_id": "111", "maxJobs": 10, "executing": 0, "available": 10},
        {"user_id": "222", "maxJobs": 3, "executing": 2, "available": 1},
    ]
    assert answer["executing"] == client.get("/scheduler").json()


def test_the_next_order_goes_to_the_first_row(client):
    """What the scheduler calls freest is what an order without `user_id` gets, ties included."""
    client.account("222")
    first = client.get("/scheduler/available").json()["available"][0]["user_id"]

    job_id, *_ = client.song()

    assert f"-tempolor:{first}-" in job_id


def test_a_cancelled_job_is_no_longer_tracked(client, refused):
    """204 and nothing else; a second time it cannot be found."""
    job_id, other = client.song()

    answer = client.delete(f"/scheduler/{job_id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [job["job_id"] for job in client.get("/scheduler").json()] == [other]
    refused(client.delete(f"/scheduler/{job_id}"), 404, "Unable to locate running job_id")


def test_a_cancelled_job_completes_all_the_same(client):
    """TemPolor finishes the work, and the file can be had."""
    job_id, *_ = client.song()
    client.delete(f"/scheduler/{job_id}")

    client.advance(PAST_EVERY_JOB)

    assert client.get(f"/music/{job_id}").json()["status_name"] == "COMPLETED"
    assert client.get(f"/music/download/{job_id}").status_code == 200


def test_an_ended_job_cannot_be_cancelled(client, refused):
    """It does not run any more."""
    job_id = client.completed_song()

    refused(client.delete(f"/scheduler/{job_id}"), 404, "Unable to locate running job_id")


@pytest.mark.parametrize(
    "job_id",
    [UNKNOWN, UNKNOWN.replace("12345", "54321"), UNKNOWN.replace("111", "999")],
    ids=["unknown", "another-user", "another-account"],
)
def test_an_unknown_job_cannot_be_cancelled(client, refused, job_id):
    """The scheduler has a text of its own."""
    refused(client.delete(f"/scheduler/{job_id}"), 404, "Unable to locate running job_id")


@pytest.mark.parametrize("job_id", ["abc", UNKNOWN.replace("-job", "-midi")])
def test_an_id_of_another_shape_cannot_be_cancelled(client, refused, job_id):
    """It is a 400 that names the parameter."""
    refused(client.delete(f"/scheduler/{job_id}"), 400, "job_id has incorrect format")
