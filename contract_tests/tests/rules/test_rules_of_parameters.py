"""What the rules of an account's parameters say, word for word, and where they say nothing."""

import pytest
from stories import PASSED, SILENT, account, at_once, error, listing, said, storing, viewed
from tempolor_contract import Exchange

TICKET = {"service_ticket": "of-a-browser-session"}
OLD, NEW = {"email": "a"}, {"email": "b"}
FIRST, AGAIN = storing(OLD, account()), storing(NEW, account())

CASES: dict[str, tuple[str, list[Exchange], str]] = {
    "a secret in a list": (
        "secrets-are-masked",
        [
            storing(TICKET, account()),
            listing(a111=account(requestParams=TICKET), a222=account("222")),
        ],
        "[2] the answer shows the service_ticket that was stored, which is a secret",
    ),
    "a secret of the second account in a list": (
        "secrets-are-masked",
        [storing(TICKET, account("222")), listing(a111=account(), a222=account("222", requestParams=TICKET))],
        "[2] the answer shows the service_ticket that was stored, which is a secret",
    ),
    "a secret beside a masked one": (
        "secrets-are-masked",
        [
            storing(TICKET, account()),
            storing(TICKET, account("222")),
            listing(a111=account(requestParams=TICKET), a222=account("222")),
        ],
        "[3] the answer shows the service_ticket that was stored, which is a secret",
    ),
    "a secret that is masked": ("secrets-are-masked", [storing(TICKET, account())], PASSED),
    "a secret of another account": (
        "secrets-are-masked",
        [storing(TICKET, account()), viewed(requestParams={"service_ticket": "other"})],
        PASSED,
    ),
    "a secret that is shown as it is stored": (
        "secrets-are-masked",
        [storing(TICKET, account(requestParams=TICKET))],
        "[1] the answer shows the service_ticket that was stored, which is a secret",
    ),
    "a secret of an earlier storing": (
        "secrets-are-masked",
        [storing(TICKET, account()), storing({}, account()), viewed(requestParams=TICKET)],
        "[3] the answer shows the service_ticket that was stored, which is a secret",
    ),
    "nothing but a refusal": ("secrets-are-masked", [storing(TICKET, error(400), 400)], PASSED),
    "parameters that were stored once": (
        "account-keeps-its-parameters",
        [FIRST, viewed(requestParams=OLD)],
        SILENT,
    ),
    "parameters that were stored again": (
        "account-keeps-its-parameters",
        [FIRST, AGAIN, viewed(requestParams=NEW)],
        PASSED,
    ),
    "parameters that were read in between": (
        "account-keeps-its-parameters",
        [FIRST, AGAIN, viewed(requestParams=NEW), viewed(requestParams=NEW)],
        PASSED,
    ),
    "parameters that are masked": (
        "account-keeps-its-parameters",
        [FIRST, AGAIN, viewed(requestParams={"email": "*"})],
        PASSED,
    ),
    "parameters as they were": (
        "account-keeps-its-parameters",
        [FIRST, AGAIN, viewed(requestParams=OLD)],
        "[1, 2, 3] account 111 was stored with other requestParams, but email is shown as before",
    ),
    "parameters as they were, beside another account": (
        "account-keeps-its-parameters",
        [FIRST, AGAIN, listing(a222=account("222"), a111=account(requestParams=OLD))],
        "[1, 2, 3] account 111 was stored with other requestParams, but email is shown as before",
    ),
    "parameters that were left out": (
        "account-keeps-its-parameters",
        [FIRST, storing({}, account()), viewed(requestParams=OLD)],
        "[1, 2, 3] account 111 was stored with other requestParams, but email is shown as before",
    ),
    "parameters that stayed": ("account-keeps-its-parameters", [FIRST, FIRST, viewed(requestParams=OLD)], PASSED),
    "parameters that were empty": (
        "account-keeps-its-parameters",
        [storing({"email": ""}, account()), AGAIN, viewed(requestParams={"email": ""})],
        PASSED,
    ),
    "parameters in a text, and then others": (
        "account-keeps-its-parameters",
        [storing("x", account()), AGAIN, viewed(requestParams=OLD)],
        PASSED,
    ),
    "parameters that are stored as they are read": (
        "account-keeps-its-parameters",
        [FIRST, *at_once(AGAIN, viewed(requestParams=OLD))],
        SILENT,
    ),
}


@pytest.mark.parametrize("rule_id", dict.fromkeys(rule_id for rule_id, _, _ in CASES.values()))
def test_a_rule_of_parameters_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    cases = {name: case for name, case in CASES.items() if case[0] == rule_id}

    told = {name: said(rule_id, *exchanges) for name, (_, exchanges, _) in cases.items()}

    assert told == {name: words for name, (_, _, words) in cases.items()}
