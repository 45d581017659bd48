"""Settling carries a world to now: in order, once, and at the cost of what is due."""

from itertools import pairwise

import pytest
from tempolor_mock.domain import scheduler
from tempolor_mock.domain.jobs import Status
from tempolor_mock.domain.settling import settle

PAST_EVERY_JOB = 60


class Counted:
    """Stands in for a world's jobs and notes which of their methods are called."""

    def __init__(self, jobs):
        self._jobs = jobs
        self.calls = []

    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self._jobs, name)


def calls_to_settle(stage):
    """Settle the world and return what was asked of its jobs."""
    stage.world.jobs = Counted(stage.world.jobs)
    settle(stage.world)
    return stage.world.jobs.calls


def test_a_world_where_nothing_is_due_is_left_alone(new_stage):
    """One question is asked, however many jobs run, and nothing is written."""
    stage = new_stage(jobs_per_request=10, job_seconds=(20, 30))
    stage.account(max_jobs=1_000)
    for _ in range(20):
        stage.song()

    calls = calls_to_settle(stage)

    assert len(calls) == 1
    assert "put" not in calls


def test_settling_costs_what_is_due_not_what_is_stored(new_stage):
    """Three jobs that end cost the same in an empty world as among a hundred that ended or run on."""
    costs = []
    for others in (0, 50):
        stage = new_stage(jobs_per_request=1, job_seconds=(20, 20))
        stage.account(max_jobs=1_000)
        for jobs, seconds in ((others, 15), (3, 10), (others, 0)):
            for _ in range(jobs):
                stage.song()
            stage.advance(seconds)
        stage.world.now_ms += 10_000
        costs.append(len(calls_to_settle(stage)))

    assert costs[0] == costs[1]
    assert costs[0] > 3


def test_transitions_come_in_the_order_of_their_moments(stage):
    """One long advance tells the same story as many short ones."""
    for _ in range(4):
        stage.song()
        stage.advance(1)

    transitions = stage.advance(PAST_EVERY_JOB)

    assert len(transitions) == 8
    assert all(earlier.at_ms <= later.at_ms for earlier, later in pairwise(transitions))


def test_many_short_advances_cause_what_a_long_one_does(new_stage):
    """How the clock gets somewhere makes no difference to what happens on the way."""
    at_once, in_steps = new_stage(), new_stage()
    for stage in (at_once, in_steps):
        stage.account()
        stage.song()

    assert at_once.advance(40) == [each for _ in range(400) for each in in_steps.advance(0.1)]


def test_a_transition_has_the_moment_of_the_end_not_of_the_settling(new_stage):
    """Virtual moments do not depend on when somebody looks."""
    stage = new_stage(jobs_per_request=1, job_seconds=(20, 20))
    stage.account()
    (job,) = stage.song()

    (transition,) = stage.advance(3_600)

    assert (transition.job_id, transition.status) == (job.id, Status.COMPLETED)
    assert transition.at_ms == job.created_ms + 20_000


def test_each_end_happens_once(stage):
    """What was settled is not settled again."""
    stage.song()
    stage.advance(PAST_EVERY_JOB)

    assert stage.advance(PAST_EVERY_JOB) == []


@pytest.mark.parametrize("undo", ["cancel", "delete"])
def test_jobs_that_were_cancelled_or_deleted_cause_nothing(stage, undo):
    """Their ends are no events any more."""
    first, second = stage.song()
    if undo == "cancel":
        scheduler.cancel(stage.world, str(first.id))
    else:
        stage.world.jobs.delete(first.id.item_id)

    transitions = stage.advance(PAST_EVERY_JOB)

    assert [each.job_id for each in transitions] == [second.id]
