"""A dated register of known differences of a target: what it excuses, until when, and why.

```toml
# deviations.toml
[[deviation]]
rule = "status-triple-agrees"   # a rule's id
operation = "get_music"         # optional: only where this operation broke it
field = "progress"              # optional: only where the message or its key has this text
reason = "Their staging mock rounds progress; ticket with the vendor since October"
since = 2026-10-05
expires = 2026-12-31            # the last day on which it excuses anything
```
"""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from ..rules.catalogue import UnknownRuleError, rule
from ..rules.rule import Violation
from .ledger import KnownViolation

_TEXTS: Final = ("rule", "operation", "field", "reason")
_DATES: Final = ("since", "expires")
_REQUIRED: Final = ("rule", "reason", "since", "expires")

TEMPLATE: Final = """\
# Known differences of a target. A violation that an entry matches is reported and fails nothing, until the entry
# expires; then it fails again. Entries that match nothing are reported: delete them.
#
# [[deviation]]
# rule = "status-triple-agrees"   # the rule's id, as in the report
# operation = "get_music"         # optional: only where this operation broke it
# field = "progress"              # optional: only where the message has this text
# reason = "Why this is known and who cares for it"
# since = 2026-01-31
# expires = 2026-06-30            # the last day on which it excuses anything
"""
"""What a new `deviations.toml` begins with."""


class RegisterError(ValueError):
    """A register cannot be used; the message names the file and the entry."""


@dataclass(frozen=True)
class KnownDifference:
    """One entry: which violations it excuses, why, from and until which day."""

    rule: str
    reason: str
    since: date
    expires: date
    operation: str = ""
    field: str = ""

    def matches(self, violation: Violation) -> bool:
        """Whether it speaks of this violation, whatever the day."""
        if violation.rule.id != self.rule:
            return False
        if self.operation and self.operation not in {call.operation for call in violation.calls[-1:]}:
            return False
        return self.field in violation.key or self.field in violation.message

    def excuses_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day <= self.expires

    @property
    def name(self) -> str:
        """How reports call it."""
        return " ".join(filter(None, (self.rule, self.operation, self.field)))


@dataclass
class Register:
    """The known differences of one target. `run`, `check` and the proxy take one."""

    entries: tuple[KnownDifference, ...] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    _used: set[KnownDifference] = field(default_factory=set, init=False, repr=False)

    def excuse(self, violation: Violation) -> KnownViolation | None:
        """Return a violation with its excuse, or None if it has none today."""
        found = None
        for entry in self.entries:
            if entry.matches(violation):
                self._used.add(entry)
                if found is None and entry.excuses_on(self.today):
                    found = KnownViolation(violation, entry.reason, entry.expires.isoformat())
        return found

    def to_json(self) -> list[dict[str, Any]]:
        """Return what each entry did, as plain data."""
        return [self._told(entry) for entry in self.entries]

    def _told(self, entry: KnownDifference) -> dict[str, Any]:
        return {
            "name": entry.name,
            "rule": entry.rule,
            "operation": entry.operation,
            "field": entry.field,
            "reason": entry.reason,
            "since": entry.since.isoformat(),
            "expires": entry.expires.isoformat(),
            "state": self._state(entry),
        }

    def _state(self, entry: KnownDifference) -> str:
        if self.today > entry.expires:
            return "expired" if entry in self._used else "expired and unused"
        if self.today < entry.since:
            return "not yet in force"
        return "used" if entry in self._used else "unused"


def load_register(path: Path, *, today: date | None = None) -> Register:
    """Read a `deviations.toml`; RegisterError if it cannot be used.

    An entry may speak of any rule there is: one register serves runs, recordings and proxies alike.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegisterError(f"{path}: not a TOML file: {error}") from error
    listed = content.pop("deviation", [])
    if content:
        raise RegisterError(f"{path}: unknown {next(iter(content))!r}; entries begin with [[deviation]]")
    if not isinstance(listed, list):
        raise RegisterError(f"{path}: entries begin with [[deviation]], in double brackets")
    entries = tuple(_entry(f"{path}: deviation {number}", each) for number, each in enumerate(listed, 1))
    return Register(entries, today) if today else Register(entries)


def _entry(where: str, given: Any) -> KnownDifference:
    if not isinstance(given, dict):
        raise RegisterError(f"{where}: entries begin with [[deviation]], in double brackets")
    named = f"{where} ({given['rule']})" if isinstance(given.get("rule"), str) else where
    problem = _problem(given)
    if problem:
        raise RegisterError(f"{named}: {problem}")
    return KnownDifference(**given)


def _problem(given: dict[str, Any]) -> str:
    for name in _REQUIRED:
        if name not in given:
            return f"{name} is missing"
    for name, value in given.items():
        if problem := _value_problem(name, value):
            return problem
    if given["expires"] < given["since"]:
        return f"expires on {given['expires']}, before it begins on {given['since']}"
    try:
        rule(given["rule"])
    except UnknownRuleError as error:
        return str(error)
    return ""


def _value_problem(name: str, value: Any) -> str:
    if name not in (*_TEXTS, *_DATES):
        return f"unknown key {name!r}; known are {', '.join((*_TEXTS, *_DATES))}"
    if name in _TEXTS and not (isinstance(value, str) and value.strip()):
        return f"{name} must be a text"
    if name in _DATES and (not isinstance(value, date) or isinstance(value, datetime)):
        return f"{name} must be a date without quotes, such as 2026-06-30"
    return ""
