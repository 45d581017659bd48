"""Requests that Schemathesis generates from the document, judged by its checks and by all rules."""

from collections.abc import Callable
from typing import Any

import pytest
from tempolor_contract import Target
from tempolor_contract.runs.catalogue import onlookers, suite
from tempolor_contract.runs.schemathesis import GENERATED_RULE_IDS


@pytest.fixture(scope="session")
def findings(play: Callable[..., Any], new_target: Callable[[str], Target], contract_seed: int) -> dict[str, Any]:
    """What became of each rule."""
    target = new_target("generated")
    own = suite(target, only=GENERATED_RULE_IDS, model=False, seed=contract_seed)
    found: dict[str, Any] = play("generated", (*own, *onlookers()), target)
    return found


@pytest.mark.parametrize("rule_id", GENERATED_RULE_IDS)
def test_rule(rule_id: str, findings: dict[str, Any], must_hold: Callable[[dict[str, Any]], None]) -> None:
    """The service keeps the rule."""
    must_hold(findings[rule_id])


def test_no_other_rule_is_broken_by_generated_requests(
    findings: dict[str, Any], none_broken: Callable[[dict[str, Any]], None]
) -> None:
    """Generated requests break no rule of the catalogue either."""
    none_broken(findings)
