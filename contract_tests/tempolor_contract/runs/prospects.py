"""Which readings a planned run could settle, and what those that it leaves out would take."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..readings.register import Reading, readings
from .plan import Plan, Step


@dataclass(frozen=True)
class Prospects:
    """Readings by what becomes of them in a plan.

    `reached` are settled by rules that the plan provokes, `left_out` by steps that it does not play, the cheapest of
    which stands beside each, one that a larger budget would play first. `in_passing` are told by single calls or
    values, which may come up or not. `never` are those that no traffic settles.
    """

    reached: tuple[Reading, ...]
    left_out: tuple[tuple[Reading, Step], ...]
    in_passing: tuple[Reading, ...]
    never: tuple[Reading, ...]


def prospects(plan: Plan) -> Prospects:
    """Sort all readings by what a plan does about them."""
    played = {rule for step in plan.steps if not step.skipped for rule in step.scenario.provokes}
    reached = tuple(each for each in readings() if each.confirming_rules & played)
    others = [each for each in readings() if not each.confirming_rules & played]
    left_out = tuple((each, step) for each in others for step in _cheapest(each, plan))
    wanting = {reading.id for reading, _ in left_out}
    rest = [each for each in others if each.id not in wanting]
    return Prospects(
        reached,
        left_out,
        tuple(each for each in rest if each.can_be_confirmed),
        tuple(each for each in rest if not each.can_be_confirmed),
    )


def _cheapest(reading: Reading, plan: Plan) -> Iterator[Step]:
    steps = [
        step for step in plan.steps if step.skipped and reading.confirming_rules.intersection(step.scenario.provokes)
    ]
    if steps:
        yield min(steps, key=lambda step: (not step.over_budget, step.scenario.cost))
