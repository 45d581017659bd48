"""Judges what passes, and sums it up at the end."""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tempolor_spec import REVISIONS

from ..document.service import is_control
from ..exchanges.exchange import Exchange
from ..exchanges.har import HarWriter
from ..rules.conformance import DocumentJudge, Effort
from ..rules.rule import Rule, Violation
from .inspector import Inspector
from .known_differences import Register
from .ledger import is_tolerated
from .result import RunResult


@dataclass
class Session:
    """One run of the proxy: the inspector, the recording, and what is told while it goes on.

    `tell` gets each violation that fails, as it is found. `fault` is the first thing that went wrong with recording
    or judging: traffic passes all the same, but the run is then not a success.
    """

    source: str
    rules: tuple[Rule, ...]
    tell: Callable[[Violation], None]
    base: str | None = None
    live: bool = False
    revision: str = REVISIONS[0]
    har: HarWriter | None = None
    register: Register | None = None
    started: float = field(default_factory=time.time)
    fault: str = ""

    def __post_init__(self) -> None:
        """Build the judges, so that the first request does not wait for them."""
        judge = DocumentJudge(self.revision, Effort.SAMPLE)
        self.inspector = Inspector(self.rules, judge, base=self.base, live=self.live)
        if self.register is not None:
            self.register.attach(self.inspector.ledger)

    def observe(self, exchange: Exchange) -> None:
        """Record an exchange, judge it, tell what is wrong with it. Whoever moves a mock's clock is left alone."""
        try:
            if not is_control(urlsplit(exchange.request.url).path):
                self._record(exchange)
                self._judge(exchange)
        except Exception as error:  # noqa: BLE001 - nothing in here may stop traffic
            where = f"{exchange.request.method} {exchange.request.url}"
            self.fault = self.fault or f"{where} could not be judged: {type(error).__name__}: {error}"

    def _record(self, exchange: Exchange) -> None:
        if self.har is None:
            return
        try:
            self.har.write(exchange)
        except OSError as error:
            self.fault = self.fault or f"{self.har.file} could not be written on: {error.strerror}"
            self.har = None

    def _judge(self, exchange: Exchange) -> None:
        for violation in self.inspector.see(exchange).violations:
            known = self.register is not None and self.register.excuse(violation)
            if not known and not is_tolerated(violation.rule, live=self.live):
                self.tell(violation)

    def result(self) -> RunResult:
        """Return what was found until now."""
        inspector = self.inspector
        result = RunResult(
            self.source,
            "proxy",
            None,
            inspector.ledger,
            self.revision,
            command=f"tempolor proxy --upstream {shlex.quote(self.source)}",
            started=self.started,
            elapsed=time.time() - self.started,
            exchanges=inspector.seen,
            foreign=inspector.foreign,
            faults=inspector.faults,
            stopped=self.fault,
            coverage=inspector.coverage.to_json(),
        )
        return self.register.apply(result) if self.register else result
