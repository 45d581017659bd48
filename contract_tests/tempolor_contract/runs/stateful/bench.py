"""Where a service and its model stand side by side: what may be spent, what was sent, where the two differ."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from ...document.bodies import record_ids
from ...document.call import Call
from ..scenarios.lab import GoneError, Lab
from .model import Answer, Finding, Model

_MOST_PAGES: Final = 60


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How far the machine goes: sequences, steps in each, and what all of them together may take.

    `creations` are creating calls. `waiting` and `voices` count where time is real: seconds slept, and voices cloned,
    because a clone keeps its caller waiting. `now` tells the time that `seconds` are measured by.
    """

    examples: int = 20
    steps: int = 30
    calls: int = 2500
    creations: int = 600
    seconds: float = 45.0
    waiting: float = 15.0
    voices: int = 2
    now: Callable[[], float] = time.monotonic


class DifferenceError(Exception):
    """Service and model differ, or the service broke a rule: the rule, what is wrong, the steps, the call."""

    def __init__(self, rule_id: str, message: str, steps: tuple[str, ...], call: Call | None) -> None:
        super().__init__(f"{rule_id}: {message}")
        self.rule_id = rule_id
        self.message = message
        self.steps = steps
        self.call = call


@dataclass
class Bench:
    """The service, the model beside it, and the steps so far. One for a whole run; `begin` starts a sequence."""

    lab: Lab
    pace: Pace
    known: set[str] = field(default_factory=set)
    best: dict[str, DifferenceError] = field(default_factory=dict)
    latest: str = ""
    judged: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    creations: int = 0
    waited: float = 0.0
    voices: int = 0
    stopped: str = ""
    unclear: Counter[str] = field(default_factory=Counter)
    gone: GoneError | None = None

    def __post_init__(self) -> None:
        self._until = self.pace.now() + self.pace.seconds
        self._serial = 0
        self.begin()

    def begin(self) -> None:
        """Forget the last sequence: new accounts, an empty model."""
        self.model = Model()
        self.order_of_accounts: list[str] = []
        self.steps: list[str] = []
        self.now = 0.0
        self.lost = False
        self.last: Call | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing more may or can be done, in this sequence or at all."""
        if not self.stopped and self.pace.now() > self._until:
            self.stopped = f"{self.pace.seconds:.0f} s are over"
        if not self.stopped and self.calls >= self.pace.calls:
            self.stopped = f"{self.pace.calls} calls were sent"
        return bool(self.stopped) or self.lost or self.gone is not None

    @property
    def may_create(self) -> bool:
        """Whether creating calls are left."""
        return self.creations < self.pace.creations

    def new_account(self) -> str:
        """Return a user_id that no sequence has used."""
        self._serial += 1
        return str(900_000_000 + self.lab.random.randrange(10**7) * 9 + self._serial % 9)

    def call(self, operation: str, *, creates: bool = False, **options: Any) -> Call:
        """Send; what the inspector has against the answer ends the sequence, so that it can be shortened."""
        before = self._violated()
        self.calls += 1
        self.creations += creates
        self.last = call = self.lab.call(operation, **options)
        for rule_id in sorted(self._violated() - before - self.known):
            self._differ(rule_id, self.lab.inspector.ledger.tallies[rule_id].violations[-1].message)
        return call

    def step(self, text: str) -> None:
        """Write a step down."""
        self.steps.append(text)

    def agree(self, findings: Iterable[Finding]) -> None:
        """Take in what the model found; DifferenceError at the first thing that is wrong and not known yet."""
        for finding in findings:
            self.judged[finding.rule] += 1
            if finding.wrong and finding.rule not in self.known:
                self._differ(finding.rule, finding.wrong)

    def poll(self, job_id: str) -> Call:
        """Read a job and compare."""
        call = self.call("get_music", arguments={"job_id": job_id})
        self.agree(self.model.poll(job_id, answer(call)))
        return call

    def wait(self, seconds: float) -> None:
        """Let time pass, as far as that is affordable."""
        if not self.lab.clock.virtual:
            seconds = min(seconds, 2.0, self.pace.waiting - self.waited)
        if seconds > 0:
            self.lab.wait(seconds)
            self.waited += seconds
            self.now += seconds

    def pages(self, operation: str, query: dict[str, Any]) -> tuple[int, list[str]]:
        """Return the first page's status and the ids on all pages."""
        ids: list[str] = []
        cursor = None
        for _ in range(_MOST_PAGES):
            page = self.call(operation, query={**query, "cursor": cursor})
            if page.status != 200:
                return page.status, ids
            ids += record_ids(page)
            cursor = page.item.get("cursor")
            if page.item.get("hasNext") is not True or not isinstance(cursor, str) or not cursor:
                break
        return 200, ids

    def _violated(self) -> set[str]:
        return {name for name, tally in self.lab.inspector.ledger.tallies.items() if tally.count}

    def _differ(self, rule_id: str, message: str) -> None:
        difference = DifferenceError(rule_id, message, tuple(self.steps), self.last)
        best = self.best.get(rule_id)
        if best is None or len(difference.steps) <= len(best.steps):
            self.best[rule_id] = difference
        self.latest = rule_id
        raise difference


def answer(call: Call) -> Answer:
    """Return a call's answer as the model takes it."""
    return Answer(call.status, call.answer)
