"""Everything that can be played on a service: the scenarios, random steps, generated tests."""

from collections.abc import Iterable
from typing import Final

from ..rules import generated
from ..rules.rule import Rule
from .scenarios import (
    access,
    account_choice,
    accounts,
    callbacks,
    capacity,
    combinations,
    invalid_orders,
    lifecycle,
    other_user,
    paging,
    survey,
    texts,
    uploads,
)
from .scenarios.lab import Lab
from .scenarios.scenario import Need, Scenario, ids

_NEEDS: Final = frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT})


def _step_at_random(lab: Lab) -> None:
    from .stateful.machine import drive  # noqa: PLC0415 - Hypothesis is needed only here

    drive(lab)


def _generate(lab: Lab) -> None:
    from .schemathesis.engine import generate  # noqa: PLC0415 - Schemathesis takes a second to load

    generate(lab)


SCENARIOS: Final = (
    survey.SURVEY,
    access.METHODS,
    access.WRITES,
    access.TOKENS,
    access.OWN_IDS,
    invalid_orders.ORDERS,
    uploads.REFUSALS,
    accounts.ACCOUNTS,
    accounts.ONE_ACCOUNT,
    accounts.AGAIN,
    accounts.MANY,
    lifecycle.SONG,
    uploads.MIDI,
    uploads.VOICE,
    other_user.OTHER_USER,
    other_user.NAMESAKE,
    lifecycle.INSTRUMENTAL,
    texts.TEXTS,
    texts.LIMITS,
    account_choice.NAMELESS,
    combinations.COMBINATIONS,
    lifecycle.CANCEL,
    capacity.OWN_LIMIT,
    capacity.ACCOUNT_LIMIT,
    capacity.BURST,
    lifecycle.TWO_ACCOUNTS,
    paging.WALK,
    uploads.STEMS,
    lifecycle.EXPIRY,
    lifecycle.OLD_LINKS,
    lifecycle.ARTIST,
    uploads.TYPES,
    uploads.SPELLINGS,
    callbacks.CALLBACKS,
    callbacks.CANCELLED,
    callbacks.FAILING,
    callbacks.LATE,
)
"""The plays that are written down, each for rules of its own."""

# The cost of these two counts creations of the plan, which must not be refused for what they could spend at most.
STATEFUL: Final = Scenario(
    "stateful",
    _step_at_random,
    _NEEDS,
    late=True,
    provokes=ids(
        "account-round-trips available-has-the-limits busy-lists-only-running busy-only-when-full cancel-works-once "
        "complete-can-be-downloaded deleted-is-gone final-stays-final finished-item-is-stable full-is-busy "
        "item-keeps-its-identity jobs-are-new jobs-come-to-an-end pages-neither-lose-nor-repeat "
        "progress-never-goes-back refused-order-starts-nothing running-row-goes-on scheduler-lists-what-runs "
        "what-was-made-can-be-found"
    ),
)
"""Random steps, in an extent that suits the target's time: for what has to hold whatever came before."""

GENERATED: Final = Scenario(
    "generated", _generate, _NEEDS, late=True, provokes=tuple(rule.id for rule in generated.RULES)
)
"""Requests that Schemathesis generates, in an extent that suits the target's time."""


def provoking(rules: Iterable[Rule]) -> tuple[Scenario, ...]:
    """Return the scenarios that provoke one of these rules.

    Random steps are among them if they are for most of the rules they provoke: for a few, scenarios are enough, and
    take a second in place of half a minute.
    """
    wanted = {rule.id for rule in rules}
    at_random = 2 * len(wanted.intersection(STATEFUL.provokes)) > len(STATEFUL.provokes)
    chosen = (*SCENARIOS, *((STATEFUL,) if at_random else ()), GENERATED)
    return tuple(each for each in chosen if not wanted.isdisjoint(each.provokes))
