"""One stream of exchanges, read for what the document does not say: recordings, or live traffic.

Plug in what learns something else from the same stream as a `Watcher`: the session shows it each call that teaches
something, in order, and puts what its `readings()` returns into `readings` of the report.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

from ..document.call import CALLBACK, Call
from ..document.reader import Reader
from ..document.router import Router
from ..exchanges.exchange import Exchange, NotRecordedError
from ..exchanges.recording import read_all
from .broken import why_broken
from .changes import Action, Changes
from .facts import Fact, Facts
from .findings import Kind, Spot, Where
from .observing import Observer
from .outline import Outline
from .refusing import Refusal
from .report import Difference, DriftReport, Sight
from .telling import change_in_words
from .unknown import shown

_LAST: Final = {Kind.NULL: 1}
"""Null comes after types: where a schema has several, it is one more of them."""


class Watcher(Protocol):
    """Learns something of its own from the stream."""

    def see(self, call: Call) -> None:
        """Take in a call: one of the service's own, answered, neither broken nor cut. It may raise nothing."""

    def readings(self) -> list[dict[str, Any]]:
        """Return the rows for `readings` of the report, none if it learns something else."""


class Drift:
    """Show it exchanges (`see`), and `close` it for what they taught. It may be shared by threads.

    `document` is what is compared with, dereferenced in nothing. `base` tells where the API is, as for `Reader`.
    """

    def __init__(
        self,
        source: str,
        document: dict[str, Any],
        *,
        revision: str = "",
        base: str | None = None,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self.report = DriftReport(source, revision)
        self._document = document
        self._outline = Outline(document)
        self._facts = Facts()
        self._observer = Observer(self._outline, self._facts)
        self._reader = Reader(Router(document), base)
        self._watchers = watchers
        self._skipped: Counter[str] = Counter()
        self._foreign = 0
        self._lock = Lock()

    def see(self, exchange: Exchange) -> None:
        """Learn from an exchange."""
        with self._lock:
            self._facts.redactor.learn(exchange)
            call = self._reader.read(exchange)
            if call.path is None and call.operation != CALLBACK:
                self._foreign += 1
            elif reason := why_broken(call):
                self._skipped[reason] += 1
            else:
                self._learn(call)

    def _learn(self, call: Call) -> None:
        try:
            self._observer.see(call)
            for each in self._watchers:
                each.see(call)
        except NotRecordedError:
            self._skipped["not recorded to the end"] += 1

    def close(self) -> DriftReport:
        """Sum up what was learned until now."""
        with self._lock:
            report, facts = self.report, self._facts
            report.foreign, report.skipped = self._foreign, self._skipped
            observer = self._observer
            report.left_out = facts.left_out + facts.budget.left_out + observer.operations.left_out
            report.left_out += observer.refusals.left_out + observer.sent.left_out
            report.operations = len(self._outline.operations)
            report.reached = self._reached()
            report.differences = (*self._differences(), *map(self._refusal, observer.refusals))
            report.sent = tuple(self._difference(each, []) for each in observer.sent)
            report.readings = [row for each in self._watchers for row in each.readings()]
            return report

    def _reached(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (operation, status, where), count in self._facts.reached.items():
            if where is not Where.REQUEST:
                found.setdefault(operation, {})[str(status or "request")] = count
        return found

    def _differences(self) -> Iterable[Difference]:
        changes = Changes(self._document)
        operations = {shown(each): each for each in self._observer.operations}
        for fact in sorted(self._facts, key=lambda each: _LAST.get(each.key.kind, 0)):
            if fact.key.kind is Kind.OPERATION:
                actions = changes.of_operation(operations[fact.key.detail])
            else:
                actions = changes.of(fact)
            yield self._difference(fact, actions)

    def _refusal(self, refusal: Refusal) -> Difference:
        spot, tally = Spot(refusal.operation, 400, Where.REQUEST), refusal.tally
        sight = Sight(spot, tally.count, refusal.of, tally.first, tally.last)
        cause = self._facts.redactor.text(refusal.cause)
        told = cause or "nothing alone tells these requests from those that were taken"
        return Difference(
            Kind.REFUSED, refusal.text, (sight,), refusal.example, f"{told}; an overlay admits no refusal", ()
        )

    def _difference(self, fact: Fact, actions: list[Action]) -> Difference:
        sights = tuple(
            Sight(
                spot, tally.count, self._facts.reached[spot.operation, spot.status, spot.where], tally.first, tally.last
            )
            for spot, tally in fact.spots.items()
        )
        return Difference(
            fact.key.kind, fact.key.detail, sights, fact.example, change_in_words(fact, actions), tuple(actions)
        )


def drift(files: Iterable[Path], session: Drift) -> DriftReport:
    """Show a session all recordings, one after the other, as one history.

    An exchange that cannot be read is left out. A broken file ends the reading, and so does Ctrl-C: the report has what
    was learned, and says what was not read.
    """
    stopped = read_all(files, session.see)
    report = session.close()
    if not stopped and not report.answers:
        told = sum(report.skipped.values())
        stopped = f"no answer of the API to learn from among {told + report.foreign}"
        stopped += "; --base says where it is" if report.foreign else ""
    report.stopped = stopped
    return report
