"""Takes a stream of calls and judgements, and counts what they say about each reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from ..document.call import Call
from ..exchanges.exchange import NotRecordedError
from ..exchanges.redaction import Redactor
from .conditions import Condition, compiled, known_names
from .marks import Marks, fits
from .register import CallCheck, Reading, RuleCheck, readings

LIVE, ELSEWHERE = "live", "elsewhere"

_MOST_SHOWN: Final = 3
_MOST_DAYS: Final = 1000


class Verdict(StrEnum):
    """What traffic says of a reading."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_REACHED = "not reached"
    UNDECIDABLE = "no traffic can settle it"


@dataclass
class Count:
    """How often something was confirmed and contradicted, by whose service it was seen on, and on which days."""

    confirmed: dict[str, int] = field(default_factory=dict)
    contradicted: dict[str, int] = field(default_factory=dict)
    days: dict[str, set[str]] = field(default_factory=dict)

    def add(self, *, fine: bool, where: str, day: str) -> None:
        """Count once."""
        side = self.confirmed if fine else self.contradicted
        side[where] = side.get(where, 0) + 1
        days = self.days.setdefault(where, set())
        if day and fine and len(days) < _MOST_DAYS:
            days.add(day)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "confirmed": dict(self.confirmed),
            "contradicted": dict(self.contradicted),
            "days": {where: sorted(days) for where, days in self.days.items() if days},
        }


@dataclass
class Tally:
    """What became of a reading: in all, by marked place and keyword, and the first calls that contradict it."""

    reading: Reading
    count: Count = field(default_factory=Count)
    marks: dict[str, Count] = field(default_factory=dict)
    against: list[tuple[str, Call]] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """One contradiction outweighs any number of confirmations."""
        if self.count.contradicted:
            return Verdict.CONTRADICTED
        if self.count.confirmed:
            return Verdict.CONFIRMED
        return Verdict.NOT_REACHED if self.reading.checks else Verdict.UNDECIDABLE

    def to_json(self, redactor: Redactor) -> dict[str, Any]:
        """Return it as plain data without secrets."""
        return {
            "id": self.reading.id,
            "question": self.reading.question,
            "verdict": self.verdict,
            **self.count.to_json(),
            "marks": {place: count.to_json() for place, count in self.marks.items()},
            "against": [_shown(why, call, redactor) for why, call in self.against],
            "why_not": self.reading.why_not,
        }


def _shown(why: str, call: Call, redactor: Redactor) -> dict[str, Any]:
    shown = redactor.shown(call.exchange).to_json()
    return {"why": redactor.text(why), "number": call.number, "operation": call.operation, **shown}


@dataclass(frozen=True)
class _Compiled:
    """A check of a reading that looks at calls."""

    tally: Tally
    when: Condition
    confirms: Condition | None
    contradicts: Condition | None
    operations: frozenset[str]


@dataclass(frozen=True)
class _OfRule:
    """A check of a reading that looks at judgements of a rule."""

    tally: Tally
    when: Condition
    only: str


class Readings:
    """Show it calls (`see`) and what rules made of them (`judged`); it keeps counts, and a few calls.

    `live` says whose service it is, None goes by the host of each request: what a mock shows says nothing about the
    service, so the two are counted apart.
    """

    def __init__(self, document: dict[str, Any], *, live: bool | None = None) -> None:
        self.tallies = {each.id: Tally(each) for each in readings()}
        self._document = document
        self._live = live
        self._call: Call | None = None
        self._where = self._day = ""
        self._known = known_names(document)
        self._rules: dict[str, list[_OfRule]] = {}
        self._calls: list[_Compiled] = []
        self._by_operation: dict[str, list[_Compiled]] = {}
        self._owners: dict[str, list[Tally]] = {}
        for tally in self.tallies.values():
            self._prepare(tally)

    def _prepare(self, tally: Tally) -> None:
        for check in tally.reading.checks:
            if isinstance(check, RuleCheck):
                entry = _OfRule(tally, compiled(check.when, self._known), check.only)
                self._rules.setdefault(check.rule, []).append(entry)
            elif isinstance(check, CallCheck):
                self._calls.append(self._compiled(tally, check))

    def _compiled(self, tally: Tally, check: CallCheck) -> _Compiled:
        when, confirms, contradicts = (
            None if each is None else compiled(each, self._known)
            for each in (check.when, check.confirms, check.contradicts)
        )
        assert when is not None  # noqa: S101 - it may be empty, but is there
        return _Compiled(tally, when, confirms, contradicts, _named(check))

    @cached_property
    def _marks(self) -> Marks:
        return Marks(self._document)

    def _owners_of(self, place: str) -> list[Tally]:
        """Return the readings that are about a marked place; most places of the document no traffic ever reaches."""
        if place not in self._owners:
            self._owners[place] = [each for each in self.tallies.values() if fits(place, each.reading.places)]
        return self._owners[place]

    def judged(self, rule_id: str, problems: Sequence[Any], call: Call) -> None:
        """Take in what a rule made of a call: nothing wrong, or problems with a message each."""
        for check in self._rules.get(rule_id, ()):
            side = "contradicts" if problems else "confirms"
            if check.only in {"", side} and _holds(check.when, call):
                why = f"{rule_id}: {problems[0].message}" if problems else ""
                self._count(check.tally, call, fine=not problems, why=why)

    def see(self, call: Call) -> None:
        """Take in a call."""
        if call.unclear and call.status != 596:
            return
        for check in self._checks_of(call.operation):
            if _holds(check.when, call):
                self._see_check(check, call)
        self._see_marks(call)

    def _see_check(self, check: _Compiled, call: Call) -> None:
        if check.contradicts is not None and _holds(check.contradicts, call):
            self._count(check.tally, call, fine=False, why=f"{call.operation} {call.status} {call.error}".strip())
        elif check.confirms is not None and _holds(check.confirms, call):
            self._count(check.tally, call, fine=True)

    def _see_marks(self, call: Call) -> None:
        try:
            found = list(self._marks.judge(call))
        except NotRecordedError:
            return
        for place, keyword, fine in found:
            for tally in self._owners_of(place):
                self._count(tally, call, fine=fine, why=f"{keyword} at {place}")
                self._add(tally.marks.setdefault(f"{place} {keyword}", Count()), call, fine=fine)

    def _checks_of(self, operation: str) -> list[_Compiled]:
        if operation not in self._by_operation:
            chosen = [each for each in self._calls if not each.operations or operation in each.operations]
            self._by_operation[operation] = chosen
        return self._by_operation[operation]

    def _count(self, tally: Tally, call: Call, *, fine: bool, why: str = "") -> None:
        self._add(tally.count, call, fine=fine)
        if not fine and len(tally.against) < _MOST_SHOWN:
            tally.against.append((why, call))

    def _add(self, count: Count, call: Call, *, fine: bool) -> None:
        if call is not self._call:
            # A call counts many times, and where and when it was is read once.
            self._call = call
            live = call.live if self._live is None else self._live
            started = call.exchange.started
            self._where = LIVE if live else ELSEWHERE
            self._day = datetime.fromtimestamp(started, UTC).date().isoformat() if started else ""
        count.add(fine=fine, where=self._where, day=self._day)

    def by_verdict(self) -> dict[str, list[str]]:
        """Return the ids of the readings by what traffic says of them."""
        found: dict[str, list[str]] = {each.value: [] for each in Verdict}
        for tally in self.tallies.values():
            found[tally.verdict].append(tally.reading.id)
        return found

    def to_json(self, redactor: Redactor | None = None) -> list[dict[str, Any]]:
        """Return a row for each reading, without secrets."""
        redactor = redactor or Redactor()
        return [each.to_json(redactor) for each in self.tallies.values()]


def _holds(condition: Condition, call: Call) -> bool:
    try:
        return condition(call)
    except NotRecordedError:
        return False


def _named(check: CallCheck) -> frozenset[str]:
    """Return the operations that a check is about, none for all."""
    sides = [check.when, *filter(None, (check.confirms, check.contradicts))]
    found = [_operations(each) for each in sides]
    if found[0] or not all(found[1:]):
        return frozenset(found[0])
    return frozenset(name for names in found for name in names)


def _operations(condition: Mapping[str, Any]) -> Iterable[str]:
    given = condition.get("operation", [])
    return [given] if isinstance(given, str) else given
