"""What a run, or the reading of a recording, has found: plain data for reports."""

from dataclasses import dataclass, field
from typing import Any, Final

from ..exchanges.redaction import Redactor
from ..readings.judge import Readings
from ..rules.rule import Violation
from .ledger import Ledger, Tally, Verdict

GOOD: Final = 0
VIOLATIONS: Final = 1
NOTHING_VERIFIED: Final = 2
_MANY_CRASHES: Final = 5
_OFTEN: Final = 0.01


@dataclass
class RunResult:
    """What became of each rule, what was reached, what it cost.

    `command` is the command line that repeats it, tokens left to the environment. `stopped` says why the run ended
    early, empty if it did not; `mishap` which exception nobody had expected, and `crashed` that it ended the run.
    `crashes` counts what was answered 5xx; where it is much, a `strict` run fails. `live` is as for `Inspector`.
    `left_behind` lists what it made and did not delete. `timings` are seconds by part. `coverage` counts by kind
    (operation, status, parameter, value, example) and path. `readings` has what traffic says of the decisions.
    `known_differences` tells what each entry did.
    """

    source: str
    level: str
    seed: int | None
    ledger: Ledger
    revision: str = ""
    command: str = ""
    started: float = 0.0
    elapsed: float = 0.0
    exchanges: int = 0
    foreign: int = 0
    faults: int = 0
    crashes: int = 0
    strict: bool = False
    live: bool | None = None
    unrecorded: int = 0
    stopped: str = ""
    mishap: str = ""
    crashed: bool = False
    spending: dict[str, Any] = field(default_factory=dict)
    left_behind: list[dict[str, Any]] = field(default_factory=list)
    coverage: dict[str, dict[str, int]] = field(default_factory=dict)
    readings: Readings | None = None
    timings: dict[str, float] = field(default_factory=dict)
    scenarios: dict[str, str] = field(default_factory=dict)
    known_differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def tallies(self) -> list[Tally]:
        """What became of each rule, in the order of the catalogue."""
        return list(self.ledger.tallies.values())

    @property
    def violations(self) -> list[Violation]:
        """All violations that make the service fail."""
        return [violation for tally in self.tallies for violation in tally.violations]

    @property
    def verified(self) -> int:
        """How many rules were judged at least once."""
        return sum(1 for tally in self.tallies if tally.judged)

    def by_verdict(self) -> dict[Verdict, list[Tally]]:
        """Return the tallies by verdict, those first whose rules were broken first."""
        tallies = sorted(self.tallies, key=lambda each: each.since)
        return {verdict: [tally for tally in tallies if tally.verdict is verdict] for verdict in Verdict}

    @property
    def judged_as(self) -> str:
        """As what it was judged: readings bind mocks, and of the live service they are only mentioned."""
        return {None: "what each host is", True: "the live service", False: "a mock"}[self.live]

    @property
    def crashes_often(self) -> bool:
        """Whether so many requests were answered 5xx that a run says so: nothing could be concluded from those."""
        return self.crashes >= max(_MANY_CRASHES, _OFTEN * self.exchanges)

    @property
    def exit_code(self) -> int:
        """0 good, 1 violations, 2 stopped early, broken off by a mishap, or verified nothing."""
        if (self.violations or (self.strict and self.crashes_often)) and not self.crashed:
            return VIOLATIONS
        return GOOD if self.verified and not self.stopped and not self.mishap else NOTHING_VERIFIED

    def to_json(self, redactor: Redactor | None = None) -> dict[str, Any]:
        """Return everything as plain data without secrets."""
        redactor = redactor or Redactor()
        return {
            "source": redactor.url(self.source),
            "level": self.level,
            "judged_as": self.judged_as,
            "seed": self.seed,
            "command": self.command,
            "revision": self.revision,
            "started": self.started,
            "elapsed": self.elapsed,
            "exchanges": self.exchanges,
            "foreign": self.foreign,
            "faults": self.faults,
            "crashes": self.crashes,
            "unrecorded": self.unrecorded,
            "stopped": self.stopped,
            "mishap": self.mishap,
            "exit_code": self.exit_code,
            "summary": {verdict.value: len(tallies) for verdict, tallies in self.by_verdict().items()},
            "rules": [tally.to_json(redactor) for tally in self.tallies],
            "spending": self.spending,
            "left_behind": self.left_behind,
            "coverage": self.coverage,
            "readings": self.readings.to_json(redactor) if self.readings else [],
            "timings": self.timings,
            "scenarios": self.scenarios,
            "known_differences": self.known_differences,
        }
