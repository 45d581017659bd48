"""The orders that only jobs have: which take a slot, and which is due next."""

from tempolor_mock.domain.jobs import Status
from tempolor_mock.domain.records import replace


def put_all(world, jobs):
    """Put several jobs."""
    for job in jobs:
        world.jobs.put(job)


def numbers(jobs):
    """Return the numbers of jobs, in their order."""
    return [job.number for job in jobs]


def test_running_jobs_are_told_by_account_oldest_first(edit, records):
    """Those that gave their slot back are not among them."""
    jobs = [records.job(number, user_id="ab"[number % 2]) for number in range(1, 7)]
    edit(lambda world: put_all(world, [*jobs, jobs[1].released(), jobs[4].released()]))

    assert edit(lambda world: numbers(world.jobs.active())) == [1, 3, 4, 6]
    assert edit(lambda world: numbers(world.jobs.active("a"))) == [4, 6]
    assert edit(lambda world: (world.jobs.count_active("a"), world.jobs.count_active("b"))) == (2, 2)
    assert edit(lambda world: (world.jobs.active("c"), world.jobs.count_active("c"))) == ([], 0)


def test_a_job_that_takes_its_slot_again_is_counted_again(edit, records):
    """However often it comes and goes."""
    job = records.job(1)
    counts = [
        edit(lambda world, each=each: (world.jobs.put(each), world.jobs.count_active("111")))[1]
        for each in (job.released(), job, job, job.released(), job)
    ]

    assert counts == [0, 1, 1, 0, 1]
    assert edit(lambda world: numbers(world.jobs.active("111"))) == [1]


def test_a_deleted_job_takes_no_slot_and_is_never_due(edit, records):
    """Nothing of it is left."""
    edit(lambda world: (world.jobs.put(records.job(1)), world.jobs.delete("item1")))

    assert edit(lambda world: (world.jobs.active(), world.jobs.count_active("111"), world.jobs.next_due_ms())) == (
        [],
        0,
        None,
    )


def test_the_job_due_next_is_the_one_with_the_earliest_step(edit, records):
    """Of equal ones the older; none before its moment."""

    def look(world):
        put_all(world, [records.job(number, seconds=seconds) for number, seconds in ((1, 30), (2, 10), (3, 10))])
        due_ms = world.jobs.next_due_ms()
        found = [world.jobs.next_due(due_ms - 1), world.jobs.next_due(due_ms), world.jobs.next_due(due_ms + 99_999)]
        return due_ms - world.now_ms, [job and job.number for job in found]

    assert edit(look) == (10_000, [None, 2, 2])


def test_a_released_job_is_not_due(edit, records):
    """The next one is."""

    def look(world):
        put_all(world, [records.job(1, seconds=10), records.job(2), records.job(1, seconds=10).released()])
        return world.jobs.next_due_ms() - world.now_ms

    assert edit(look) == 20_000


def test_the_moment_a_job_is_due_moves_with_its_settled_steps(edit, records):
    """One with a `replyUrl` is due at each step."""

    def look(world):
        job = records.job(1, seconds=20, has_callbacks=True)
        moments = []
        for step in (1, 2):
            world.jobs.put(replace(job, settled_steps=step))
            moments.append(world.jobs.next_due_ms() - world.now_ms)
        return moments

    assert edit(look) == [10_000, 20_000]


def test_a_world_is_settled_before_an_action_sees_it(kept, records):
    """What ended meanwhile gave its slot back, and its callbacks are made."""
    kept.run(lambda world: world.jobs.put(records.job(1, has_callbacks=True)))
    kept.run(lambda world: setattr(world, "clock", world.clock.moved_to(world.now_ms + 15_000, world.real_ms)))

    assert kept.run(lambda world: (len(world.jobs.active()), [each.step for each in world.callbacks])) == (1, [1])

    kept.run(lambda world: setattr(world, "clock", world.clock.moved_to(world.now_ms + 15_000, world.real_ms)))

    assert kept.run(lambda world: (len(world.jobs.active()), [each.step for each in world.callbacks])) == (0, [1, 2])
    assert kept.run(lambda world: world.jobs.get("item1").step(world.now_ms).status) is Status.COMPLETED
