"""A register of deviations excuses what it names, for as long as it says."""

from datetime import date

import pytest
from stories import call
from tempolor_contract import RunResult, Verdict, rule
from tempolor_contract.document.call import Call
from tempolor_contract.judging.known_differences import (
    TEMPLATE,
    KnownDifference,
    Register,
    RegisterError,
    load_register,
)
from tempolor_contract.judging.ledger import Ledger
from tempolor_contract.rules.rule import Violation

TODAY = date(2026, 6, 1)
RULE = rule("status-triple-agrees")
ENTRY = {
    "rule": "status-triple-agrees",
    "reason": "their fake is older",
    "since": date(2026, 1, 1),
    "expires": date(2026, 6, 1),
}


def violation(operation="get_music", message="status 30 is not FAILED"):
    """Return a violation of one rule by one operation."""
    calls = (Call(call("GET", "/music/x"), operation=operation),)
    return Violation(RULE, message, calls, "curl")


def result_with(register, *violations):
    """Return the result of a run that found these."""
    ledger = Ledger([RULE], register.excuse)
    for each in violations:
        ledger.judged(RULE.id)
        ledger.violated(each, live=False)
    return RunResult("http://mock.example", "full", 0, ledger)


def written(folder, text):
    """Write a register."""
    file = folder / "deviations.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("entry", "verdict", "exit_code", "state"),
    [
        ({}, Verdict.KNOWN, 0, "used"),
        ({"operation": "get_music"}, Verdict.KNOWN, 0, "used"),
        ({"field": "FAILED"}, Verdict.KNOWN, 0, "used"),
        ({"operation": "list_music"}, Verdict.VIOLATED, 1, "unused"),
        ({"field": "progress"}, Verdict.VIOLATED, 1, "unused"),
        ({"expires": date(2026, 5, 31)}, Verdict.VIOLATED, 1, "expired"),
        ({"expires": date(2026, 5, 31), "field": "progress"}, Verdict.VIOLATED, 1, "expired and unused"),
        ({"since": date(2026, 6, 2), "expires": date(2027, 1, 1)}, Verdict.VIOLATED, 1, "not yet in force"),
    ],
)
def test_entry_excuses_what_it_names_while_it_is_in_force(entry, verdict, exit_code, state):
    """Rule, operation, text and day decide, the last day included."""
    register = Register((KnownDifference(**(ENTRY | entry)),), TODAY)
    result = result_with(register, violation())

    assert (result.tallies[0].verdict, result.exit_code) == (verdict, exit_code)
    assert [each["state"] for each in register.to_json()] == [state]


def test_only_the_violations_that_match_are_excused():
    """A rule that is broken elsewhere too goes on failing, and the counts say so."""
    entry = KnownDifference(**ENTRY, operation="get_music")

    tally = result_with(Register((entry,), TODAY), violation(), violation("list_music")).tallies[0]

    assert (tally.verdict, tally.count, len(tally.violations), len(tally.known)) == (Verdict.VIOLATED, 1, 1, 1)


def test_known_violations_take_no_room():
    """A ledger keeps few violations of a rule; known ones do not take their place."""
    register = Register((KnownDifference(**ENTRY, operation="get_music"),), TODAY)
    known = [violation(message=f"no. {number}") for number in range(100)]

    tally = result_with(register, *known, violation("list_music")).tallies[0]

    assert (tally.verdict, tally.count) == (Verdict.VIOLATED, 1)
    assert register.to_json()[0]["state"] == "used"


def test_file_is_read(tmp_path):
    """A register in TOML gives its entries; the template is one without any."""
    file = written(
        tmp_path,
        '[[deviation]]\nrule = "status-triple-agrees"\noperation = "get_music"\nreason = "old"\n'
        "since = 2026-01-01\nexpires = 2026-06-01\n",
    )

    assert load_register(file, today=TODAY).entries == (
        KnownDifference("status-triple-agrees", "old", date(2026, 1, 1), date(2026, 6, 1), "get_music"),
    )
    assert load_register(written(tmp_path, TEMPLATE)).entries == ()
    example = "\n".join(line.removeprefix("# ") for line in TEMPLATE.partition("#\n")[2].splitlines())
    assert load_register(written(tmp_path, example)).entries[0].field == "progress"


GOOD_LINES = {
    "rule": 'rule = "status-triple-agrees"',
    "reason": 'reason = "x"',
    "since": "since = 2026-01-01",
    "expires": "expires = 2026-06-01",
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"expires": ""}, "deviation 1 (status-triple-agrees): expires is missing"),
        ({"rule": ""}, "deviation 1: rule is missing"),
        ({"rule": 'rule = "status-triple-agree"'}, "do you mean status-triple-agrees?"),
        ({"rule": "rule = 3"}, "deviation 1: rule must be a text"),
        ({"reason": 'reason = " "'}, "reason must be a text"),
        ({"since": 'since = "2026-01-01"'}, "since must be a date without quotes"),
        ({"since": "since = 2026-01-01T00:00:00"}, "since must be a date without quotes"),
        ({"since": "since = 2026-07-01"}, "before it begins"),
        ({"more": "until = 1"}, "unknown key 'until'"),
    ],
)
def test_malformed_entry_is_named(tmp_path, change, told):
    """One clear error says which entry is wrong and why."""
    lines = "\n".join((GOOD_LINES | change).values())

    with pytest.raises(RegisterError) as raised:
        load_register(written(tmp_path, f"[[deviation]]\n{lines}\n"))

    assert told in str(raised.value)
    assert "deviations.toml: deviation 1" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[deviation]", "not a TOML file"),
        ("[deviation]\nrule = 'x'", "double brackets"),
        ("deviation = [1]", "double brackets"),
        ("[[deviations]]\nrule = 'x'", "unknown 'deviations'"),
    ],
)
def test_file_that_is_no_register_is_refused(tmp_path, text, told):
    """What is wrong with the file as a whole is told too."""
    with pytest.raises(RegisterError, match=told.replace("[", r"\[")):
        load_register(written(tmp_path, text))


def test_rules_of_generated_tests_have_entries_too(tmp_path):
    """One register serves all commands, whatever part of the rules they judge by."""
    lines = "\n".join((GOOD_LINES | {"rule": 'rule = "generated-no-crash"'}).values())

    assert load_register(written(tmp_path, f"[[deviation]]\n{lines}\n")).entries[0].rule == "generated-no-crash"


def test_missing_file_is_told(tmp_path):
    """A register that is not there is an error, not an empty one."""
    with pytest.raises(RegisterError, match="No such file"):
        load_register(tmp_path / "none.toml")
