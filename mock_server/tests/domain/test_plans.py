"""A job's state is a function of its age alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tempolor_mock.domain.draws import Draws
from tempolor_mock.domain.jobs import Plan, Status, Step, plan_for
from tempolor_mock.domain.policy import Policy

plans = st.builds(
    lambda seed, low, more: plan_for(Policy(job_seconds=(low, low + more)), Draws(seed)),
    st.integers(0, 2**32),
    st.floats(0, 600),
    st.floats(0, 600),
)
ages = st.integers(0, 2_000_000)


@given(plans, st.lists(ages, min_size=2, max_size=8))
def test_progress_never_goes_back(plan, ages):
    """An older job has come at least as far."""
    shown = [plan.at(age).progress for age in sorted(ages)]

    assert shown == sorted(shown)


@given(plans, ages)
def test_a_generating_job_is_below_100_per_cent(plan, age):
    """Only a completed job has all of its progress."""
    step = plan.at(age)

    assert (step.progress < 100) == (step.status is Status.GENERATING)


@given(plans, ages, st.integers(0, 10**9))
def test_what_is_final_stays_final(plan, age, later):
    """After its last step a job does not change any more."""
    at_end = plan.at(plan.end.age_ms)

    assert at_end.status.final
    assert plan.at(plan.end.age_ms + later) == at_end


@given(plans)
def test_a_job_is_generating_until_the_millisecond_of_its_end(plan):
    """The end is exact: a millisecond before it, the job still runs."""
    assert plan.at(plan.end.age_ms - 1).status is Status.GENERATING


@given(st.integers(0, 2**32), st.floats(0.001, 600), st.floats(0, 600))
def test_a_plan_lasts_as_long_as_the_policy_says(seed, low, more):
    """The end lies inside the policy's range, give or take a rounded millisecond."""
    plan = plan_for(Policy(job_seconds=(low, low + more)), Draws(seed))

    assert low * 1000 - 1 <= plan.end.age_ms <= (low + more) * 1000 + 1


def test_progress_is_shown_in_several_steps():
    """A client that polls sees a job move, not only start and end."""
    plan = plan_for(Policy(), Draws(1))

    assert len({plan.at(age).progress for age in range(0, plan.end.age_ms, 500)}) >= 4


@pytest.mark.parametrize(
    ("age_ms", "progress"), [(0, 0), (999, 0), (1_000, 50), (4_999, 50), (5_000, 100), (10**9, 100)]
)
def test_a_step_holds_from_its_age_to_the_next(age_ms, progress):
    """Steps begin at their age, to the millisecond."""
    plan = Plan((Step(0, Status.GENERATING, 0), Step(1_000, Status.GENERATING, 50), Step(5_000, Status.COMPLETED, 100)))

    assert plan.at(age_ms).progress == progress


def test_a_job_read_before_its_creation_has_not_begun():
    """A world whose clock stands before the job's start shows the job at its first step."""
    plan = plan_for(Policy(), Draws(1))

    assert plan.at(-1) == plan.steps[0]


def test_reading_a_job_does_not_move_it(stage):
    """However often it is read at one moment, a job shows the same state."""
    job, *_ = stage.song()

    steps = {job.step(stage.world.now_ms + 9_000) for _ in range(5)}

    assert len(steps) == 1


STEPS = (
    Step(0, Status.GENERATING, 0),
    Step(1_000, Status.GENERATING, 20),
    Step(2_000, Status.GENERATING, 60),
    Step(3_000, Status.COMPLETED, 100),
)


@pytest.mark.parametrize(
    ("progress", "fails_after_ms", "shown_before"),
    [(1, 1_000, 0), (20, 1_000, 0), (21, 2_000, 20), (60, 2_000, 20), (61, 3_000, 60), (100, 3_000, 60)],
)
def test_a_failing_job_fails_when_it_would_have_reached_that_progress(progress, fails_after_ms, shown_before):
    """To the millisecond, and at no less than what was asked for."""
    plan = Plan(STEPS).failing(progress)

    assert plan.at(fails_after_ms - 1) == Step(plan.at(fails_after_ms - 1).age_ms, Status.GENERATING, shown_before)
    assert plan.at(fails_after_ms) == plan.end == Step(fails_after_ms, Status.FAILED, progress)
    assert all(step.progress < progress for step in plan.steps[:-1])


def test_a_job_that_fails_at_nothing_fails_with_its_first_step():
    """It has begun, and that is all it tells."""
    plan = Plan(STEPS).failing(0)

    assert plan.steps == (STEPS[0], Step(STEPS[1].age_ms, Status.FAILED, 0))


def test_a_job_that_polls_move_fails_at_the_poll_that_would_have_completed_it():
    """It has nothing else to move it."""
    plan = plan_for(Policy(ready_after_polls=3), Draws(1)).failing(10)

    for poll in (1, 2):
        plan = plan.polled(poll)
        assert plan.at(poll).status is Status.GENERATING
    assert plan.polled(3).at(3) == Step(3, Status.FAILED, 10)
