"""The lab waits as long as a run can afford, and no longer."""

from collections.abc import Callable

import httpx
import pytest
from tempolor_contract import DocumentJudge, Effort, Inspector, Level, RealClock, Target
from tempolor_contract.runs.scenarios.lab import Lab, PatienceError, UnclearError


@pytest.fixture
def slept() -> list[float]:
    """The seconds that were slept."""
    return []


@pytest.fixture
def lab(slept: list[float]) -> Callable[..., Lab]:
    """Make laboratories of a patience of a minute, that sleep by writing it down."""

    def make(**settings) -> Lab:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[]))
        target = Target(
            "http://127.0.0.1:9/v1/tempolor",
            "user:1-x",
            level=Level.FULL,
            transport=transport,
            clock=RealClock(slept.append),
            patience=60.0,
            **settings,
        )
        inspector = Inspector([], DocumentJudge(effort=Effort.NONE))
        return Lab(target, target.guard(), inspector)

    return make


def never() -> None:
    """Find nothing."""


def test_all_waiting_in_vain_shares_one_patience(lab, slept):
    """What never comes uses it up once; the next wait is short, and says that it proves nothing."""
    mine = lab()

    with pytest.raises(PatienceError) as first:
        mine.until(never, "rain")
    with pytest.raises(PatienceError) as second:
        mine.until(never, "rain")

    assert (first.value.hurried, second.value.hurried) == (False, True)
    assert sum(slept) < 70


def test_waiting_that_is_rewarded_costs_no_patience(lab):
    """Ten waits that end well leave all of it."""
    mine = lab()
    for _ in range(10):
        found = iter([None] * 50 + [1])
        assert mine.until(lambda found=found: next(found), "rain") == 1

    with pytest.raises(PatienceError) as last:
        mine.until(never, "rain")

    assert not last.value.hurried


def test_an_operation_that_an_overlay_took_away_proves_nothing(lab):
    """Whatever is played goes on with the next scenario."""
    with pytest.raises(UnclearError, match="has no operation split_stems_twice"):
        lab().call("split_stems_twice")
