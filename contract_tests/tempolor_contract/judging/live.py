"""Judges what passes through the proxy, records it, and tells what is wrong while it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..document.service import is_control
from ..exchanges.exchange import Exchange
from ..exchanges.har import HarWriter, Recorder
from ..rules.rule import Violation
from .result import RunResult
from .session import Session


@dataclass
class LiveTraffic:
    """What passes, shown to a session and to a recording.

    `tell` gets each violation that fails, as it is found, and `learn` each exchange after it was judged. `fault` is the
    first thing that went wrong with recording or judging: traffic passes all the same, but the run is then no success.
    """

    session: Session
    tell: Callable[[Violation], None]
    har: HarWriter | None = None
    learn: Callable[[Exchange], None] | None = None
    fault: str = ""

    def __post_init__(self) -> None:
        """Have what goes wrong with the recording not stop it."""
        self._recorder = None if self.har is None else Recorder(self.har)

    def observe(self, exchange: Exchange) -> None:
        """Record an exchange, judge it, tell what is wrong with it. Whoever moves a mock's clock is left alone."""
        try:
            if not is_control(urlsplit(exchange.request.url).path):
                self._record(exchange)
                self._judge(exchange)
                if self.learn is not None:
                    self.learn(exchange)
        except Exception as error:  # noqa: BLE001 - nothing in here may stop traffic
            where = f"{exchange.request.method} {exchange.request.url}"
            self.fault = self.fault or f"{where} could not be judged: {type(error).__name__}: {error}"

    def _record(self, exchange: Exchange) -> None:
        if self._recorder is not None:
            self._recorder.write(exchange)
            self.fault = self.fault or self._recorder.fault

    def _judge(self, exchange: Exchange) -> None:
        for violation in self.session.see(exchange).failures:
            self.tell(violation)

    def close(self) -> RunResult:
        """Sum up what was found until now."""
        self.session.result.stopped = self.fault
        self.session.judge_crashes()
        self.session.judge_callbacks()
        return self.session.close()
