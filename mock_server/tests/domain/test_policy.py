"""What a policy says, and the edges of what a world allows by it."""

import pytest
from tempolor_mock.domain import room, stems, timing
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.jobs import Status
from tempolor_mock.domain.policy import Policy


@pytest.mark.parametrize("given", [(1, 1), (1, 300), (300, 300)])
def test_pieces_can_last_from_a_second_to_five_minutes(given):
    """Both ends included."""
    assert Policy(music_seconds=given).music_seconds == given


@pytest.mark.parametrize("given", [(0, 1), (1, 301), (3, 2), (1.5, 2), (1,), 7])
def test_other_lengths_are_refused(given):
    """With the range that can be had."""
    with pytest.raises(ValueError, match="from 1 to 300"):
        Policy(music_seconds=given)


def test_a_job_takes_what_is_said_of_its_model_or_its_kind_or_of_all():
    """Whatever is said most precisely."""
    policy = Policy(
        job_seconds=(9.0,),
        job_seconds_of=(("song", "v3", (1.0,)), ("song", "", (2.0,)), ("instrumental", "v2", (3.0,))),
    )

    assert policy.seconds_of("song", "v3") == (1.0,)
    assert policy.seconds_of("song", "v4") == (2.0,)
    assert policy.seconds_of("instrumental", "v2") == (3.0,)
    assert policy.seconds_of("instrumental", "v3") == (9.0,)


def test_a_job_takes_as_long_as_jobs_of_its_model(new_stage):
    """And others as long as any."""
    stage = new_stage(job_seconds=(9.0,), job_seconds_of=(("song", "v3", (1.0,)),))
    stage.account()

    assert {job.plan.end_ms for job in stage.song(model="v3")} == {1_000}
    assert {job.plan.end_ms for job in stage.song(model="v3.5")} == {9_000}


@pytest.mark.parametrize(("rate", "ends"), [(0.0, {Status.COMPLETED}), (1.0, {Status.FAILED})])
def test_the_share_of_jobs_that_fail_is_the_policys(new_stage, rate, ends):
    """None, or all."""
    stage = new_stage(fail_rate=rate)
    stage.account()

    assert {job.plan.end.status for job in stage.song()} == ends


def test_a_world_is_full_with_its_last_byte(new_stage):
    """What is given back can be used again, and giving back is never refused."""
    world = new_stage(world_bytes=100).world

    room.take(world, 99)
    room.take(world, 1)
    with pytest.raises(ServiceError) as refused:
        room.take(world, 1)
    assert refused.value.code == 413
    room.take(world, -1)
    room.take(world, 1)


def test_a_split_is_answered_at_once_where_the_clock_stands_still(stage):
    """Nobody could wait for it there; else after about what the policy says."""
    world = stage.world

    assert stems.answer_ms(world) == world.now_ms
    timing.resume(world)
    low, high = (round(seconds * 1000) for seconds in world.policy.split_seconds)
    assert low <= stems.answer_ms(world) - world.now_ms <= high


def test_a_voice_is_ready_in_the_millisecond_its_time_has_come(stage):
    """Not one before."""
    voice = stage.voice()

    assert 2_000 <= voice.ready_ms - voice.created_ms <= 4_000
    assert voice.status(voice.ready_ms - 1) is Status.GENERATING
    assert voice.status(voice.ready_ms) is Status.COMPLETED


def test_the_clock_goes_to_the_year_9000_and_no_further(stage):
    """And stays where it was when it was asked to."""
    left = (timing.END_OF_TIME_MS - stage.world.now_ms) / 1000

    with pytest.raises(ServiceError, match="9000"):
        stage.advance(left + 1)
    stage.advance(left)
    assert stage.world.now_ms == timing.END_OF_TIME_MS
