"""Callbacks: one of a job at a time, in order, and none that somebody is at."""

import pytest
from tempolor_mock.domain import callbacks
from tempolor_mock.domain.callbacks import Attempt, Outcome
from tempolor_mock.domain.records import replace

FAR_MS = 10**6


def put_all(world, *items):
    """Put several callbacks."""
    for each in items:
        world.callbacks.put(each)


def due(world, *, after_ms=FAR_MS, real_ms=0, limit=99):
    """Return the numbers of the callbacks that may be sent."""
    return [each.number for each in world.callbacks.due(world.now_ms + after_ms, real_ms=real_ms, limit=limit)]


def test_a_callback_comes_back_as_it_was_put(edit, records):
    """With its attempts."""
    callback = records.callback(1, attempts=(Attempt(5, 500), Attempt(9, None, "timeout")), leased_until_ms=77)
    edit(lambda world: put_all(world, callback))

    assert edit(lambda world: (world.callbacks.get(1), world.callbacks.get(2))) == (callback, None)


def test_of_each_job_only_the_first_pending_callback_is_due(edit, records):
    """Later ones wait, also where their own moment came earlier."""
    edit(
        lambda world: put_all(
            world,
            records.callback(1, job=1, due_ms=world.now_ms + 500),
            records.callback(2, job=1, due_ms=world.now_ms),
            records.callback(3, job=2, due_ms=world.now_ms + 200),
        )
    )

    assert edit(due) == [3, 1]
    assert edit(lambda world: due(world, after_ms=200)) == [3]
    assert edit(lambda world: due(world, after_ms=199)) == []
    assert edit(lambda world: due(world, limit=1)) == [3]
    assert edit(lambda world: world.callbacks.next_due_ms() - world.now_ms) == 200


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.FAILED, Outcome.CANCELLED])
def test_when_a_callback_is_done_with_the_next_one_of_its_job_follows(edit, records, outcome):
    """However it ended."""
    edit(lambda world: put_all(world, records.callback(1), records.callback(2), records.callback(3)))
    edit(lambda world: put_all(world, replace(records.callback(1), outcome=outcome)))

    assert edit(due) == [2]
    assert edit(lambda world: [each.number for each in world.callbacks.pending(records.callback(1).job_id)]) == [2, 3]


def test_a_callback_cancelled_in_the_middle_leaves_the_order_of_the_others(edit, records):
    """The head stays the head."""
    edit(lambda world: put_all(world, *map(records.callback, (1, 2, 3))))
    edit(lambda world: put_all(world, replace(records.callback(2), outcome=Outcome.CANCELLED)))

    assert edit(due) == [1]
    edit(lambda world: put_all(world, replace(records.callback(1), outcome=Outcome.DELIVERED)))
    assert edit(due) == [3]


def test_a_leased_callback_is_nobody_elses_until_the_lease_runs_out(edit, records):
    """And holds the later ones of its job back meanwhile."""
    edit(lambda world: put_all(world, records.callback(1, leased_until_ms=500), records.callback(2)))

    assert edit(lambda world: due(world, real_ms=499)) == []
    assert edit(lambda world: due(world, real_ms=500)) == [1]
    assert edit(lambda world: world.callbacks.next_due_ms() == world.now_ms)


def test_a_retry_moves_the_moment(edit, records):
    """The callback stays the head of its job."""
    edit(lambda world: put_all(world, records.callback(1), records.callback(2)))
    edit(lambda world: put_all(world, records.callback(1, due_ms=world.now_ms + 5_000)))

    assert edit(lambda world: due(world, after_ms=4_999)) == []
    assert edit(lambda world: due(world, after_ms=5_000)) == [1]


def test_a_callback_that_is_put_when_it_is_over_is_never_due(edit, records):
    """As it happens when a world is loaded."""
    edit(lambda world: put_all(world, records.callback(1, outcome=Outcome.DELIVERED)))

    assert edit(lambda world: (due(world), world.callbacks.next_due_ms())) == ([], None)
    assert edit(lambda world: world.callbacks.pending(records.callback(1).job_id)) == []


def test_the_newest_callbacks_come_first(edit, records):
    """Of all jobs, done with or not; as many as asked."""
    edit(lambda world: put_all(world, *(records.callback(number, job=number % 2) for number in range(1, 6))))

    assert edit(lambda world: [each.number for each in world.callbacks.latest(3)]) == [5, 4, 3]
    assert edit(lambda world: [each.number for each in world.callbacks]) == [1, 2, 3, 4, 5]


def test_dispatchers_take_each_callback_once(kept, records):
    """What one of them took, another one does not get."""
    kept.run(lambda world: put_all(world, *(records.callback(number, job=number) for number in range(1, 6))))

    def take(world):
        return [each.number for each in callbacks.take_due(world, lease_ms=1_000, limit=3)]

    assert [kept.run(take), kept.run(take), kept.run(take)] == [[1, 2, 3], [4, 5], []]
    kept.real_ms += 1_000
    assert kept.run(take) == [1, 2, 3]


@pytest.mark.parametrize(
    ("fields", "taken"),
    [({}, 1), ({"due_in_ms": 1}, None), ({"lease_ms": 1}, None), ({"lease_ms": 0}, 1), ({"lease_ms": -1}, 1)],
    ids=["due now", "due later", "leased", "lease just over", "lease long over"],
)
def test_what_follows_a_try_is_taken_if_it_is_due_and_free(kept, records, fields, taken):
    """Else whoever is at it, or the next look at what is due, sends it."""

    def follow(world):
        first = records.callback(
            1,
            due_ms=world.now_ms + fields.get("due_in_ms", 0),
            leased_until_ms=world.real_ms + fields.get("lease_ms", 0),
        )
        put_all(world, first)
        found = callbacks.take_next(world, first, lease_ms=500)
        return found and (found.number, found.leased_until_ms - world.real_ms)

    assert kept.run(follow) == (taken and (taken, 500))


def test_what_is_leased_is_due_for_nobody_until_the_lease_ends(kept, records):
    """So nobody is woken for it."""
    kept.run(lambda world: put_all(world, records.callback(1)))
    kept.run(lambda world: callbacks.take_due(world, lease_ms=1_000, limit=1))

    def next_due(world):
        return world.callbacks.next_due_ms(real_ms=world.real_ms)

    assert kept.run(next_due) is None
    kept.real_ms += 1_000
    assert kept.run(next_due) == kept.run(lambda world: world.callbacks.get(1).due_ms)


def test_the_newest_callbacks_of_one_job_can_be_asked_for(edit, records):
    """By its whole id."""
    edit(lambda world: put_all(world, *(records.callback(number, job=number % 2) for number in range(1, 6))))
    job_id = str(records.callback(1, job=1).job_id)

    assert edit(lambda world: [each.number for each in world.callbacks.latest(2, job_id=job_id)]) == [5, 3]


def test_finished_callbacks_can_be_forgotten(edit, records):
    """Those below a number, however they were put; what is still to be sent stays."""
    edit(lambda world: put_all(world, *(records.callback(number, job=number) for number in range(2, 6))))
    done = [records.callback(number, job=number, outcome=Outcome.FAILED) for number in (1, 3, 4)]
    edit(lambda world: put_all(world, *done))

    edit(lambda world: world.callbacks.forget_finished(4))

    assert edit(lambda world: [each.number for each in world.callbacks]) == [2, 4, 5]
