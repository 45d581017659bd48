"""Each rule of the catalogue as a test, judged from one run of all scenarios."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from tempolor_contract import CATALOGUE, GENERATED, SCENARIOS

NEVER_REACHED: Final[dict[str, str]] = {
    "failed-download-says-so": "no job of the mock fails by itself; a row of test_rules.py has one that does"
}
"""Rules that nothing on the mock can reach, each with the reason."""


@pytest.fixture(scope="session")
def findings(play: Callable[..., Any]) -> dict[str, Any]:
    """What became of each rule."""
    found: dict[str, Any] = play("catalogue", SCENARIOS)
    return found


@pytest.mark.parametrize("rule_id", [rule.id for rule in CATALOGUE if rule.id not in GENERATED.provokes])
def test_rule(rule_id: str, findings: dict[str, Any], must_hold: Callable[[dict[str, Any]], None]) -> None:
    """The service keeps the rule."""
    finding = findings[rule_id]
    if rule_id in NEVER_REACHED and not finding["judged"]:
        pytest.skip(NEVER_REACHED[rule_id])

    must_hold(finding)
