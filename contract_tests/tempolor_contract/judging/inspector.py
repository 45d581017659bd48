"""Puts one exchange after the other through the document, the rules and the world."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from ..document.call import CALLBACK, FILE, Call
from ..document.coverage import Coverage
from ..document.reader import Reader
from ..exchanges.exchange import Exchange, NotRecordedError
from ..readings.judge import Readings
from ..rules.conformance import DocumentJudge
from ..rules.history.records import Crashes
from ..rules.history.world import World
from ..rules.history.worlds import Worlds
from ..rules.rule import FINE, Judged, Problem, Rule, Violation
from .ledger import Excuse, Ledger
from .relapses import Relapses


@dataclass(frozen=True)
class Seen:
    """What an inspector made of an exchange.

    `violations` are those of this exchange, tolerated ones among them; `failures` those that make the service fail.
    """

    call: Call
    violations: tuple[Violation, ...] = ()
    failures: tuple[Violation, ...] = ()


_Found = tuple[Violation, bool]


class Inspector:
    """Judges a stream of exchanges by everything that can be said without sending one.

    Feed it exchanges in the order in which they began. It may be shared by threads. `live` says whose service it is;
    None decides by the host of each request. `excuse` is asked about each violation, and `record` shown each exchange.
    """

    def __init__(  # noqa: PLR0913 - a front door with many keys
        self,
        rules: Iterable[Rule],
        document: DocumentJudge,
        *,
        base: str | None = None,
        live: bool | None = None,
        seed: int | None = None,
        excuse: Excuse | None = None,
        record: Callable[[Exchange], None] | None = None,
    ) -> None:
        self.rules = tuple(rules)
        self.document = document
        self.ledger = Ledger(self.rules, excuse)
        self.worlds = Worlds()
        self.coverage = Coverage(document.document)
        self.readings = Readings(document.document, live=live)
        self.seen = 0
        self.latest: Call | None = None
        self.foreign = 0
        self.faults = 0
        self.crashes = 0
        self.relapses = Relapses()
        self.unrecorded = 0
        self._record = record
        self._reader = Reader(document.router, base)
        self._live = live
        self._seed = seed
        self._lock = Lock()
        self._judging = [rule for rule in self.rules if rule.single or rule.history]
        self._by_operation: dict[str, tuple[Rule, ...]] = {}

    def see(self, exchange: Exchange) -> Seen:
        """Judge an exchange, then learn from it."""
        with self._lock:
            if self._record is not None:
                self._record(exchange)
            call = self.worlds.linked(self._reader.read(exchange))
            if call.path is None and call.operation not in {CALLBACK, FILE}:
                self.foreign += 1
                return Seen(call)
            self.seen += 1
            self.latest = call
            self.faults += call.status == 0
            self._count_crash(call)
            found = tuple(self._judge(call))
            # What has another shape than the document's teaches nothing, nor does what was not recorded.
            with suppress(AttributeError, KeyError, TypeError, ValueError, NotRecordedError):
                self.worlds.observe(call)
            with suppress(NotRecordedError):
                self.coverage.add(call)
            self.readings.see(call)
            self.unrecorded += any(each.truncated for each in (exchange.request, exchange.response) if each)
            return Seen(call, tuple(each for each, _ in found), tuple(each for each, fails in found if fails))

    def _count_crash(self, call: Call) -> None:
        if call.operation in {CALLBACK, FILE}:
            return
        self.crashes += Crashes.is_crash(call)
        self.relapses.add(call)

    def judge(self, rule: Rule, problem: Problem | None, call: Call) -> Violation | None:
        """Count a judgement that somebody else made: fine with None, else a problem, shown by `call`.

        Rules that are none of this inspector's are left alone.
        """
        if rule.id not in self.ledger.tallies:
            return None
        with self._lock:
            self.ledger.judged(rule.id)
            self.readings.judged(rule.id, FINE if problem is None else (problem,), call)
            return None if problem is None else self._violation(rule, problem, call)[0]

    def unjudged(self, rule: Rule, reason: str) -> None:
        """Count that somebody else could not judge a rule."""
        if rule.id in self.ledger.tallies:
            self.ledger.inconclusive(rule.id, reason)

    def _judge(self, call: Call) -> Iterable[_Found]:
        for rule, judged in self.document.judge(call):
            if rule.id in self.ledger.tallies:
                yield from self._count(rule, judged, call)
        world = self.worlds.of(call)
        for rule in self._rules_for(call.operation):
            # What a request asks for whose query says two things is open; that its answer has a form is not.
            if not (call.repeats and rule.on):
                yield from self._apply(rule, call, world)

    def _apply(self, rule: Rule, call: Call, world: World) -> Iterable[_Found]:
        try:
            judged = [rule.single(call)] if rule.single else []
            judged += [rule.history(call, world)] if rule.history else []
        except NotRecordedError:
            self.ledger.inconclusive(rule.id, "a body was not recorded")
            return
        except Exception as error:  # noqa: BLE001 - an answer may be of any shape; that it is wrong, the schema says
            self.ledger.inconclusive(rule.id, f"unreadable: {type(error).__name__}")
            return
        for each in judged:
            yield from self._count(rule, each, call)

    def _rules_for(self, operation: str) -> tuple[Rule, ...]:
        if operation not in self._by_operation:
            chosen = (rule for rule in self._judging if operation in rule.on or not rule.on)
            self._by_operation[operation] = tuple(chosen)
        return self._by_operation[operation]

    def _count(self, rule: Rule, judged: Judged, call: Call) -> Iterable[_Found]:
        if judged is None:
            return
        self.ledger.judged(rule.id)
        self.readings.judged(rule.id, judged, call)
        for problem in judged:
            yield self._violation(rule, problem, call)

    def _violation(self, rule: Rule, problem: Problem, call: Call) -> _Found:
        violation = Violation(rule, problem.message, (*problem.earlier, call), self._seed, problem.key)
        live = call.live if self._live is None else self._live
        return violation, self.ledger.violated(violation, live=live)
