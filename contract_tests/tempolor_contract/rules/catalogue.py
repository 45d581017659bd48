"""The catalogue: every rule, grouped by what it is about."""

from collections.abc import Iterable
from typing import Final

from . import (
    access,
    accounts,
    callbacks,
    capacity,
    document,
    errors,
    existence,
    files,
    items,
    lists,
    orders,
    scheduler,
    uploads,
)
from .rule import Rule

CATALOGUE: Final[tuple[Rule, ...]] = (
    *document.RULES,
    *errors.RULES,
    *access.RULES,
    *accounts.RULES,
    *existence.RULES,
    *orders.RULES,
    *items.RULES,
    *capacity.RULES,
    *scheduler.RULES,
    *lists.RULES,
    *files.RULES,
    *uploads.RULES,
    *callbacks.RULES,
)
"""All rules, in the order of reports."""

_BY_ID: Final = {rule.id: rule for rule in CATALOGUE}


def rule(rule_id: str) -> Rule:
    """Return a rule by its id; KeyError if there is none."""
    return _BY_ID[rule_id]


def pick(*, only: Iterable[str] = (), without: Iterable[str] = ()) -> tuple[Rule, ...]:
    """Return the rules with these ids (all if none are given) but for those left out; KeyError for an unknown id."""
    wanted = [rule(each) for each in only] or list(CATALOGUE)
    unwanted = {rule(each).id for each in without}
    return tuple(each for each in wanted if each.id not in unwanted)
