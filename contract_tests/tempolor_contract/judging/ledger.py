"""Counts what was judged, and keeps what was found."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..exchanges.exchange import Exchange
from ..exchanges.redaction import Redactor
from ..rules.rule import Rule, Severity, Violation

_MOST_KEPT = 20
_MOST_PLACES = 1000


class Verdict(StrEnum):
    """What became of a rule in a run.

    `NOTED` is a violation that the decisions tolerate, `KNOWN` one that is a known difference of the target.
    """

    VIOLATED = "violated"
    KNOWN = "known-difference"
    PASSED = "passed"
    NOTED = "noted"
    INCONCLUSIVE = "inconclusive"
    NEVER_REACHED = "never-reached"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class KnownViolation:
    """A violation that is a known difference of the target: why, and until which day it is excused."""

    violation: Violation
    reason: str
    expires: str


Excuse = Callable[[Violation], KnownViolation | None]
"""Says whether a violation is known, and why."""


@dataclass
class Tally:
    """What became of one rule. `judged` counts the calls it was really judged on, well or badly.

    `count` are all violations, of which only some are kept, and `latest` is the last one; `places` counts them by what
    tells them apart. `seconds` is what was spent on plays that provoke it.
    """

    rule: Rule
    judged: int = 0
    count: int = 0
    latest: Violation | None = None
    violations: list[Violation] = field(default_factory=list)
    notes: list[Violation] = field(default_factory=list)
    inconclusive: Counter[str] = field(default_factory=Counter)
    skipped: str = ""
    known: list[KnownViolation] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The worst that was seen; a rule that was never judged has not passed."""
        if self.violations:
            return Verdict.VIOLATED
        if self.known:
            return Verdict.KNOWN
        if self.notes:
            return Verdict.NOTED
        if self.judged:
            return Verdict.PASSED
        if self.skipped:
            return Verdict.SKIPPED
        return Verdict.INCONCLUSIVE if self.inconclusive else Verdict.NEVER_REACHED

    @property
    def since(self) -> int:
        """The number of the call that broke the rule first, 0 if none did: what is wrong first may have led to more."""
        return self.violations[0].calls[-1].number if self.violations else 0

    def to_json(self, redactor: Redactor) -> dict[str, Any]:
        """Return the tally as plain data."""
        rule = self.rule
        return {
            "rule": rule.id,
            "sentence": rule.sentence,
            "page": rule.page_url,
            "strength": rule.strength,
            "severity": rule.severity,
            "evidence": list(rule.evidence),
            "verdict": self.verdict,
            "judged": self.judged,
            "violation_count": self.count,
            "violations_left_out": max(0, self.count - len(self.violations)),
            "places": dict(self.places),
            "violations": [violation_to_json(each, redactor) for each in self.violations],
            "notes": [violation_to_json(each, redactor) for each in self.notes],
            "known": [
                {"reason": each.reason, "expires": each.expires, **violation_to_json(each.violation, redactor)}
                for each in self.known
            ],
            "inconclusive": dict(self.inconclusive),
            "skipped": self.skipped,
        }


class Ledger:
    """The tallies of a set of rules. Of many violations of one rule, the first of each kind are kept.

    `excuse` is asked about each violation first; what it returns is kept as known and fails nothing.
    """

    def __init__(self, rules: Iterable[Rule], excuse: Excuse | None = None) -> None:
        self.tallies = {rule.id: Tally(rule) for rule in rules}
        self._excuse = excuse

    def judged(self, rule_id: str, times: int = 1) -> None:
        """Count that a rule was judged."""
        self.tallies[rule_id].judged += times

    def violated(self, violation: Violation, *, live: bool) -> bool:
        """Keep a violation; where the decisions tolerate it, as a note. Return whether it makes the service fail."""
        tally = self.tallies[violation.rule.id]
        excused = self._excuse and self._excuse(violation)
        if excused:
            if len(tally.known) < _MOST_KEPT:
                tally.known.append(excused)
            return False
        tolerated = is_tolerated(violation.rule, live=live)
        kept = tally.notes if tolerated else tally.violations
        tally.count += not tolerated
        tally.latest = tally.latest if tolerated else violation
        if violation.key and not tolerated and (violation.key in tally.places or len(tally.places) < _MOST_PLACES):
            tally.places[violation.key] += 1
        if len(kept) < _MOST_KEPT and violation.key not in {each.key for each in kept if each.key}:
            kept.append(violation)
        return not tolerated

    def inconclusive(self, rule_id: str, reason: str) -> None:
        """Count that a rule could not be judged."""
        self.tallies[rule_id].inconclusive[reason] += 1

    def skipped(self, rule_id: str, reason: str) -> None:
        """Say why nothing was done to have a rule judged."""
        self.tallies[rule_id].skipped = self.tallies[rule_id].skipped or reason


def is_tolerated(rule: Rule, *, live: bool) -> bool:
    """Whether a violation of a rule is only worth a note: always, or because the live service is free there."""
    return rule.severity is Severity.TOLERATE or (rule.severity is Severity.MOCKS and live)


def violation_to_json(violation: Violation, redactor: Redactor) -> dict[str, Any]:
    """Return a violation as plain data without secrets."""
    return {
        "rule": violation.rule.id,
        "message": violation.message,
        "key": violation.key,
        "curl": violation.curl,
        "seed": violation.seed,
        "calls": [_call_to_json(call.exchange, call.number, redactor) for call in violation.calls],
    }


def _call_to_json(exchange: Exchange, number: int, redactor: Redactor) -> dict[str, Any]:
    return {"number": number, "label": exchange.label, **redactor.shown(exchange).to_json()}
