"""Each job takes one slot of its account; who finds none free is refused."""

import pytest
from tempolor_mock.domain import accounts, music, scheduler
from tempolor_mock.domain.errors import ServiceError

PAST_EVERY_JOB = 60


def test_jobs_are_admitted_while_fewer_run_than_the_limit(new_stage):
    """The last free slot is given away, the one after it is not."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=3)
    for _ in range(3):
        stage.song()

    with pytest.raises(ServiceError) as refusal:
        stage.song()

    assert (refusal.value.code, refusal.value.text) == (429, "Account is busy executing 3 jobs")


def test_a_request_for_two_jobs_needs_one_free_slot(new_stage):
    """Admission looks at running jobs alone, so a pair may exceed the limit by one."""
    stage = new_stage(jobs_per_request=2)
    stage.account(max_jobs=3)
    stage.song()

    stage.song()

    assert len(stage.running()) == 4


def test_a_refused_request_changes_nothing(new_stage):
    """Ids and titles of later jobs do not depend on how often somebody was refused."""
    stages = [new_stage(jobs_per_request=1) for _ in range(2)]
    for stage in stages:
        stage.account(max_jobs=1)
        stage.song()
    for _ in range(5):
        with pytest.raises(ServiceError):
            stages[0].song()
    for stage in stages:
        stage.advance(PAST_EVERY_JOB)

    assert stages[0].song() == stages[1].song()


def test_completion_frees_the_slot_at_the_moment_of_the_end(new_stage):
    """A millisecond before the end the account is still busy; at the end it is not."""
    stage = new_stage(jobs_per_request=1, job_seconds=(20, 20))
    stage.account(max_jobs=1)
    stage.song()
    stage.advance(19.999)
    with pytest.raises(ServiceError):
        stage.song()

    stage.advance(0.001)

    assert stage.song()


def test_cancelling_frees_the_slot_and_the_generation_goes_on(new_stage):
    """The scheduler forgets the job; the music is made all the same."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=1)
    (job,) = stage.song()

    scheduler.cancel(stage.world, str(job.id))

    assert stage.song()
    stage.advance(PAST_EVERY_JOB)
    assert music.get(stage.world, str(job.id)).step(stage.world.now_ms).progress == 100


def test_deleting_a_running_job_frees_its_slot(new_stage):
    """What is gone takes no room."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=1)
    (job,) = stage.song()

    music.delete(stage.world, str(job.id))

    assert stage.song()


def test_a_job_ends_once_and_gives_back_one_slot(new_stage):
    """Cancelling and then completing does not make room for two."""
    stage = new_stage(jobs_per_request=1, job_seconds=(20, 20))
    stage.account(max_jobs=2)
    (cancelled,) = stage.song()
    scheduler.cancel(stage.world, str(cancelled.id))
    stage.advance(10)
    stage.song()
    stage.song()

    stage.advance(10)

    with pytest.raises(ServiceError):
        stage.song()


@pytest.mark.parametrize("allowed", [3, 5], ids=["one-more", "several-more"])
def test_max_jobs_of_a_request_raises_the_limit_for_this_request_alone(new_stage, allowed):
    """The account's own limit counts again for the next request."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=2)
    stage.song()
    stage.song()

    stage.song(max_jobs=allowed)

    with pytest.raises(ServiceError):
        stage.song()


def test_max_jobs_of_a_request_can_lower_the_limit(new_stage):
    """A client may stay below what its account would take."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=10)
    stage.song()

    with pytest.raises(ServiceError) as refusal:
        stage.song(max_jobs=1)

    assert refusal.value.code == 429


def test_accounts_do_not_take_each_others_slots(new_stage):
    """A busy account leaves its neighbour alone."""
    stage = new_stage(jobs_per_request=1)
    stage.account("111", max_jobs=1)
    stage.account("222", max_jobs=1)
    stage.song(user_id="111")

    assert stage.song(user_id="222")


def test_jobs_of_a_deleted_account_are_no_longer_tracked(new_stage):
    """An account that is configured anew starts with all of its slots."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=1)
    stage.song()

    accounts.delete(stage.world, "111")
    stage.account(max_jobs=1)

    assert stage.running() == []
    assert stage.song()


def test_an_account_over_its_limit_has_less_than_no_slots(new_stage):
    """`available` is `maxJobs - executing`, whatever these are."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=1)
    stage.song()
    stage.song(max_jobs=5)

    (row,) = scheduler.capacity(stage.world)

    assert (row.max_jobs, row.executing, row.available) == (1, 2, -1)


def test_an_accounts_new_limit_counts_at_once(new_stage):
    """Updating an account keeps its running jobs and changes their limit."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=1)
    stage.song()

    stage.account(max_jobs=2)

    assert stage.song()
    with pytest.raises(ServiceError):
        stage.song()


def test_the_refusal_names_every_running_job_with_its_callback(new_stage):
    """`runningJobs` maps the account to its jobs; callback fields appear only where they were given."""
    stage = new_stage(jobs_per_request=1)
    stage.account(max_jobs=2)
    (quiet,) = stage.song()
    (reporting,) = stage.song(reply_url="http://127.0.0.1/hook?x=1", reply_ref="mine")

    with pytest.raises(ServiceError) as refusal:
        stage.song()

    assert refusal.value.extra["runningJobs"] == {
        "111": [
            {"user_id": "111", "job_id": str(quiet.id), "started": quiet.created_ms},
            {
                "user_id": "111",
                "job_id": str(reporting.id),
                "started": reporting.created_ms,
                "replyUrl": "http://127.0.0.1/hook?x=1",
                "replyRef": "mine",
            },
        ]
    }
