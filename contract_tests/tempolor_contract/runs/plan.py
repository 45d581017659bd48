"""Plans a run: which scenarios are played, in which order, and why others are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..rules.rule import Rule
from ..target.guard import Level, creations_allowed
from ..target.target import Target
from .catalogue import provoking
from .scenarios.scenario import Need, Scenario

_ALLOWED: Final = {
    Level.READ: frozenset({Need.READ, Need.OTHER_USER}),
    Level.SAFE: frozenset(Need) - {Need.ACCOUNT},
    Level.FULL: frozenset(Need),
}


@dataclass(frozen=True)
class Step:
    """A scenario in a plan: the rules it serves, and why it will not be played, empty if it will.

    `over_budget` tells that only the number of creating calls keeps it out.
    """

    scenario: Scenario
    rules: tuple[Rule, ...]
    skipped: str = ""
    over_budget: bool = False


@dataclass(frozen=True)
class Plan:
    """What a run would do, in order. `cost` is the number of creating calls when all goes well."""

    steps: tuple[Step, ...]

    @property
    def cost(self) -> int:
        """Creating calls of all scenarios that will be played."""
        return sum(step.scenario.cost for step in self.steps if not step.skipped)


def make_plan(
    target: Target, rules: Sequence[Rule], scenarios: Sequence[Scenario] | None = None, *, receiver: bool = False
) -> Plan:
    """Return what a run of these rules would do on a target; nothing is sent.

    It plays these scenarios, or those that provoke one of the rules. Cheap ones come first. What the level, the budget
    or a missing token does not allow is in the plan too, with the reason.
    """
    chosen = provoking(rules) if scenarios is None else scenarios
    steps = []
    spent = 0
    for scenario in sorted(chosen, key=lambda each: (each.late, each.cost, Need.ACCOUNT in each.needs)):
        served = tuple(rule for rule in rules if rule.id in scenario.provokes)
        obstacle = _obstacle(target, scenario, receiver=receiver)
        reason = obstacle or _over_budget(target, scenario, spent)
        spent += 0 if reason else scenario.cost
        steps.append(Step(scenario, served, reason, over_budget=bool(reason) and not obstacle))
    return Plan(tuple(steps))


def _obstacle(target: Target, scenario: Scenario, *, receiver: bool) -> str:
    forbidden = scenario.needs - _ALLOWED[target.level]
    if Need.ACCOUNT in forbidden:
        return "needs accounts of its own, and setting one up takes secrets: level full only"
    if forbidden:
        return "creates, changes or deletes: level safe or full only"
    missing = {
        Need.OTHER_USER: "" if target.other_token else "needs another user's token (--other-token)",
        Need.RECEIVER: "" if receiver else "needs an address the service can call back",
        # A link that lasts but seconds can be waited for, which is not worth an order that may be paid for.
        Need.CLOCK: "" if target.control_url or target.level is Level.FULL else "needs a clock that can be moved",
    }
    reasons = [reason for need, reason in missing.items() if reason and need in scenario.needs]
    return reasons[0] if reasons else ""


def _over_budget(target: Target, scenario: Scenario, spent: int) -> str:
    limit = creations_allowed(target.level, target.max_creations)
    if limit is not None and spent + scenario.cost > limit:
        return f"would make {scenario.cost} creating calls; {limit - spent} of {limit} are left"
    return ""
