"""Requests that Schemathesis generates from the document, judged by its checks and by all rules."""

from collections.abc import Callable
from typing import Any

import pytest
from tempolor_contract import GENERATED


@pytest.fixture(scope="session")
def findings(play: Callable[..., Any]) -> dict[str, Any]:
    """What became of each rule."""
    found: dict[str, Any] = play("generated", (GENERATED,))
    return found


@pytest.mark.parametrize("rule_id", GENERATED.provokes)
def test_rule(rule_id: str, findings: dict[str, Any], must_hold: Callable[[dict[str, Any]], None]) -> None:
    """The service keeps the rule."""
    must_hold(findings[rule_id])


def test_no_other_rule_is_broken_by_generated_requests(
    findings: dict[str, Any], none_broken: Callable[[dict[str, Any]], None]
) -> None:
    """Generated requests break no rule of the catalogue either."""
    none_broken(findings)
