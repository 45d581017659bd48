"""The catalogue: every rule, grouped by what it is about."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from . import (
    access,
    accounts,
    callbacks,
    capacity,
    document,
    downloads,
    errors,
    existence,
    files,
    generated,
    items,
    lists,
    orders,
    parameters,
    scheduler,
    uploads,
)
from .rule import Rule

CATALOGUE: Final[tuple[Rule, ...]] = (
    *document.RULES,
    *errors.RULES,
    *access.RULES,
    *accounts.RULES,
    *parameters.RULES,
    *existence.RULES,
    *orders.RULES,
    *items.RULES,
    *capacity.RULES,
    *scheduler.RULES,
    *lists.RULES,
    *downloads.RULES,
    *files.RULES,
    *uploads.RULES,
    *callbacks.RULES,
    *generated.RULES,
)
"""All rules, in the order of reports."""

_BY_ID: Final = {rule.id: rule for rule in CATALOGUE}


class UnknownRuleError(KeyError):
    """No rule has an id; the message names it, and the nearest one there is."""

    def __str__(self) -> str:
        return str(self.args[0])


def rule(rule_id: str) -> Rule:
    """Return a rule by its id; UnknownRuleError if there is none."""
    if rule_id not in _BY_ID:
        near = get_close_matches(rule_id, _BY_ID, 1)
        raise UnknownRuleError(f"no rule has the id {rule_id!r}{f'; do you mean {near[0]}?' if near else ''}")
    return _BY_ID[rule_id]


def pick(*, only: Iterable[str] = (), without: Iterable[str] = ()) -> tuple[Rule, ...]:
    """Return the rules with these ids (all if none are given) but for those left out.

    Raises:
        UnknownRuleError: No rule has one of the ids.

    """
    wanted = [rule(each) for each in only] or list(CATALOGUE)
    unwanted = {rule(each).id for each in without}
    return tuple(each for each in wanted if each.id not in unwanted)
