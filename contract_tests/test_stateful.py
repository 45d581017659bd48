"""Random sequences of calls, judged by all rules."""

from collections.abc import Callable
from typing import Any

import pytest
from tempolor_contract import STATEFUL


@pytest.fixture(scope="session")
def findings(play: Callable[..., Any]) -> dict[str, Any]:
    """What became of each rule."""
    found: dict[str, Any] = play("stateful", (STATEFUL,))
    return found


@pytest.mark.parametrize("rule_id", STATEFUL.provokes)
def test_rule(rule_id: str, findings: dict[str, Any], must_hold: Callable[[dict[str, Any]], None]) -> None:
    """The service keeps the rule, and the sequences reached it."""
    must_hold(findings[rule_id])


def test_no_other_rule_is_broken_by_random_sequences(
    findings: dict[str, Any], none_broken: Callable[[dict[str, Any]], None]
) -> None:
    """Random sequences break no other rule of the catalogue either."""
    none_broken(findings)
