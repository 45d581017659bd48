"""The service and a small model of the contract, side by side through random sequences of calls."""

from collections.abc import Callable
from typing import Any

import pytest
from tempolor_contract import STATEFUL


@pytest.fixture(scope="session")
def findings(play: Callable[..., Any]) -> dict[str, Any]:
    """What became of each rule."""
    found: dict[str, Any] = play("model", (STATEFUL,))
    return found


@pytest.mark.parametrize("rule_id", STATEFUL.provokes)
def test_rule(rule_id: str, findings: dict[str, Any], must_hold: Callable[[dict[str, Any]], None]) -> None:
    """The service keeps the model's own rule."""
    must_hold(findings[rule_id])


def test_service_and_model_never_differ(
    findings: dict[str, Any], none_broken: Callable[[dict[str, Any]], None]
) -> None:
    """No rule of the catalogue is broken on the way."""
    none_broken(findings)
