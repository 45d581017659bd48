"""Tests of the model: what it expects, told in plain values."""

import pytest
from tempolor_contract.runs.stateful.model import Answer, Model

A = "111"
JOB = "user:1-tempolor:111-job:a"
JOB2 = "user:1-tempolor:111-job:b"


@pytest.fixture
def model():
    """A model with an account of two slots."""
    model = Model()
    list(model.store(A, 2, Answer(200, {"user_id": A, "maxJobs": 2})))
    return model


def wrong(findings) -> list[str]:
    """Return the rules that something is wrong by."""
    return [finding.rule for finding in findings if finding.wrong]


def order(model, *jobs, own=None, status=200, now=0.0, body=None):
    """Order a song."""
    return list(model.order(A, "song", own, "", now, Answer(status, body or {"jobs": list(jobs)})))


def poll(model, job, status=0, progress=0, answer=200):
    """Read a job."""
    return list(model.poll(job, Answer(answer, {"status": status, "progress": progress})))


def test_orders_are_taken_while_there_is_room(model):
    """A 429 is wrong before the slots are taken, and fine after."""
    assert wrong(order(model, status=429)) == ["account-limit-is-exact"]
    assert wrong(order(model, JOB, JOB2)) == []
    assert wrong(order(model, status=429)) == []


def test_an_order_of_its_own_limit_is_judged_by_that(model):
    """`maxJobs` of an order counts in place of the account's."""
    order(model, JOB)

    assert wrong(order(model, status=429, own=1)) == []
    assert wrong(order(model, status=429, own=3)) == ["own-limit-replaces-the-accounts"]


def test_an_order_too_many_shows_when_all_older_jobs_still_run(model):
    """Whether an order was one too many is known once the others were polled after it."""
    order(model, JOB, JOB2)
    before = model.at_work(A)
    order(model, "user:1-tempolor:111-job:c")

    assert model.overfull(A, None, before).wrong
    poll(model, JOB, 30, 100)
    assert not model.overfull(A, None, before).wrong


@pytest.mark.parametrize("end", ["completed", "cancelled", "deleted long ago"])
def test_a_job_that_is_over_frees_its_slot(model, end):
    """Completion and cancelling make room, and so does time after a deletion."""
    order(model, JOB, JOB2)
    if end == "completed":
        poll(model, JOB, 30, 100)
    elif end == "cancelled":
        list(model.cancel(JOB, Answer(204), still_at_work=False))
    else:
        list(model.delete_job(JOB, Answer(200)))
        model.all_is_over()

    assert [job.id for job in model.at_work(A)] == [JOB2]
    assert wrong(order(model, status=429)) == ["account-limit-is-exact"]


def test_whether_deleting_frees_a_slot_is_open(model):
    """A job that was deleted at work may hold its slot and be listed, or not."""
    order(model, JOB, JOB2)
    before = list(model.jobs.values())
    list(model.delete_job(JOB, Answer(200)))

    assert wrong(order(model, status=429)) == []
    assert not model.overfull(A, None, before).wrong
    assert not model.list_running([JOB, JOB2]).wrong
    assert not model.unlisted(JOB).wrong


def test_a_429_lists_nothing_but_running_jobs(model):
    """A job that ended is in no 429."""
    order(model, JOB, JOB2)
    poll(model, JOB, 30, 100)
    body = {"runningJobs": {A: [{"job_id": JOB}, {"job_id": JOB2}]}}

    assert "busy-lists-only-running" in wrong(order(model, status=429, own=1, body=body))


def test_final_stays_final_and_progress_goes_on(model):
    """Neither status nor progress goes back."""
    order(model, JOB, JOB2)

    assert wrong(poll(model, JOB, 0, 40)) == []
    assert wrong(poll(model, JOB, 0, 30)) == ["progress-never-goes-back"]
    poll(model, JOB, 30, 100)
    assert wrong(poll(model, JOB, 10, 100)) == ["final-stays-final"]


def test_what_was_deleted_is_a_404(model):
    """A deleted job is gone, and was there before."""
    order(model, JOB)

    assert wrong(poll(model, JOB, answer=404)) == ["what-was-made-can-be-found"]
    list(model.delete_job(JOB, Answer(200)))
    assert wrong(poll(model, JOB)) == ["deleted-is-gone"]
    assert wrong(poll(model, JOB, answer=404)) == []


def test_lists_hold_everything_once(model):
    """Lost, repeated and foreign ids are all wrong."""
    order(model, JOB, JOB2)

    assert wrong(model.list_music(A, "song", [JOB2, JOB])) == []
    for ids in ([JOB], [JOB, JOB2, JOB2], [JOB, JOB2, "other"]):
        assert wrong(model.list_music(A, "song", ids)) == ["pages-neither-lose-nor-repeat"]
    assert wrong(model.list_music(A, "instrumental", [])) == []


def test_a_running_job_can_be_cancelled_once(model):
    """A 404 is wrong while the job runs, and the only answer after."""
    order(model, JOB)

    assert wrong(model.cancel(JOB, Answer(404), still_at_work=True)) == ["cancel-works-once"]
    assert wrong(model.cancel(JOB, Answer(204), still_at_work=False)) == []
    assert wrong(model.cancel(JOB, Answer(204), still_at_work=False)) == ["cancel-works-once"]


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [(0, 200, ["download-only-when-complete"]), (0, 400, []), (30, 404, []), (30, 400, ["complete-can-be-downloaded"])],
)
def test_downloads_need_completion(model, status, answer, expected):
    """A running job has no file; a completed one has, perhaps some seconds later."""
    order(model, JOB)
    poll(model, JOB, status, 100)

    assert wrong(model.download(JOB, Answer(answer))) == expected


def test_the_scheduler_lists_what_runs(model):
    """A job that ended is not listed, one that runs is."""
    order(model, JOB, JOB2)
    poll(model, JOB, 30, 100)

    assert wrong([model.list_running([JOB2])]) == []
    assert wrong([model.list_running([JOB])]) == ["scheduler-lists-what-runs"]
    assert wrong([model.unlisted(JOB2)]) == ["scheduler-lists-what-runs"]


def test_capacity_shows_limits_and_no_more_than_can_run(model):
    """`available` rows agree with what was stored and ordered."""
    order(model, JOB)

    assert wrong(model.capacity([{"user_id": A, "maxJobs": 2, "executing": 1}])) == []
    assert wrong(model.capacity([{"user_id": A, "maxJobs": 9, "executing": 2}])) == [
        "available-has-the-limits",
        "available-adds-up",
    ]


def test_accounts_round_trip_until_they_are_deleted(model):
    """A stored account is there, a deleted one is not."""
    assert wrong(model.read_account(A, Answer(200, {"user_id": A, "maxJobs": 2}))) == []
    assert wrong(model.list_accounts(Answer(200, {}))) == ["account-round-trips"]
    assert wrong(model.delete_account(A, Answer(204))) == []
    assert wrong(model.delete_account(A, Answer(204))) == ["account-round-trips"]
    assert wrong(model.list_accounts(Answer(200, {A: {}}))) == ["account-round-trips"]


def test_uploads_are_listed_until_they_are_deleted(model):
    """A MIDI file comes back in its list, and can be used until it is deleted."""
    thing = "user:1-tempolor:111-midi:m"
    list(model.upload(A, "midi", "x", Answer(200, {"midiRenderVO": {"midiItemId": thing}})))

    assert wrong(model.list_uploads(A, "midi", [thing])) == []
    assert wrong(model.list_uploads(A, "midi", [])) == ["pages-neither-lose-nor-repeat"]
    list(model.delete_upload(thing, Answer(200)))
    assert wrong(model.order(A, "song", None, thing, 0.0, Answer(200, {}))) == ["ready-material-can-be-used"]


def test_a_job_must_end_in_time(model):
    """A job that is still at work after all patience is wrong."""
    order(model, JOB)

    assert not model.ended(JOB, 10, 300).wrong
    assert model.ended(JOB, 301, 300).wrong
