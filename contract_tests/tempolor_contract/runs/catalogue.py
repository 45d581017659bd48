"""Everything there is to judge by, put together for a run: the catalogue, the model, the generated tests."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from ..rules.catalogue import CATALOGUE
from ..rules.rule import Rule
from ..target.guard import Level
from ..target.target import Target

_CATALOGUE_IDS = frozenset(rule.id for rule in CATALOGUE)


def suite(  # noqa: PLR0913 - each says what is among the rules
    target: Target,
    *,
    only: Iterable[str] = (),
    without: Iterable[str] = (),
    model: bool = True,
    generated: bool = True,
    seed: int = 0,
) -> tuple[Rule, ...]:
    """Return the rules of a run on a target: those with these ids (all if none are given) but for those left out.

    The rules of the model and of the generated tests bring their scenarios along, in an extent that suits the target's
    time. KeyError for an unknown id.
    """
    only, without = tuple(only), tuple(without)
    rules = [*CATALOGUE]
    # What is not asked for need not be loaded, which takes a second.
    if not only or not _CATALOGUE_IDS.issuperset((*only, *without)):
        rules += _model(target, seed) if model else ()
        rules += _generated(target, seed) if generated else ()
    by_id = {rule.id: rule for rule in rules}
    wanted = [by_id[each] for each in only] or rules
    unwanted = {by_id[each].id for each in without}
    return tuple(rule for rule in wanted if rule.id not in unwanted)


def onlookers(rules: Iterable[Rule] = CATALOGUE) -> tuple[Rule, ...]:
    """Return rules that judge what passes, without the scenarios that would provoke something."""
    return tuple(replace(rule, scenarios=()) for rule in rules)


def rule_ids() -> frozenset[str]:
    """Return the ids of all rules there are: the catalogue's, the model's, those of the generated tests."""
    from .schemathesis import GENERATED_RULE_IDS  # noqa: PLC0415 - Schemathesis takes a second
    from .stateful.machine import MODEL_RULE_IDS  # noqa: PLC0415 - Hypothesis is needed only here

    return _CATALOGUE_IDS | {*MODEL_RULE_IDS, *GENERATED_RULE_IDS}


def why_no_rule(rule_id: str) -> str:
    """Return why an id names none of the rules that could be chosen, in one line."""
    known = rule_ids()
    if rule_id in known:
        return f"{rule_id} is a rule of the model or the generated tests, and they are no part of this"
    near = get_close_matches(rule_id, known, 1)
    return f"no rule has the id {rule_id!r}{f'; do you mean {near[0]}?' if near else ''}"


def _model(target: Target, seed: int) -> tuple[Rule, ...]:
    from .stateful.machine import Pace, model_rules  # noqa: PLC0415 - Hypothesis is needed only here

    return model_rules(Pace() if target.steers else Pace(examples=10, steps=20, calls=1200, seconds=40), seed=seed)


def _generated(target: Target, seed: int) -> tuple[Rule, ...]:
    from .schemathesis import Extent, generated_rules  # noqa: PLC0415 - Schemathesis takes a second

    if target.level is not Level.FULL:
        return generated_rules(Extent(examples=1, sequences=1), seed=seed)
    return generated_rules(Extent() if target.steers else Extent(examples=4, sequences=8, slow=8), seed=seed)
