"""Threads that worlds use in turn."""

import threading

import pytest
from tempolor_mock.turns import Turns


@pytest.fixture
def turns():
    """One thread."""
    made = Turns("test")
    yield made
    made.close()


def test_each_owner_gets_a_turn_before_one_gets_a_second(turns):
    """Whoever comes with a lot waits for itself."""
    begun, gate, order = threading.Event(), threading.Event(), []
    turns.submit("busy", lambda: (begun.set(), gate.wait()))
    begun.wait()
    futures = [turns.submit(owner, lambda owner=owner: order.append(owner)) for owner in ("busy", "busy", "quiet")]

    gate.set()
    for future in futures:
        future.result()
    assert order == ["busy", "quiet", "busy"]


def test_what_is_cancelled_in_time_is_not_run(turns):
    """And those after it are."""
    begun, gate, run = threading.Event(), threading.Event(), []
    turns.submit("one", lambda: (begun.set(), gate.wait()))
    begun.wait()
    cancelled, other = (turns.submit("one", lambda name=name: run.append(name)) for name in ("cancelled", "other"))

    assert cancelled.cancel()
    gate.set()
    other.result()
    assert run == ["other"]


def test_an_error_belongs_to_whoever_waits(turns):
    """The thread goes on."""
    with pytest.raises(ZeroDivisionError):
        turns.submit("one", lambda: 1 // 0).result()

    assert turns.submit("one", lambda: 1).result() == 1


def test_closed_turns_can_be_used_again(turns):
    """As an application is that starts again; what had not begun by then is cancelled."""
    begun, gate = threading.Event(), threading.Event()
    turns.submit("one", lambda: (begun.set(), gate.wait()))
    begun.wait()
    waiting = turns.submit("one", lambda: pytest.fail("run"))

    turns.close()
    gate.set()

    assert waiting.cancelled()
    assert turns.submit("one", lambda: 1).result() == 1
