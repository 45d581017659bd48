"""No call costs more than what it returns: told by query plans and by counted steps, not by a watch."""

from contextlib import contextmanager

import pytest
from tempolor_mock.domain import accounts, callbacks, faults, midi, music, room, scheduler, timing, voices
from tempolor_mock.domain.callbacks import Attempt
from tempolor_mock.domain.faults import Effect, Fault, Match, Request
from tempolor_mock.domain.jobs import MusicRequest
from tempolor_mock.domain.records import replace

MANY = 3_000


@pytest.fixture
def kept(keep):
    """A store in a file."""
    return keep("sqlite", jobs_per_request=1, page_size=5)


@contextmanager
def steps_counted(kept):
    """Count the steps SQLite's machine takes, in tens."""
    taken = [0]

    def count():
        taken[0] += 1

    kept.store._connection.set_progress_handler(count, 10)
    try:
        yield taken
    finally:
        kept.store._connection.set_progress_handler(None, 0)


def a_day(world):
    """Make every call the domain knows."""
    accounts.configure(world, {"user_id": "1"}, 5)
    accounts.all_of(world)
    file = midi.add(world, name="T", content=b"MThd", key="C:major", bpm=90, user_id=None).file
    voice = voices.clone(world, name="V", extension="wav", content=b"RIFF", user_id=None)
    for _ in range(4):
        request = MusicRequest(prompt="A ballad", model="v3", reply_url="http://127.0.0.1:9/cb")
        last = music.start(world, "song", request).jobs[-1]
    scheduler.running(world)
    scheduler.capacity(world)
    timing.advance(world, 10)
    for held in callbacks.take_due(world, lease_ms=1, limit=9):
        callbacks.record(world, held, Attempt(world.now_ms, 200))
        world.callbacks.latest(3, job_id=str(held.job_id))
    world.callbacks.latest(3)
    world.callbacks.next_due_ms()
    world.callbacks.forget_finished(2)
    faults.add(world, Fault(number=0, match=Match(), effect=Effect(kind="quota_spent")))
    faults.take(world, Request(operation_id="create_song", method="POST", path="/"))
    faults.delete_all(world)
    music.page(world, "song", user_id=None, cursor=None)
    midi.page(world, user_id=None, cursor=None)
    voices.page(world, user_id=None, cursor=None)
    scheduler.cancel(world, str(last.id))
    music.delete(world, str(last.id))
    midi.delete(world, str(file.id))
    voices.delete(world, str(voice.id))
    accounts.delete(world, "1")


def test_every_statement_uses_an_index(kept):
    """None reads a table from end to end, and none sorts."""
    statements = set()
    kept.store._connection.set_trace_callback(statements.add)
    kept.run(a_day)
    kept.wait(kept.store.find_token("nobody"))
    kept.store._connection.set_trace_callback(None)

    plans = {
        statement: row[3]
        for statement in statements
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))
        for row in kept.store._connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    }

    assert len(plans) > 30
    assert [each for each in plans.items() if "SCAN" in each[1] or "TEMP B-TREE" in each[1]] == []


@pytest.mark.parametrize(("size", "looks"), [(0, False), (5, True)])
def test_only_a_world_that_grows_looks_whether_there_is_too_much(kept, size, looks):
    """However much else is done in it, before and after."""
    kept.run(lambda world: world.count("jobs"))
    statements = set()
    kept.store._connection.set_trace_callback(statements.add)
    kept.run(lambda world: (world.count("jobs"), size and room.take(world, size), world.count("jobs")))
    kept.store._connection.set_trace_callback(None)

    assert any("FROM totals" in each for each in statements) is looks


@pytest.mark.parametrize(
    "call",
    [
        lambda world: music.page(world, "song", user_id="111", cursor=None),
        lambda world: world.jobs.page("111/song", before=100, limit=20),
        lambda world: world.jobs.get("item1"),
        lambda world: (world.jobs.next_due(world.now_ms), world.jobs.next_due_ms()),
        lambda world: (world.jobs.active("running"), world.jobs.active()),
        lambda world: world.callbacks.due(world.now_ms, real_ms=0, limit=5),
        lambda world: (world.callbacks.next_due_ms(), world.callbacks.latest(5), world.callbacks.get(2)),
        lambda world: world.callbacks.pending(next(iter(world.jobs.page("111/song", before=2, limit=1))).id),
        lambda world: world.count("jobs"),
    ],
    ids=["page", "later-page", "get", "due", "active", "due-callbacks", "callbacks", "pending", "count"],
)
def test_a_call_costs_the_same_in_a_full_world(kept, records, call):
    """SQLite takes as many steps among 3,000 finished jobs and callbacks as among 300."""

    def fill(world, numbers):
        world.accounts["111"] = records.account()
        for number in numbers:
            world.jobs.put(records.job(number).released())
            world.callbacks.put(records.callback(number, job=number))
            world.callbacks.put(replace(records.callback(number, job=number), outcome=callbacks.Outcome.DELIVERED))
        world.jobs.put(records.job(10**6, user_id="running"))

    taken = []
    for numbers in (range(1, MANY // 10), range(MANY // 10, MANY)):
        kept.run(lambda world, numbers=numbers: fill(world, numbers))
        with steps_counted(kept) as steps:
            kept.run(call)
        taken += steps

    assert taken[1] <= taken[0] * 1.2 + 3


def test_counting_the_slots_of_a_busy_account_costs_no_more_than_those_of_an_idle_one(kept, records):
    """However many of its jobs run."""

    def fill(world):
        for number in range(1, MANY):
            world.jobs.put(records.job(number, user_id="busy"))

    kept.run(fill)
    taken = []
    for user_id in ("idle", "busy"):
        with steps_counted(kept) as steps:
            kept.run(lambda world, user_id=user_id: world.jobs.count_active(user_id))
        taken += steps

    assert kept.run(lambda world: world.jobs.count_active("busy")) == MANY - 1
    assert taken[1] <= taken[0] + 3
