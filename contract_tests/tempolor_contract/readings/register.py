"""Reads the register of readings: what in traffic confirms each of them, and what contradicts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SIDES: Final = ("confirms", "contradicts")


class RegisterError(ValueError):
    """The register of readings is not as it should be; the message names the reading."""


@dataclass(frozen=True)
class RuleCheck:
    """A rule that was judged fine confirms, one that was violated contradicts; `only` may take one side of that."""

    rule: str
    when: Mapping[str, Any]
    only: str = ""


@dataclass(frozen=True)
class MarkCheck:
    """The keywords that are marked at places of the document confirm where values hold to them."""

    places: tuple[str, ...]


@dataclass(frozen=True)
class CallCheck:
    """Of the calls that fulfil `when`, those that fulfil `confirms` or `contradicts` do so; None for neither."""

    when: Mapping[str, Any]
    confirms: Mapping[str, Any] | None
    contradicts: Mapping[str, Any] | None


Check = RuleCheck | MarkCheck | CallCheck


@dataclass(frozen=True)
class Reading:
    """One row of the decisions. `settles` are places that are marked as a whole; `why_not` is empty if traffic does."""

    id: str
    question: str
    checks: tuple[Check, ...] = ()
    why_not: str = ""
    settles: tuple[str, ...] = ()

    @property
    def rules(self) -> frozenset[str]:
        """The ids of the rules that tell."""
        return frozenset(each.rule for each in self.checks if isinstance(each, RuleCheck))

    @property
    def confirming_rules(self) -> frozenset[str]:
        """The ids of the rules that confirm it where they are judged fine."""
        return frozenset(each.rule for each in self.checks if isinstance(each, RuleCheck) and _confirms(each))

    @property
    def places(self) -> tuple[str, ...]:
        """Patterns of the places whose marked keywords tell."""
        return tuple(place for each in self.checks if isinstance(each, MarkCheck) for place in each.places)

    @property
    def can_be_confirmed(self) -> bool:
        """Whether there is a check that something in traffic can confirm."""
        return any(_confirms(each) for each in self.checks)


def _confirms(check: Check) -> bool:
    match check:
        case RuleCheck():
            return check.only != "contradicts"
        case CallCheck():
            return check.confirms is not None
    return True


@cache
def readings() -> tuple[Reading, ...]:
    """Return all readings in the order of the decisions."""
    source = yaml.load(files("tempolor_spec").joinpath("readings.yaml").read_bytes(), Loader=_Loader)  # noqa: S506 - safe
    return tuple(parse(name, row) for name, row in source.items())


def parse(reading_id: str, row: Mapping[str, Any]) -> Reading:
    """Return a row of the register as a reading; RegisterError for what is none."""
    if unknown := set(row) - {"question", "checks", "why-not", "settles"}:
        raise RegisterError(f"{reading_id}: {min(unknown)} is not known")
    checks = tuple(_check(reading_id, each) for each in row.get("checks", ()))
    return Reading(reading_id, row["question"], checks, row.get("why-not", ""), tuple(row.get("settles", ())))


def _check(reading_id: str, given: Mapping[str, Any]) -> Check:
    match given:
        case {"rule": rule}:
            return RuleCheck(rule, given.get("when", {}), given.get("only", ""))
        case {"marks": places}:
            return MarkCheck(tuple(places))
        case {"confirms": _} | {"contradicts": _}:
            return CallCheck(given.get("when", {}), given.get("confirms"), given.get("contradicts"))
    raise RegisterError(f"{reading_id}: a check has neither a rule nor marks nor conditions: {given}")
