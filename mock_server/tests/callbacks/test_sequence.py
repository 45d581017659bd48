"""What callbacks say, in which order, and what `advance` and the journal tell of them."""

import json
import random
from itertools import pairwise

import pytest

PAST_EVERY_JOB = 60
PAST_EVERY_RETRY = 3_600


def advance(client, seconds):
    """Move the clock and return the callbacks that caused."""
    return client.control("clock/advance", seconds=seconds).raise_for_status().json()["callbacks"]


def test_a_callback_is_the_poll_of_its_moment(client, receiver, ordered):
    """Nothing but `replyUrl` and `replyRef` is there besides."""
    jobs = ordered(receiver.url, replyRef="demo-1")
    compared = 0

    for _ in range(30):
        before = len(receiver.received)
        client.advance(1)
        for callback in {each.job_id: each for each in receiver.received[before:]}.values():
            poll = client.get(f"/music/{callback.job_id}").json()
            assert callback.body == poll | {"replyUrl": receiver.url, "replyRef": "demo-1"}
            compared += 1

    assert compared >= 5 * len(jobs)


def test_a_callback_is_compact_json_from_the_mock(receiver, ordered, client):
    """With a depth, and with no token or cookie."""
    ordered(receiver.url)
    client.advance(PAST_EVERY_JOB)

    headers = receiver.received[0].headers
    assert headers["content-type"] == "application/json"
    assert headers["x-tempolor-mock-depth"] == "1"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert not {"authorization", "cookie", "transfer-encoding"} & set(headers)
    assert "replyRef" not in receiver.received[0].body


def test_the_request_of_a_callback_is_told_to_the_byte(receiver, ordered, client):
    """As the receiver got it, so that it can be played back by other means."""
    ordered(receiver.url + "/hook", replyRef="Zoë")
    client.advance(PAST_EVERY_JOB)

    told = client.get(client.base_url.join("/_mock/callbacks")).json()["callbacks"]

    assert len(told) == len(receiver.received)
    sent = [({name.lower(): value for name, value in each.headers.items()}, each.body) for each in receiver.received]
    for each in told:
        request = each["request"]
        assert (
            {name.lower(): value for name, value in request["headers"].items()},
            json.loads(request["body"]),
        ) in sent
        assert int(request["headers"]["Content-Length"]) == len(request["body"].encode())


def test_a_callback_is_sent_again_on_demand(receiver, ordered, client):
    """With nothing changed; it is answered when the receiver has answered."""
    ordered(receiver.url)
    client.advance(PAST_EVERY_JOB)
    before = list(receiver.received)

    again = client.control("callbacks/1/send")

    assert [each["status"] for each in again.json()["attempts"]] == [200, 200]
    assert [each for each in before if each == receiver.received[-1]]
    assert len(receiver.received) == len(before) + 1
    assert client.control("callbacks/99/send").json()["error"] == "There is no callback 99"


def test_a_callback_that_is_sent_again_and_again_takes_no_more_room(receiver, ordered, client, monkeypatch):
    """The newest attempts are remembered."""
    monkeypatch.setattr("tempolor_mock.domain.callbacks.MOST_ATTEMPTS", 3)
    ordered(receiver.url)
    client.advance(PAST_EVERY_JOB)

    for _ in range(5):
        again = client.control("callbacks/1/send")

    assert len(again.json()["attempts"]) == 3


@pytest.mark.parametrize("target", ["/?a=1&b=%2F%20x&a=2", "/hook%2Fdeep/x?empty=&plus=a+b", "/?", "/h;v=1?q=%C3%A9"])
def test_the_url_is_kept_as_it_was_given(receiver, ordered, client, target):
    """Character for character, its query too."""
    ordered(receiver.url + target)
    client.advance(PAST_EVERY_JOB)

    assert {each.target for each in receiver.received} <= {target, target.removesuffix("?")}
    assert {each.body["replyUrl"] for each in receiver.received} == {receiver.url + target}


def test_progress_rises_to_the_one_final_callback(receiver, ordered, client):
    """For each job on its own; the last callback is the final one."""
    jobs = ordered(receiver.url)
    client.advance(PAST_EVERY_JOB)

    assert {each.job_id for each in receiver.received} == set(jobs)
    for job in jobs:
        told = receiver.of(job)
        assert all(earlier.progress < later.progress for earlier, later in pairwise(told))
        assert [each.body["status_final"] for each in told] == [False] * (len(told) - 1) + [True]
        assert told[-1].body["status_name"] == "COMPLETED"


def test_advance_answers_after_delivery_with_what_it_caused(receiver, ordered, client, listed):
    """The callbacks are there, oldest first, and nothing is left for the next call."""
    jobs = ordered(f"{receiver.url}/hook")

    caused = advance(client, PAST_EVERY_JOB)

    assert len(caused) == len(receiver.received) == 5 * len(jobs)
    assert [each["at"] for each in caused] == sorted(each["at"] for each in caused)
    assert caused[-1].keys() == {*("number", "job_id", "url", "at", "status", "progress", "attempts", "outcome")}
    assert caused[-1]["attempts"] == [{"at": caused[-1]["at"], "status": 200}]
    assert {(each["url"], each["outcome"]) for each in caused} == {(f"{receiver.url}/hook", "delivered")}
    assert caused == [{name: each[name] for name in each if name != "request"} for each in listed()[::-1]]
    assert advance(client, PAST_EVERY_JOB) == []


def test_callbacks_are_listed_newest_first(receiver, ordered, client, listed):
    """As many as asked, of one job if asked."""
    first, _ = ordered(receiver.url)
    client.advance(PAST_EVERY_JOB)

    assert listed(limit=3) == listed()[:3]
    assert listed(job_id=first) == [each for each in listed() if each["job_id"] == first]
    assert listed(job_id="user:1-tempolor:2-job:3") == []


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "many"}, {"limit": 10**6}])
def test_a_listing_that_cannot_be_had_is_refused(client, query):
    """In the envelope of every refusal."""
    response = client.get(client.base_url.join("/_mock/callbacks"), params=query)

    assert (response.status_code, response.json()["code"]) == (400, 400)


def test_a_request_without_reply_url_has_no_callbacks(client, listed):
    """There is nothing to be seen of it."""
    client.account()
    client.song(replyRef="alone")

    assert advance(client, PAST_EVERY_JOB) == []
    assert listed() == []


def test_retries_come_after_the_pauses_of_the_policy_and_end(receiver, acts, ordered, client):
    """Each is journalled at the moment it was due at; the next callback follows the last of them."""
    receiver.behave = acts.answering(500)
    job, _ = ordered(receiver.url)

    first, second, *_ = [each for each in advance(client, PAST_EVERY_RETRY) if each["job_id"] == job]

    at = [moment(attempt["at"]) - moment(first["at"]) for attempt in first["attempts"]]
    assert at == [0, 1_000, 6_000, 36_000]
    assert {attempt["status"] for attempt in first["attempts"]} == {500}
    assert first["outcome"] == "failed"
    assert moment(second["attempts"][0]["at"]) == moment(first["at"]) + 36_000


def test_retries_wait_for_virtual_time(receiver, acts, ordered, client, listed):
    """Only those happen that fall due; `next` tells the moment of the one to come."""
    receiver.behave = acts.answering(503)
    job, _ = ordered(receiver.url)
    while not receiver.of(job):
        client.advance(0.1)
    (callback,) = listed(job_id=job)
    pause = moment(callback["next"]) - client.now_ms()

    advance(client, (pause - 1) / 1000)
    before = len(receiver.of(job))
    advance(client, 0.001)

    assert (before, len(receiver.of(job))) == (1, 2)


def test_a_receiver_that_fails_half_the_time_gets_every_job_in_order(receiver, acts, new_client):
    """Seeded; each callback that was taken came once, and each job's final one last."""

    async def half(receiver, received, writer):
        tries = sum((each.job_id, each.progress) == (received.job_id, received.progress) for each in receiver.received)
        lucky = random.Random(f"{received.job_id}{received.progress}{tries}").random() < 0.5
        if lucky or tries == 4:
            taken.append(received)
        await acts.answering(200 if lucky or tries == 4 else 500)(receiver, received, writer)

    taken = []
    receiver.behave = half
    client = new_client()
    client.account(maxJobs=100)
    jobs = [job for _ in range(10) for job in client.song(replyUrl=receiver.url)]

    caused = advance(client, PAST_EVERY_RETRY)

    assert {each["outcome"] for each in caused} == {"delivered"}
    assert len(receiver.received) > len(taken) == 5 * len(jobs)
    for job in jobs:
        progress = [each.progress for each in taken if each.job_id == job]
        assert progress == sorted(set(progress))
        assert progress[-1] == 100
    assert sum(len(each["attempts"]) for each in caused) == len(receiver.received)


@pytest.mark.parametrize("path", ["scheduler/{job}", "music/{job}"])
def test_nothing_is_sent_for_a_job_that_was_cancelled_or_deleted(receiver, ordered, client, listed, path):
    """Neither what was to come nor a retry; the other job goes on."""
    stopped, other = ordered(receiver.url)
    while not receiver.of(stopped):
        client.advance(0.5)
    before = len(receiver.of(stopped))

    client.delete("/" + path.format(job=stopped)).raise_for_status()
    client.advance(PAST_EVERY_JOB)

    assert len(receiver.of(stopped)) == before
    assert receiver.of(other)[-1].body["status_final"]
    assert len(listed(job_id=stopped)) == before


def test_a_retry_that_waits_is_cancelled_with_its_job(receiver, acts, ordered, client, listed):
    """The journal says so."""
    receiver.behave = acts.answering(500)
    job, _ = ordered(receiver.url)
    while not receiver.of(job):
        client.advance(0.1)
    before = len(receiver.of(job))

    client.delete(f"/scheduler/{job}").raise_for_status()
    client.advance(PAST_EVERY_JOB)

    assert len(receiver.of(job)) == before
    assert [each["outcome"] for each in listed(job_id=job)] == ["cancelled"]


def test_worlds_do_not_see_each_others_callbacks(receiver, ordered, client, new_client):
    """An advance sends and shows those of its own world only."""
    ordered(receiver.url)
    other = new_client("user:777-somebody-else")
    other.account()
    other.song(replyUrl=receiver.url)

    caused = advance(other, PAST_EVERY_JOB)

    assert caused
    assert {each["job_id"].partition("-")[0] for each in caused} == {"user:777"}
    assert {each.job_id.partition("-")[0] for each in receiver.received} == {"user:777"}


def test_an_emptied_world_sends_nothing(receiver, ordered, client, listed):
    """Nor does it remember that it did."""
    ordered(receiver.url)
    client.advance(10)
    before = len(receiver.received)

    client.control("reset").raise_for_status()

    assert before
    assert advance(client, PAST_EVERY_JOB) == []
    assert (len(receiver.received), listed()) == (before, [])


def moment(text):
    """Return a printed moment in milliseconds."""
    from datetime import datetime  # noqa: PLC0415 - one use

    return round(datetime.fromisoformat(text).timestamp() * 1000)
