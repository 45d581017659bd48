"""A Hypothesis state machine that drives a service beside `Model`, and reports where they differ.

It is a scenario like any other: `run` plans and plays it, and everything it sends goes through the guard and the
inspector. The same seed gives the same sequences; nothing is kept between runs.
"""

from dataclasses import replace
from typing import Final

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ...rules.catalogue import rule
from ...rules.rule import Problem
from ...rules.stateful import RULES
from ..scenarios.lab import Lab
from .bench import Bench, DifferenceError, Pace
from .steps import ContractMachine

_MOST_ROUNDS: Final = 4
_SECONDS_IF_SLOW: Final = 11.0
"""Where each answer takes long, few sequences are played in any time that a run can afford."""


def drive(lab: Lab, pace: Pace | None = None) -> Bench:
    """Drive a service, and have what was found in the inspector's ledger: for each difference its shortest sequence.

    Without a pace, it is one that suits the target's time.

    Raises:
        GoneError: The service has stopped answering.

    """
    bench = Bench(lab, pace or _suiting(lab))
    bench.known |= bench._violated()  # noqa: SLF001 - what is broken already needs no sequence
    for number in range(_MOST_ROUNDS):
        bench.latest = ""
        _round(bench, lab.seed + number)
        if bench.stopped or bench.gone or not bench.latest:
            break
        # Each round shortens one difference and runs into it no more; others that it met come back in the next.
        bench.known.add(bench.latest)
    _report(bench)
    if bench.gone is not None:
        raise bench.gone
    return bench


def _suiting(lab: Lab) -> Pace:
    pace = Pace() if lab.clock.virtual else Pace(examples=10, steps=20, calls=1200, seconds=40)
    return replace(pace, seconds=_SECONDS_IF_SLOW) if lab.slow else pace


def _round(bench: Bench, seed: int) -> None:
    machine: type[ContractMachine] = type("Machine", (ContractMachine,), {"bench": bench})
    chosen = settings(
        max_examples=bench.pace.examples,
        stateful_step_count=bench.pace.steps,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=chosen)
    except (DifferenceError, hypothesis.errors.Flaky, ExceptionGroup):
        # What was found is on the bench. Flaky is what Hypothesis calls it when the means ran out while it shortened.
        if not bench.best:
            raise


def _report(bench: Bench) -> None:
    inspector = bench.lab.inspector
    tallies = inspector.ledger.tallies
    for rule_id, times in bench.judged.items():
        if rule_id in tallies:
            inspector.ledger.judged(rule_id, times)
    for rule_id, difference in bench.best.items():
        if rule_id in tallies and difference.call is not None:
            steps = "; ".join(difference.steps)
            told = f"{difference.message}. Shortest sequence: {steps}"
            violation = inspector.judge(rule(rule_id), Problem(told, key="sequence"), difference.call)
            kept = tallies[rule_id].violations
            if violation is not None and kept and violation not in kept:
                kept[-1] = violation
    for reason in bench.unclear:
        for each in RULES:
            inspector.unjudged(each, reason)
