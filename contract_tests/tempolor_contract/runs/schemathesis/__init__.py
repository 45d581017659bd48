"""Generated tests: Schemathesis over the document, with real files, a prepared account and the guard below it.

They are a scenario like any other: `generated_rules()` bring it along, `run` plans and plays it. Schemathesis makes the
requests (examples, coverage, fuzzing, and sequences along the document's links); all of them, those of its own checks
among them, leave through the `Gateway`, which asks the guard, sends, and shows the exchange to the inspector. No
hook of Schemathesis is trusted with that: few of them run in all phases.
"""

from dataclasses import replace
from typing import Final

from ...rules.rule import Need, Rule, Scenario, Severity, Strength
from ..scenarios.lab import Lab
from .checks import CHECKS, CLEAN, GENERATED_RULE_IDS, REACHED, TAKEN
from .engine import generate
from .gateway import Extent, Gateway

__all__ = ["GENERATED_RULE_IDS", "Extent", "Gateway", "generate", "generated_rules"]

_SECONDS_IF_SLOW: Final = 11.0
"""Where each answer takes long, little more is found in a longer time."""
_NEEDS: Final = frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT})
_PAGE: Final = "post-tempolor-music-song"


def generated_rules(extent: Extent | None = None, *, seed: int = 0) -> tuple[Rule, ...]:
    """Return the rules of the generated tests; where one is among the rules of a run, they are played."""
    chosen = extent or Extent()

    def play(lab: Lab) -> None:
        generate(lab, replace(chosen, seconds=_SECONDS_IF_SLOW) if lab.slow else chosen, seed=seed)

    # Its cost counts creations of the plan, and a plan must not be refused for what generating could spend at most.
    scenario = Scenario("generated", play, _NEEDS, cost=0, late=True)

    def made(rule_id: str, sentence: str, severity: Severity) -> Rule:
        inferred = severity is not Severity.ASSERT
        strength = Strength.INFERRED if inferred else Strength.DOCUMENTED
        return Rule(rule_id, sentence, _PAGE, strength=strength, severity=severity, scenarios=(scenario,))

    return (
        *(made(*each) for each in CHECKS.values()),
        made(TAKEN, "Valid generated requests on prepared accounts, jobs and files are taken.", Severity.ASSERT),
        made(REACHED, "Each operation succeeds for some generated request.", Severity.ASSERT),
        made(CLEAN, "Requests could be generated for each operation.", Severity.MOCKS),
    )
