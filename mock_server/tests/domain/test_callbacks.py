"""Callbacks as the world keeps them, without anybody to send them."""

import pytest
from tempolor_mock.domain import callbacks
from tempolor_mock.domain.callbacks import Attempt, Outcome
from tempolor_mock.domain.records import replace

LEASE = {"lease_ms": 1_000, "limit": 100}


@pytest.fixture
def due(stage):
    """The first callbacks of two jobs, due and not taken."""
    stage.song(reply_url="http://127.0.0.1:9/hook")
    stage.advance(60)
    return stage.world


def test_what_was_taken_is_held_until_its_lease_ends(due):
    """To the millisecond: by then it is anybody's."""
    taken = callbacks.take_due(due, **LEASE)

    assert len(taken) == 2
    assert callbacks.take_due(due, **LEASE) == []
    due.real_ms += 1_000
    assert [each.number for each in callbacks.take_due(due, **LEASE)] == [each.number for each in taken]


def test_whoever_lost_a_callback_changes_nothing(due):
    """Another dispatcher took it after the lease had ended."""
    lost = callbacks.take_due(due, **LEASE)[0]
    due.real_ms += 1_001
    held = callbacks.take_due(due, **LEASE)[0]

    assert callbacks.keep_hold(due, lost, lease_ms=1_000) is None
    assert callbacks.record(due, lost, Attempt(due.now_ms, 200)) is None
    callbacks.release(due, lost)
    assert due.callbacks.get(held.number) == held
    assert callbacks.keep_hold(due, replace(held, job_id=due.callbacks.get(2).job_id), lease_ms=1_000) is None
    assert callbacks.record(due, held, Attempt(due.now_ms, 200)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("options", "outcome"), [({}, Outcome.DUE), ({"retry": True}, Outcome.DUE), ({"retry": False}, Outcome.FAILED)]
)
def test_a_failure_is_tried_again_unless_that_is_of_no_use(due, options, outcome):
    """A second later, by the policy."""
    held = callbacks.take_due(due, **LEASE)[0]
    noted = callbacks.record(due, held, Attempt(due.now_ms, 500), **options)

    assert noted.outcome is outcome
    assert noted.due_ms - held.due_ms == (1_000 if outcome is Outcome.DUE else 0)
    assert noted.leased_until_ms == 0


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, Outcome.DELIVERED), (300, Outcome.FAILED), (199, Outcome.FAILED)]
)
def test_sent_once_more_it_is_delivered_or_stays_what_it_was(due, status, outcome):
    """Any 2xx delivers."""
    held = callbacks.take_due(due, **LEASE)[0]
    callbacks.record(due, held, Attempt(due.now_ms, 404), retry=False)

    again = callbacks.record_again(due, held.number, Attempt(due.now_ms, status))

    assert again.outcome is outcome
    assert [each.status for each in again.attempts] == [404, status]


def test_nothing_follows_where_nothing_is_left_or_due(due):
    """The last callback of a job, and one whose moment is still to come."""
    held = callbacks.take_due(due, **LEASE)[0]
    noted = callbacks.record(due, held, Attempt(due.now_ms, 500))

    noted = due.callbacks.get(noted.number)
    later = replace(noted, due_ms=due.now_ms + 1)
    due.callbacks.put(later)
    assert callbacks.take_next(due, noted, lease_ms=1_000) is None
    due.now_ms += 1
    assert callbacks.take_next(due, noted, lease_ms=1_000).number == later.number
    for each in due.callbacks.pending(noted.job_id):
        due.callbacks.put(replace(each, outcome=Outcome.CANCELLED))
    assert callbacks.take_next(due, noted, lease_ms=1_000) is None


def test_forgetting_is_no_callback(due, monkeypatch):
    """Their numbers go on without a gap, and as many are remembered as there shall be."""
    monkeypatch.setattr(callbacks, "KEPT_CALLBACKS", 4)
    number = due.count("callbacks", 0)
    while taken := callbacks.take_due(due, **LEASE):
        for held in taken:
            callbacks.record(due, held, Attempt(due.now_ms, 200))

    callbacks.forget_old(due)

    assert due.count("callbacks", 0) == number == 10
    assert [each for each in range(1, 11) if due.callbacks.get(each) is not None] == [7, 8, 9, 10]
