"""Waiting for jobs."""

import pytest
from tempolor_client import errors

from .conftest import JOB, OTHER_JOB
from .hostile import answer, drop, error, html, reset


def at(progress, job=JOB):
    """A job at work."""
    return answer(200, {"job_id": job, "status": 0, "status_final": False, "progress": progress})


def done(job=JOB):
    """A job that made music."""
    return answer(200, {"job_id": job, "status": 30, "status_final": True, "progress": 100})


FAILED = answer(200, {"job_id": JOB, "status": 10, "status_name": "FAILED", "status_final": True, "error": "no notes"})


def wait(client):
    """Wait for the job."""
    return client.music.wait(JOB)


def test_a_wait_ends_when_the_job_is_final_and_tells_of_each_look(run, hostile, time):
    """The progress goes to the caller's hook."""
    hostile.then(at(0), at(40), done())
    seen = []

    item = run(lambda client: client.music.wait(JOB, progress=lambda item: seen.append(item.progress)))

    assert (item.status, seen, time.pauses) == (30, [0, 40, 100], [5.0, 5.0])


def test_an_async_hook_is_waited_for(run, hostile):
    """Hooks of async programs may be async; in a sync program there is nothing to wait with."""
    if run.kind == "sync":
        return
    hostile.then(done())
    seen = []

    async def hook(item):
        seen.append(item.progress)

    run(lambda client: client.music.wait(JOB, progress=hook))

    assert seen == [100]


def test_a_job_that_failed_is_an_error_with_the_job(run, hostile):
    """Loudly, with the last answer."""
    hostile.then(at(20), FAILED)

    with pytest.raises(errors.JobFailedError, match=f"{JOB} ended as FAILED: no notes") as caught:
        run(wait)

    assert (caught.value.job_id, caught.value.item.status) == (JOB, 10)


def test_an_unknown_final_status_is_no_success(run, hostile):
    """Nobody knows whether there is music."""
    hostile.then(answer(200, {"job_id": JOB, "status": 77, "status_final": True}))

    with pytest.raises(errors.JobFailedError, match="ended as 77"):
        run(wait)


def test_a_wait_that_takes_too_long_keeps_the_id(run, hostile, time):
    """The job goes on, and so can the wait."""
    hostile.always(at(60))

    with pytest.raises(errors.WaitTimeoutError, match=r"last seen at 60%.*nothing is lost.*music.wait") as caught:
        run(lambda client: client.music.wait(JOB, timeout=12))

    assert (caught.value.job_id, caught.value.item.progress, time.now) == (JOB, 60, 12.0)
    assert isinstance(caught.value, TimeoutError)


def test_a_wait_survives_502s_and_a_dropped_connection(run, hostile):
    """Far more of them than any single call would try again after."""
    hostile.then(at(10), *[html(502)] * 12, drop, reset, drop, *[html(504)] * 5, done())

    assert run(wait).status == 30


def test_a_wait_survives_a_page_of_html_with_status_200(run, hostile):
    """Some gateways apologise politely."""
    hostile.then(html(200), done())

    assert run(wait).status == 30


def test_a_busy_service_does_not_stretch_a_wait(run, hostile, time):
    """The long pauses after a 429 count as well, and none is begun that could not end in time."""
    hostile.always(error(429, "busy"))

    with pytest.raises(errors.WaitTimeoutError):
        run(lambda client: client.music.wait(JOB, timeout=70))

    assert time.pauses == [30.0, 30.0, 10.0]


def test_a_wait_ends_on_a_refusal(run, hostile):
    """A wrong token does not get right by waiting."""
    hostile.then(at(10), error(401, "Unauthorized"))

    with pytest.raises(errors.AuthenticationError) as caught:
        run(wait)

    assert caught.value.job_id == JOB


def test_a_wait_ends_when_the_session_has_ended(run, hostile):
    """596 needs a person."""
    hostile.then(error(596, "x"))

    with pytest.raises(errors.AccountSessionError):
        run(wait)


def test_a_wait_during_an_outage_ends_with_the_outage_as_its_cause(run, hostile):
    """Nothing was ever seen of the job, and its id is still there."""
    hostile.always(html(502))

    with pytest.raises(errors.WaitTimeoutError, match="never seen") as caught:
        run(lambda client: client.music.wait(JOB, timeout=60))

    assert isinstance(caught.value.__cause__, errors.ServerError)
    assert caught.value.job_id == JOB


def test_an_order_waits_for_all_its_jobs_and_looks_only_at_those_that_run(run, hostile):
    """One or two jobs an order."""
    hostile.then(answer(200, {"jobs": [JOB, OTHER_JOB]}), done(), at(50, OTHER_JOB), done(OTHER_JOB))

    items = run(lambda client: client.songs.create_and_wait("Rain"))

    assert [item.job_id for item in items] == [JOB, OTHER_JOB]
    assert [line.rpartition("/")[2] for line in hostile.lines] == ["song", JOB, OTHER_JOB, OTHER_JOB]


def test_a_failed_take_does_not_lose_the_other_one(run, hostile):
    """It was paid for."""
    hostile.then(FAILED, done(OTHER_JOB))

    with pytest.raises(errors.JobFailedError, match="1 other") as caught:
        run(lambda client: client.instrumentals.order(JOB, OTHER_JOB).wait())

    assert [item.job_id for item in caught.value.completed] == [OTHER_JOB]


def test_cancelling_an_order_passes_over_jobs_that_have_ended(run, hostile):
    """Their slots are free already."""
    hostile.then(error(404, "Unable to locate running job_id"), answer(204))

    run(lambda client: client.songs.order(JOB, OTHER_JOB).cancel())

    assert len(hostile.requests) == 2


def test_an_order_without_jobs_is_an_error(run, hostile):
    """There is nothing to wait for."""
    hostile.then(answer(200, {"result": True}))

    with pytest.raises(errors.UnexpectedAnswerError, match="names no jobs"):
        run(lambda client: client.songs.create("Rain"))
