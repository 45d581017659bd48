"""When something is sent again, and when not."""

import socket

import httpx2
import pytest
from tempolor_client import errors

from .conftest import JOB
from .hostile import Hostile, answer, drop, error, hang, html, reset

MADE = answer(200, {"jobs": [JOB]})
RUNNING = {"1": [{"user_id": "1", "job_id": JOB, "started": 1}]}
BUSY = error(429, "Account is busy executing 2 jobs", runningJobs=RUNNING)


def order(client):
    """Order a song."""
    return client.songs.create("Rain")


def read(client):
    """Read a job."""
    return client.music.get(JOB)


def test_an_order_that_timed_out_is_not_sent_again(run, hostile):
    """A job may run by then, and cost; the message says where to look."""
    hostile.always(hang)

    with pytest.raises(errors.RequestTimeoutError, match=r"may have been taken.*scheduler\.running"):
        run(lambda client: client.songs.create("Rain", timeout=0.5))

    assert len(hostile.requests) == 1


@pytest.mark.parametrize("failure", [reset, drop], ids=["reset", "drop"])
def test_an_order_whose_connection_broke_is_not_sent_again(run, hostile, failure):
    """The service may have received it."""
    hostile.then(failure, MADE)

    with pytest.raises(errors.ConnectionFailedError, match="may have been taken"):
        run(order)

    assert len(hostile.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_an_order_is_not_sent_again_after_a_5xx(run, hostile, status):
    """What stood behind the gateway may have taken it."""
    hostile.then(html(status), MADE)

    with pytest.raises(errors.ServerError, match=f": {status}: ") as caught:
        run(order)

    assert len(hostile.requests) == 1
    assert caught.value.status == status


def test_an_order_is_sent_again_when_no_connection_came_about(run, time):
    """Nothing was sent, so nothing can have been taken."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]

        def listen(_: float) -> None:
            reserved.close()
            servers.append(Hostile(port=port).always(MADE).__enter__())

        servers = []
        time.on_sleep = listen

        made = run(order, base_url=f"http://127.0.0.1:{port}")

    servers[0].__exit__()
    assert made.jobs == (JOB,)
    assert len(servers[0].requests) == 1


def test_nobody_there_is_an_error_that_says_so(run, time):
    """After the last try."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        with pytest.raises(errors.ConnectionRefusedByHostError, match="no connection"):
            run(order, base_url=url)

    assert time.pauses == [0.25, 0.5, 1.0, 2.0]


@pytest.mark.parametrize("failure", [reset, drop, html(502), error(500, "x"), html(504)])
def test_reading_is_tried_again_after_what_may_pass(run, hostile, failure):
    """Reading changes nothing, however often."""
    hostile.then(failure, failure, answer(200, {"job_id": JOB}))

    assert run(read).job_id == JOB
    assert len(hostile.requests) == 3


def test_deleting_is_tried_again_and_a_404_then_is_explained(run, hostile):
    """The attempt without an answer may be the one that deleted it."""
    hostile.then(drop, error(404, f"No record found for {JOB}"))

    with pytest.raises(errors.NotFoundError) as caught:
        run(lambda client: client.music.delete(JOB))

    assert "may have done it" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("failures", "send"),
    [
        ([error(404, "No record found")], lambda client: client.music.delete(JOB)),
        ([drop, error(404, "No record found")], read),
        ([drop, error(400, "x has incorrect format")], lambda client: client.music.delete(JOB)),
    ],
    ids=["deleted before", "read", "another refusal"],
)
def test_only_a_404_of_a_deletion_that_was_sent_before_is_explained(run, hostile, failures, send):
    """Elsewhere the explanation would be wrong."""
    hostile.then(*failures)

    with pytest.raises(errors.APIError) as caught:
        run(send)

    assert not hasattr(caught.value, "__notes__")


def test_jitter_leaves_a_pause_in_its_upper_half(run, hostile, time):
    """Between half of it and all of it."""
    hostile.then(html(503), html(503), answer(200, {}))

    run(read, random=lambda: 0.5)

    assert time.pauses == [0.375, 0.75]


def test_pauses_between_tries_double_up_to_a_bound(run, hostile, time):
    """A service that is down is not helped by haste."""
    hostile.always(html(503))

    with pytest.raises(errors.ServerError):
        run(read, max_retries=7)

    assert time.pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_503_that_says_when_to_come_back_is_obeyed(run, hostile, time):
    """Up to a minute."""
    hostile.then(answer(503, b"", Retry_After="7"), answer(200, {}))

    run(read)

    assert time.pauses == [7.0]


def test_a_session_that_has_ended_is_not_tried_again(run, hostile):
    """596 stays until somebody logs in, and no Python status enum knows it."""
    hostile.then(error(596, "Session expired"))

    with pytest.raises(
        errors.AccountSessionError, match=r"Log in to TemPolor with a browser again.*accounts\.create"
    ) as caught:
        run(read)

    assert (caught.value.status, caught.value.job_id) == (596, JOB)


def test_a_refusal_is_not_tried_again(run, hostile):
    """A wrong request stays wrong."""
    hostile.then(error(400, "x has incorrect format"))

    with pytest.raises(errors.BadRequestError):
        run(read)

    assert len(hostile.requests) == 1


def test_a_busy_account_is_waited_for_half_a_minute_at_a_time(run, hostile, time):
    """Usual back-off is far too fast for this service."""
    hostile.then(BUSY, BUSY, MADE)

    assert run(order).jobs == (JOB,)
    assert time.pauses == [30.0, 30.0]


def test_a_longer_wait_is_granted_where_the_service_asks_for_it(run, hostile, time):
    """A shorter one is not: 30 seconds are the least."""
    hostile.then(
        answer(429, {"error": "x", "code": 429}, Retry_After="95"),
        answer(429, {"error": "x", "code": 429}, Retry_After="1"),
        answer(429, {"error": "x", "code": 429}, Retry_After="soon"),
        MADE,
    )

    run(order)

    assert time.pauses == [95.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0.0), ("0.5", 0.5), ("86400", 86_400.0), ("86401", None), ("-1", None), ("nan", None), ("", None)],
)
def test_what_retry_after_asks_for_is_told_where_it_makes_sense(run, hostile, header, seconds):
    """From nothing up to a day; more would look like a hang."""
    hostile.then(answer(429, {"error": "x", "code": 429}, Retry_After=header))

    with pytest.raises(errors.BusyError) as caught:
        run(lambda client: client.songs.create("Rain", busy_timeout=0))

    assert caught.value.retry_after == seconds


def test_the_budget_for_room_is_used_to_its_last_second(run, hostile, time):
    """A wait that just fits is made."""
    hostile.always(BUSY)

    with pytest.raises(errors.AccountBusyError):
        run(order, busy_timeout=90)

    assert time.pauses == [30.0, 30.0, 30.0]


def test_jitter_stretches_the_wait_and_never_shortens_it(run, hostile, time):
    """Many clients that were refused together should not come back together."""
    hostile.then(BUSY, MADE)

    run(order, random=lambda: 0.5)

    assert time.pauses == [32.5]


def test_waiting_for_room_has_a_budget_of_its_own(run, hostile, time):
    """Tries after other failures do not count against it, nor it against them."""
    hostile.always(BUSY)

    with pytest.raises(errors.AccountBusyError, match=r"busy executing 2 jobs.*busy_timeout") as caught:
        run(order, busy_timeout=100, max_retries=0)

    assert time.pauses == [30.0, 30.0, 30.0]
    assert caught.value.running_jobs["1"][0].job_id == JOB


def test_a_program_that_does_not_want_to_wait_gets_the_refusal_at_once(run, hostile, time):
    """For programs with a queue of their own."""
    hostile.always(error(429, "TemPolor is busy"))

    with pytest.raises(errors.UpstreamBusyError):
        run(lambda client: client.songs.create("Rain", busy_timeout=0))

    assert time.pauses == []


def test_a_program_hears_of_each_wait_for_room(run, hostile):
    """With the jobs in the way and the seconds it will take."""
    notices = []
    hostile.then(BUSY, MADE)

    run(order, on_busy=notices.append)

    assert [(notice.seconds, notice.error.status) for notice in notices] == [(30.0, 429)]


def test_the_transport_can_be_replaced(run):
    """For tests without a network."""
    sent = []

    def respond(request):
        sent.append(request.url.path)
        return httpx2.Response(200, json=[])

    assert run(lambda client: client.scheduler.running(), transport=httpx2.MockTransport(respond)) == []
    assert sent == ["/v1/tempolor/scheduler"]
