"""Has Hypothesis run a state machine against a service: within its means, and with what it finds in the ledger.

Whatever is sent passes the lab, so the guard counts it and all rules of the run judge it, beside the same history as
everything else. Hypothesis shortens what was found: each broken rule is shown by its shortest sequence of calls.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, reject, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from ...document.call import Call
from ...rules.rule import Violation
from ...target.guard import Refused
from ..scenarios.lab import GoneError, Lab, UnclearError

_MOST_ROUNDS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How far a machine goes: sequences, steps in each, and what all of them together may take.

    `creations` are creating calls. `waiting` and `voices` count where time is real: seconds slept, and voices cloned,
    because a clone keeps its caller waiting. `now` tells the time that `seconds` are measured by.
    """

    sequences: int = 30
    steps: int = 30
    calls: int = 5000
    creations: int = 1000
    seconds: float = 45.0
    waiting: float = 15.0
    voices: int = 2
    now: Callable[[], float] = time.monotonic


class BrokenRuleError(AssertionError):
    """A sequence of calls has broken a rule. Hypothesis tells faults apart by type, so each rule has a subclass."""


class _Over(BaseException):
    """Nothing more can be sent. Hypothesis takes an Exception for a fault of the sequence, and would shorten it."""


class Driver:
    """What the sequences of a run share: the service, the means, and the rules that were broken.

    `shortest` has the shortest sequence for each broken rule, with the violation at its end, and `unclear` counts why
    sequences could not go on. `stopped` says why no more were played, empty if all were.
    """

    def __init__(self, lab: Lab, pace: Pace) -> None:
        self.lab = lab
        self.shortest: dict[str, tuple[Violation, tuple[Call, ...]]] = {}
        self.unclear: Counter[str] = Counter()
        self.stopped = ""
        self._pace = pace
        self._gone: GoneError | None = None
        self._until = pace.now() + pace.seconds
        self._spent = lab.guard.spending.requests, lab.guard.spending.created
        self._waited = 0.0
        self._voices = 0
        # What is broken already needs no sequence, and would end each of them at once.
        self._known = set(self.violations())

    def violations(self) -> Counter[str]:
        """Return how often each rule was broken so far; those that never were are left out."""
        tallies = self.lab.inspector.ledger.tallies
        return Counter({rule_id: tally.count for rule_id, tally in tallies.items() if tally.count})

    def call(self, operation: str, **options: Any) -> Call:
        """Send an operation, as `Lab.call` does; what has no clear answer ends the sequence and proves nothing."""
        self._afford()
        try:
            return self.lab.call(operation, **options)
        except UnclearError as error:
            self.unclear[str(error)] += 1
            if self.unclear.total() < self._pace.sequences:
                reject()
            raise self._over(str(error)) from None
        except Refused as refusal:
            raise self._over(str(refusal)) from None
        except GoneError as error:
            self._gone = error
            raise self._over(str(error)) from None

    def wait(self, seconds: float) -> None:
        """Let time pass, as far as that is affordable."""
        if not self.lab.clock.virtual:
            seconds = min(seconds, 2.0, self._pace.waiting - self._waited)
        if seconds > 0:
            self.lab.wait(seconds)
            self._waited += seconds

    @property
    def may_clone(self) -> bool:
        """Whether there is time for one more voice."""
        return self.lab.clock.virtual or self._voices < self._pace.voices

    def clone(self, **options: Any) -> Call:
        """Clone a voice."""
        self._voices += 1
        return self.call("clone_voice", **options)

    def check(self, before: Counter[str], calls: Sequence[Call]) -> None:
        """Fail a sequence if it has broken a rule for which no sequence is known yet."""
        for rule_id in sorted(set(self.violations() - before) - self._known):
            violation = self.lab.inspector.ledger.tallies[rule_id].latest
            if violation is None:
                continue
            if rule_id not in self.shortest or len(calls) <= len(self.shortest[rule_id][1]):
                self.shortest[rule_id] = violation, tuple(calls)
            raise _error_of(rule_id)(violation.message)

    def run(self, machine: type[RuleBasedStateMachine], seed: int) -> None:
        """Play a machine until nothing new is found; the same seed gives the same sequences.

        Raises:
            GoneError: The service has stopped answering.
            UnclearError: Some sequences could not go on, so nothing can be said about what they would have shown.

        """
        for number in range(_MOST_ROUNDS):
            whole = _play(hypothesis.seed(seed + number)(machine), self._pace)
            if self.stopped or (whole and not self.shortest.keys() - self._known):
                break
            # A sequence ends where the first rule is broken, which may hide others.
            self._known |= self.shortest.keys()
        self._report()
        if self._gone is not None:
            raise self._gone
        if self.unclear:
            raise UnclearError(self.unclear.most_common(1)[0][0])

    def _over(self, reason: str) -> _Over:
        self.stopped = reason
        return _Over(reason)

    def _afford(self) -> None:
        pace, spending = self._pace, self.lab.guard.spending
        requests, created = self._spent
        if pace.now() > self._until:
            raise self._over(f"{pace.seconds:.0f} s are over")
        if spending.requests - requests >= pace.calls:
            raise self._over(f"{pace.calls} calls were sent")
        if spending.created - created >= pace.creations:
            raise self._over(f"{pace.creations} creating calls were sent")

    def _report(self) -> None:
        """Show each broken rule by its shortest sequence first."""
        for rule_id, (violation, calls) in self.shortest.items():
            told = f"{violation.message}. Shortest sequence: {', '.join(call.operation for call in calls)}"
            shown = Violation(violation.rule, told, calls, violation.seed, violation.key)
            self.lab.inspector.ledger.tallies[rule_id].violations.insert(0, shown)


def _play(machine: type[RuleBasedStateMachine], pace: Pace) -> bool:
    """Play a machine, and return whether it could be played to its end."""
    chosen = settings(
        max_examples=pace.sequences,
        stateful_step_count=pace.steps,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except (Flaky, _Over):
        # Flaky: the same steps were answered otherwise the second time. What was broken is on record.
        return False
    except BrokenRuleError:
        return True
    except BaseExceptionGroup as found:
        _, others = found.split((BrokenRuleError, Flaky))
        if others is not None:
            raise others from None
    return True


@cache
def _error_of(rule_id: str) -> type[BrokenRuleError]:
    return type(rule_id, (BrokenRuleError,), {})
