"""One stream of exchanges, judged from the first to the result: what `run`, `check` and the proxy have in common."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tempolor_spec import REVISIONS

from ..exchanges.exchange import Exchange
from ..exchanges.har import Recorder
from ..rules.catalogue import rule
from ..rules.conformance import DocumentJudge, Effort
from ..rules.rule import Problem, Rule
from .inspector import Inspector, Seen
from .known_differences import Register
from .lost_callbacks import lost_callbacks
from .result import RunResult

_CALLBACKS_END_WITH_ONE_FINAL: Final = rule("callbacks-end-with-one-final")
_NO_LASTING_CRASH: Final = rule("no-lasting-crash")


class Session:
    """An inspector with its result. Show it exchanges (`see`), and `close` it for what was found.

    `source` is what is judged, `level` how: a level of `run`, `recording` or `proxy`. `command` is the command line
    that repeats it. `register` has the known differences, `recorder` writes
    down what is seen. `overlays` are files with OpenAPI overlays on the document,
    of which OverlayError is raised where one does not fit. The rest is as for `Inspector`.
    """

    def __init__(  # noqa: PLR0913 - a front door with many keys
        self,
        source: str,
        level: str,
        rules: Iterable[Rule],
        command: str,
        *,
        base: str | None = None,
        live: bool | None = None,
        seed: int | None = None,
        revision: str = REVISIONS[0],
        overlays: Sequence[Path] = (),
        effort: Effort = Effort.SAMPLE,
        register: Register | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._register = register or Register()
        judge = DocumentJudge(revision, effort, overlays)
        self._recorder = recorder
        record = recorder.write if recorder else None
        self.inspector = Inspector(
            rules, judge, base=base, live=live, seed=seed, excuse=self._register.excuse, record=record
        )
        self.result = RunResult(source, level, seed, self.inspector.ledger, revision, command, started=time.time())
        self.result.live = live
        self._clock = time.perf_counter()

    def see(self, exchange: Exchange) -> Seen:
        """Judge an exchange."""
        return self.inspector.see(exchange)

    def judge_crashes(self) -> None:
        """Judge a service that fails now and then, whatever it is asked, and not just for a while."""
        if (found := self.inspector.relapses.worst()) is not None:
            told, call = found
            self.inspector.judge(_NO_LASTING_CRASH, Problem(told), call)

    def judge_callbacks(self) -> None:
        """Judge whether callbacks had been lost when a recording ended, for which nobody has waited."""
        last = self.inspector.latest
        found = lost_callbacks(self.inspector.worlds, last) if last is not None else None
        if last is not None and found is not None:
            self.inspector.judge(_CALLBACKS_END_WITH_ONE_FINAL, found, last)

    def close(self) -> RunResult:
        """Sum up what was found until now."""
        inspector, result = self.inspector, self.result
        result.elapsed = time.perf_counter() - self._clock
        result.exchanges, result.foreign, result.faults = inspector.seen, inspector.foreign, inspector.faults
        result.unrecorded, result.crashes = inspector.unrecorded, inspector.crashes
        result.coverage = inspector.coverage.to_json()
        result.readings = inspector.readings
        if self._recorder is not None:
            result.stopped = result.stopped or self._recorder.fault
        result.known_differences = self._register.to_json()
        return result
