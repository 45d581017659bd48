"""The virtual clock is a straight line from real to virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tempolor_mock.domain import timing
from tempolor_mock.domain.clock import Clock, iso, minutes_seconds

REAL_MS = 1_747_731_600_125

moments = st.integers(0, 4_000_000_000_000)
speeds = st.floats(0.001, 100_000)


def test_a_new_clock_shows_real_time():
    """Without a speed or a freeze, virtual time is the real one."""
    clock = Clock(REAL_MS, REAL_MS)

    assert clock.now(REAL_MS + 5_000) == REAL_MS + 5_000


def test_a_frozen_clock_stands_still():
    """However much real time passes, it shows the same moment."""
    clock = Clock(REAL_MS, 42, frozen=True)

    assert clock.now(REAL_MS + 1_000_000) == 42


@pytest.mark.parametrize(("speed", "shown"), [(0.5, 500), (1, 1_000), (60, 60_000)], ids=["half", "real", "sixtyfold"])
def test_speed_is_virtual_seconds_for_each_real_one(speed, shown):
    """After one real second a clock has moved by its speed."""
    clock = Clock(REAL_MS, 0, speed)

    assert clock.now(REAL_MS + 1_000) == shown


@given(moments, moments, speeds, st.booleans(), st.lists(moments, min_size=2, max_size=5))
def test_a_later_moment_is_never_shown_as_an_earlier_one(real_ms, virtual_ms, speed, frozen, readings):
    """Later readings never show an earlier moment, and none lies before the clock's own start."""
    clock = Clock(real_ms, virtual_ms, speed, frozen)

    shown = [virtual_ms, *(clock.now(reading) for reading in sorted(readings))]

    assert shown == sorted(shown)


def test_a_real_clock_set_back_does_not_set_the_virtual_one_back():
    """Where the machine's own clock jumps back, virtual time waits."""
    clock = Clock(REAL_MS, 7_000)

    assert clock.now(REAL_MS - 60_000) == 7_000


@given(moments, st.integers(0, 10**9), speeds)
def test_real_at_is_the_first_real_moment_that_shows_the_virtual_one(real_ms, ahead, speed):
    """At `real_at` the moment is reached, give or take the millisecond that floats may cost, and not much before."""
    clock = Clock(real_ms, 1_000_000, speed)

    due = clock.real_at(1_000_000 + ahead)

    assert clock.now(due) >= 1_000_000 + ahead - 1
    assert due == real_ms or clock.now(due - 2) <= 1_000_000 + ahead


def test_a_frozen_clock_never_reaches_a_later_moment():
    """Nothing can be waited for while the clock stands still."""
    clock = Clock(REAL_MS, 0, frozen=True)

    assert clock.real_at(1) is None


def test_freezing_keeps_the_moment_shown(stage):
    """A clock that is frozen shows the moment at which that happened."""
    stage.world.clock = Clock(REAL_MS, 0, speed=10)
    stage.world.real_ms = REAL_MS + 3_000

    timing.freeze(stage.world)

    assert stage.world.clock.now(REAL_MS + 99_000) == 30_000


def test_resuming_goes_on_from_the_frozen_moment_at_the_old_speed(stage):
    """The time a clock stood still is not caught up."""
    stage.world.clock = Clock(REAL_MS, 0, speed=10, frozen=True)
    stage.world.real_ms = REAL_MS + 3_000

    timing.resume(stage.world)

    assert stage.world.clock.now(REAL_MS + 3_000) == 0
    assert stage.world.clock.now(REAL_MS + 4_000) == 10_000


def test_a_new_speed_counts_from_now_on_only(stage):
    """What has passed stays passed; a change of speed never makes time jump."""
    stage.world.clock = Clock(REAL_MS, 0, speed=2)
    stage.world.real_ms = REAL_MS + 1_000

    timing.set_speed(stage.world, 100)

    assert stage.world.clock.now(REAL_MS + 1_000) == 2_000
    assert stage.world.clock.now(REAL_MS + 2_000) == 102_000


def test_a_frozen_clock_stays_frozen_when_its_speed_is_set(stage):
    """Only resuming lets it go on."""
    timing.set_speed(stage.world, 100)

    assert stage.world.clock.frozen


def test_advancing_moves_a_running_clock_and_lets_it_run_on(stage):
    """The seconds are added, and real time counts on from there."""
    stage.world.clock = Clock(REAL_MS, 0)
    stage.world.real_ms, stage.world.now_ms = REAL_MS, 0

    stage.advance(60)

    assert stage.world.clock.now(REAL_MS + 1_000) == 61_000


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [(0, "00:00"), (999, "00:00"), (61_000, "01:01"), (3_600_000, "60:00"), (6_000_000, "100:00"), (-5, "00:00")],
)
def test_elapsed_time_is_minutes_and_seconds(duration_ms, text):
    """Minutes run on past 59, and nothing has been running for less than no time."""
    assert minutes_seconds(duration_ms) == text


def test_moments_are_printed_in_utc_with_milliseconds():
    """The pages print `2025-05-20T09:00:00.125Z`."""
    assert iso(REAL_MS) == "2025-05-20T09:00:00.125Z"
