"""A service that does otherwise contradicts the reading of the decisions that says so."""

import pytest
from broken import MUTANTS, VARIANTS, Service
from tempolor_contract import CATALOGUE, run
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_contract.readings.judge import Verdict
from tempolor_contract.readings.register import RuleCheck, readings
from tempolor_contract.runs.catalogue import SCENARIOS

BY_ID = {each.id: each for each in (*MUTANTS, *VARIANTS)}
BY_READING = {each.id: each for each in readings()}
SAMPLE = {"D-03": "wrong-method-404", "D-32": "stamps-a-year-apart", "D-09": "foreign-number-in-ids"}


def _mutants():
    """Return a mutant for each rule that settles a reading by itself, where one breaks that rule and no other."""
    found = []
    for reading in readings():
        rules = [each.rule for each in reading.checks if isinstance(each, RuleCheck) and not each.when]
        for rule in rules:
            mutant = next((each.id for each in MUTANTS if each.expects == (rule,)), None)
            if mutant is not None and mutant not in SAMPLE.values():
                found.append(pytest.param(reading.id, mutant, rule, id=f"{reading.id}-{mutant}"))
    return found


@pytest.fixture(scope="module")
def service():
    """Return a service that mutants can take the place of."""
    with Service() as running:
        yield running


def verdicts(service, mutant_id, rules):
    """Return what scenarios say of the readings, on a mutant or, for None, on the mock itself.

    Those are played that provoke one of the rules, or all if none are named.
    """
    scenarios = [each for each in SCENARIOS if not rules or not rules.isdisjoint(each.provokes)]
    with service.mutated(BY_ID[mutant_id] if mutant_id else None), CallbackReceiver() as receiver:
        result = run(service.target(), CATALOGUE, scenarios=scenarios, receiver=receiver)
    return result.readings.tallies


@pytest.mark.parametrize(("reading_id", "mutant_id"), list(SAMPLE.items()))
def test_a_mutant_contradicts_its_reading(service, reading_id, mutant_id):
    """The calls that do so are kept."""
    tally = verdicts(service, mutant_id, {min(BY_READING[reading_id].rules)})[reading_id]

    assert tally.verdict is Verdict.CONTRADICTED
    assert tally.against


@pytest.mark.slow
@pytest.mark.parametrize(("reading_id", "mutant_id", "rule"), _mutants())
def test_every_rule_of_a_reading_can_contradict_it(service, reading_id, mutant_id, rule):
    """As far as there is a mutant that breaks the rule."""
    found = verdicts(service, mutant_id, {rule})[reading_id].verdict
    if found is not Verdict.CONTRADICTED:  # What one scenario leaves behind is often what another one trips over.
        found = verdicts(service, mutant_id, set())[reading_id].verdict

    assert found is Verdict.CONTRADICTED


def test_the_mock_itself_contradicts_nothing(service):
    """It keeps to the readings, which is why its traffic settles none: it counts as seen elsewhere."""
    tallies = verdicts(service, None, {"wrong-method-is-405", "order-comes-back"})

    assert [each.reading.id for each in tallies.values() if each.verdict is Verdict.CONTRADICTED] == []
    assert {where for each in tallies.values() for where in each.count.confirmed} == {"elsewhere"}
