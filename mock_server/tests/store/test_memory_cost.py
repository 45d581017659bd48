"""What is asked of a world in memory costs what it returns, not what is stored."""

import sys

import pytest
from tempolor_mock.domain import callbacks
from tempolor_mock.domain.policy import Policy
from tempolor_mock.domain.records import replace
from tempolor_mock.store.memory_world import MemoryWorld

from .conftest import frozen_clock

FEW, MANY = 100, 1_000


def full_world(records, count):
    """Return a world with so many finished jobs, each with its callbacks."""
    world = MemoryWorld(records.token, Policy(), frozen_clock(0))
    world.accounts["111"] = records.account()
    for number in range(1, count + 1):
        world.jobs.put(records.job(number).released())
        world.callbacks.put(records.callback(number, job=number))
        world.callbacks.put(replace(records.callback(number, job=number), outcome=callbacks.Outcome.DELIVERED))
    return world


def steps(call, world):
    """Return how many lines of Python a call takes."""
    taken = 0

    def trace(_frame, event, _argument):
        nonlocal taken
        taken += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call(world)
    finally:
        sys.settrace(before)
    return taken


@pytest.mark.parametrize(
    "call",
    [
        lambda world: list(world.jobs.page("111/song", before=None, limit=20)),
        lambda world: list(world.jobs.page("111/song", before=50, limit=20)),
        lambda world: (world.jobs.next_due(world.now_ms), world.jobs.next_due_ms(), world.jobs.active()),
        lambda world: (world.callbacks.due(world.now_ms, real_ms=0, limit=5), world.callbacks.next_due_ms()),
        lambda world: world.callbacks.latest(5),
        lambda world: world.callbacks.latest(5, job_id=str(world.jobs.get("item7").id)),
        lambda world: world.callbacks.pending(world.jobs.get("item7").id),
    ],
    ids=["page", "later-page", "due", "due-callbacks", "callbacks", "callbacks-of-a-job", "pending"],
)
def test_a_call_costs_the_same_in_a_full_world(records, call):
    """As many lines of Python among 1,000 jobs and callbacks as among 100, once what is of no more use is dropped."""
    few, many = full_world(records, FEW), full_world(records, MANY)
    for world in (few, many):
        call(world)
    assert steps(call, few) == steps(call, many)
