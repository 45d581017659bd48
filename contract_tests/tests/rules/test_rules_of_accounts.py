"""What the rules of accounts say, word for word, and where they say nothing."""

import pytest
from stories import (
    ACCOUNT,
    PASSED,
    SILENT,
    account,
    at_once,
    available,
    call,
    error,
    judged,
    listing,
    music_of,
    said,
    scheduler,
    stored,
    storing,
    viewed,
)
from tempolor_contract import Exchange

TICKET = {"service_ticket": "of-a-browser-session"}
NEEDS_USER = error(400, "Parameter user_id is required")
ONE = call("GET", "/accounts", 200, {ACCOUNT: account()})
TWO = call("GET", "/accounts", 200, {ACCOUNT: account(), "222": account("222")})
NONE = call("GET", "/accounts", 404, error(404))
EMPTY = call("GET", "/music", 200, {"records": []})
WITHOUT_IT = (
    "one account is configured, so list_music needs no user_id, but was refused without it: "
    "Parameter user_id is required"
)


def told(milliseconds: int) -> Exchange:
    """Return a list that tells the service's time, as many milliseconds later than the rule bears."""
    return call("GET", "/music/artist-voices", 200, {"records": [], "sysTime": 1747731600125 + 10_001 + milliseconds})


def removed(status: int = 204, user_id: str = ACCOUNT) -> Exchange:
    """Return the deletion of an account."""
    return call("DELETE", f"/accounts/{user_id}", status)


CASES: dict[str, tuple[str, list[Exchange], str]] = {
    "stamps some milliseconds apart": ("account-stamps-agree", [viewed(updated=1747731600125 - 100)], PASSED),
    "stamps of which one is of whole seconds": (
        "account-stamps-agree",
        [viewed(updated=1747731601000, updatedUTC="2025-05-20T09:00:00Z")],
        PASSED,
    ),
    "stamps further apart": (
        "account-stamps-agree",
        [viewed(updated=1747731600125 - 101)],
        (
            "[1] updated is 1747731600024 and updatedUTC is 2025-05-20T09:00:00.125Z: two moments 101 ms "
            "apart, in place of one"
        ),
    ),
    "stamps more than a second apart": (
        "account-stamps-agree",
        [viewed(updated=1747731601001, updatedUTC="2025-05-20T09:00:00Z")],
        (
            "[1] updated is 1747731601001 and updatedUTC is 2025-05-20T09:00:00Z: two moments 1001 ms "
            "apart, in place of one"
        ),
    ),
    "one stamp alone": ("account-stamps-agree", [viewed(updatedUTC=None)], SILENT),
    "another stamp alone": ("account-stamps-agree", [viewed(updated=None)], SILENT),
    "a refusal has no stamps": ("account-stamps-agree", [call("GET", "/accounts/1", 404, account(updated=1))], SILENT),
    "the second account of a list is stamped wrong": (
        "account-stamps-agree",
        [listing(a111=account(updated=None), a222=account(updated=0))],
        (
            "[1] updated is 0 and updatedUTC is 2025-05-20T09:00:00.125Z: two moments 1747731600125 ms "
            "apart, in place of one"
        ),
    ),
    "stamps of a list": ("account-stamps-agree", [TWO], PASSED),
    "a list of what is no account": ("account-stamps-agree", [listing(a111=5)], SILENT),
    "an account that was stored wrong": (
        "account-stamps-agree",
        [storing({}, account(updated=0))],
        (
            "[1] updated is 0 and updatedUTC is 2025-05-20T09:00:00.125Z: two moments 1747731600125 ms "
            "apart, in place of one"
        ),
    ),
    "each under its id": ("accounts-stand-under-their-ids", [TWO], PASSED),
    "the second under another id": (
        "accounts-stand-under-their-ids",
        [listing(a111=account(), a222=account("333"))],
        "[1] the key '222' holds the account '333'",
    ),
    "accounts that tell no id": (
        "accounts-stand-under-their-ids",
        [listing(a111={"maxJobs": 1}, a222=5)],
        PASSED,
    ),
    "no account": ("accounts-stand-under-their-ids", [listing()], SILENT),
    "a list that is refused": (
        "accounts-stand-under-their-ids",
        [call("GET", "/accounts", 404, {"222": account()})],
        SILENT,
    ),
    "another account than asked for": (
        "account-that-was-asked-for",
        [call("GET", "/accounts/2", 200, {})],
        "[1] asked for account '2', got None",
    ),
    "an account nobody has": ("account-that-was-asked-for", [viewed(status=404)], SILENT),
    "a limit that is refused": ("account-keeps-its-limit", [storing({}, error(400), 400, maxJobs=0)], SILENT),
    "a limit of its own": ("account-keeps-its-limit", [storing({}, account(limit=3), maxJobs=3)], PASSED),
    "a limit that is lost": (
        "account-keeps-its-limit",
        [storing({}, {}, maxJobs=3)],
        "[1] the account was stored with maxJobs 3, and the answer says None",
    ),
    "a limit that is not the usual one": (
        "account-keeps-its-limit",
        [storing({}, account(limit=5))],
        "[1] the account was stored with no maxJobs, which means 10, and the answer says 5",
    ),
    "the usual limit": ("account-keeps-its-limit", [storing({}, account(limit=10))], PASSED),
    "a ucid": ("account-keeps-its-id", [storing({"ucid": "8"}, account("8"))], PASSED),
    "a user_id beside a ucid": (
        "account-keeps-its-id",
        [storing({"ucid": "8", "user_id": "9"}, account("8"))],
        "[1] the account was stored as '9', and the answer calls it '8'",
    ),
    "an id that is a number": ("account-keeps-its-id", [storing({"user_id": 8}, account("8"))], PASSED),
    "an id that is lost": (
        "account-keeps-its-id",
        [storing({"user_id": "8"}, {})],
        "[1] the account was stored as '8', and the answer calls it None",
    ),
    "an id that is neither text nor number": ("account-keeps-its-id", [storing({"user_id": [8]}, account())], SILENT),
    "an id that is true": ("account-keeps-its-id", [storing({"user_id": True}, account())], SILENT),
    "no id": ("account-keeps-its-id", [storing({"email": "x"}, account())], SILENT),
    "parameters in a text": ("account-keeps-its-id", [storing('{"user_id": "8"}', account())], SILENT),
    "an account that is refused": ("account-keeps-its-id", [storing({"user_id": "8"}, error(400), 400)], SILENT),
    "an account as it was stored": ("account-round-trips", [stored(), viewed()], PASSED),
    "an account that somebody stored again": (
        "account-round-trips",
        [stored(), viewed(limit=4, updated=1747731600126)],
        PASSED,
    ),
    "another time in words": (
        "account-round-trips",
        [stored(), viewed(updatedUTC="2025-05-20T09:00:00.126Z")],
        (
            "[1, 2] account 111: updatedUTC was '2025-05-20T09:00:00.125Z' and is now "
            "'2025-05-20T09:00:00.126Z', though nobody stored the account again"
        ),
    ),
    "another limit of an account without stamps": (
        "account-round-trips",
        [storing({}, {"user_id": ACCOUNT, "maxJobs": 1}), call("GET", "/accounts/111", 200, {"user_id": ACCOUNT})],
        "[1, 2] account 111: maxJobs was 1 and is now None, though nobody stored the account again",
    ),
    "a stamp that came from nowhere": (
        "account-round-trips",
        [storing({}, {"user_id": ACCOUNT, "maxJobs": 1}), viewed()],
        PASSED,
    ),
    "a stamp that is lost": (
        "account-round-trips",
        [stored(), call("GET", "/accounts/111", 200, {"user_id": ACCOUNT, "maxJobs": 10})],
        PASSED,
    ),
    "the second account of a list is another": (
        "account-round-trips",
        [stored("222"), listing(a111=account(), a222=account("222", limit=3))],
        "[1, 2] account 222: maxJobs was 10 and is now 3, though nobody stored the account again",
    ),
    "an account nobody has stored": ("account-round-trips", [viewed()], SILENT),
    "an account of the scheduler": (
        "account-round-trips",
        [available((ACCOUNT, 3, 0, 3)), viewed(limit=4)],
        SILENT,
    ),
    "an account in a list that is refused": (
        "account-round-trips",
        [stored(), call("GET", "/accounts", 404, {ACCOUNT: account()})],
        f"[1, 2] account {ACCOUNT} was stored, but is not listed",
    ),
    "an account of the scheduler is a 404": (
        "account-round-trips",
        [available((ACCOUNT, 3, 0, 3)), viewed(status=404)],
        SILENT,
    ),
    "an account of the scheduler is not listed": (
        "account-round-trips",
        [available((ACCOUNT, 3, 0, 3)), NONE],
        PASSED,
    ),
    "an account that was perhaps deleted": (
        "account-round-trips",
        [stored(), removed(500), viewed(limit=4)],
        SILENT,
    ),
    "an account that was perhaps deleted is a 404": (
        "account-round-trips",
        [stored(), removed(500), viewed(status=404)],
        SILENT,
    ),
    "an account that was perhaps deleted is not listed": (
        "account-round-trips",
        [stored(), removed(500), NONE],
        PASSED,
    ),
    "a deleted account has no row": ("account-round-trips", [stored(), removed(), available()], PASSED),
    "no account was deleted, and rows are shown": (
        "account-round-trips",
        [stored(), removed(500), available((ACCOUNT, 3, 0, 3))],
        SILENT,
    ),
    "no rows at all": ("account-round-trips", [stored(), removed(), call("GET", "/scheduler/available", 500)], SILENT),
    "a deleted account has a row": (
        "account-round-trips",
        [stored(), removed(), available(("222", 3, 0, 3), (ACCOUNT, 3, 0, 3))],
        "[2, 3] account 111 was deleted, but has a row of free slots",
    ),
    "an account is deleted while rows are counted": (
        "account-round-trips",
        [stored(), *at_once(removed(), available((ACCOUNT, 3, 0, 3)))],
        SILENT,
    ),
    "a deleted account can be read": (
        "account-round-trips",
        [stored(), removed(), viewed()],
        "[2, 3] account 111 was deleted, but can still be read",
    ),
    "a deleted account is listed": (
        "account-round-trips",
        [stored(), removed(), ONE],
        "[2, 3] account 111 was deleted, but is listed",
    ),
    "a deleted account is a 404": ("account-round-trips", [stored(), removed(), viewed(status=404)], PASSED),
    "a deleted account is not listed": ("account-round-trips", [stored(), removed(), NONE], PASSED),
    "a deletion that was refused": (
        "account-round-trips",
        [stored(), removed(404), viewed(status=404)],
        "[1, 3] account 111 was stored and not deleted, but reading it was answered 404",
    ),
    "a stored account is a 404": (
        "account-round-trips",
        [stored(), viewed(status=404)],
        "[1, 2] account 111 was stored and not deleted, but reading it was answered 404",
    ),
    "a stored account where the list is a 404": (
        "account-round-trips",
        [stored(), NONE],
        "[1, 2] account 111 was stored, but is not listed",
    ),
    "a stored account where the list is refused": (
        "account-round-trips",
        [stored(), call("GET", "/accounts", 401, error(401))],
        SILENT,
    ),
    "no list, and no account": ("account-round-trips", [NONE], SILENT),
    "a crash tells nothing of an account": (
        "account-round-trips",
        [stored(), removed(), viewed(status=500)],
        SILENT,
    ),
    "an account that is stored as it is read": (
        "account-round-trips",
        at_once(stored(), viewed(limit=4)),
        SILENT,
    ),
    "an account that is stored as it is missed": (
        "account-round-trips",
        at_once(stored(), viewed(status=404)),
        SILENT,
    ),
    "an account that is stored as it is not listed": ("account-round-trips", at_once(stored(), NONE), PASSED),
    "an account that is deleted as it is read": (
        "account-round-trips",
        [stored("222"), *at_once(stored(), removed(), viewed())],
        PASSED,
    ),
    "a deleted account that is perhaps deleted again": (
        "account-round-trips",
        [stored(), removed(), removed(500), viewed()],
        "[2, 4] account 111 was deleted, but can still be read",
    ),
    "a stored account is back": ("account-round-trips", [stored(), removed(), stored(), viewed()], PASSED),
    "no accounts, and a body": ("no-accounts-is-404", [call("GET", "/accounts", 404, {})], PASSED),
    "an empty list": (
        "no-accounts-is-404",
        [listing()],
        "[1] the list of accounts is empty, and was answered 200 in place of 404",
    ),
    "some accounts": ("no-accounts-is-404", [ONE], PASSED),
    "no right to a list": ("no-accounts-is-404", [call("GET", "/accounts", 401, {})], SILENT),
    "a scheduler without accounts": ("scheduler-answers-where-accounts-are", [scheduler()], SILENT),
    "a scheduler that answers": ("scheduler-answers-where-accounts-are", [stored(), available()], PASSED),
    "a scheduler that finds no account": (
        "scheduler-answers-where-accounts-are",
        [stored(), call("GET", "/scheduler/available", 404, error(404, "No accounts"))],
        "[1, 2] account 111 is configured, but get_available_capacity was answered 404: No accounts",
    ),
    "a scheduler that is not for everybody": (
        "scheduler-answers-where-accounts-are",
        [stored(), call("GET", "/scheduler", 401, error(401))],
        SILENT,
    ),
    "a scheduler after the last account": (
        "scheduler-answers-where-accounts-are",
        [stored(), removed(), call("GET", "/scheduler", 404, error(404))],
        SILENT,
    ),
    "a scheduler that knew an account": (
        "scheduler-answers-where-accounts-are",
        [available((ACCOUNT, 1, 0, 1)), call("GET", "/scheduler", 404, error(404))],
        SILENT,
    ),
    "a scheduler while an account is stored": (
        "scheduler-answers-where-accounts-are",
        at_once(stored(), call("GET", "/scheduler", 404, error(404))),
        SILENT,
    ),
    "the same stamp again": ("account-stamp-is-now", [stored(), stored()], PASSED),
    "an earlier stamp": (
        "account-stamp-is-now",
        [stored(), storing({}, account(updated=1747731600124))],
        "[1, 2] account 111 was stored again, and updated went back from 1747731600125 to 1747731600124",
    ),
    "a stamp of before": (
        "account-stamp-is-now",
        [told(0), stored(), storing({}, account(updated=1747731600125))],
        (
            "[2, 3] account 111 was stored again, and updated is 1747731600125, 10001 ms before what the service had "
            "told of its time"
        ),
    ),
    "a stamp of some seconds before": (
        "account-stamp-is-now",
        [told(-1), stored(), storing({}, account(updated=1747731600125))],
        PASSED,
    ),
    "the first stamp": ("account-stamp-is-now", [stored()], SILENT),
    "a stamp of a refusal": ("account-stamp-is-now", [stored(), storing({}, account(updated=1), 400)], SILENT),
    "no stamp before": ("account-stamp-is-now", [storing({}, {"user_id": ACCOUNT}), stored()], SILENT),
    "no stamp afterwards": ("account-stamp-is-now", [stored(), storing({}, {"user_id": ACCOUNT})], SILENT),
    "an account nobody stored": ("account-stamp-is-now", [available((ACCOUNT, 1, 0, 1)), stored()], SILENT),
    "two stamps at once": ("account-stamp-is-now", at_once(stored(), storing({}, account(updated=1))), SILENT),
    "one account, and no name": (
        "one-account-needs-no-name",
        [ONE, music_of(400, NEEDS_USER)],
        f"[1, 2] {WITHOUT_IT}",
    ),
    "one account, and its music": ("one-account-needs-no-name", [ONE, EMPTY], PASSED),
    "one account, and a name": ("one-account-needs-no-name", [ONE, music_of(200, {}, user_id=ACCOUNT)], SILENT),
    "one account, and a cursor": ("one-account-needs-no-name", [ONE, music_of(400, NEEDS_USER, cursor="c")], SILENT),
    "one account, and nothing there": ("one-account-needs-no-name", [ONE, music_of(404, NEEDS_USER)], SILENT),
    "one account, and another mistake": ("one-account-needs-no-name", [ONE, music_of(400)], SILENT),
    "one account, and a crash": ("one-account-needs-no-name", [ONE, music_of(500, NEEDS_USER)], SILENT),
    "two accounts, and no name": ("one-account-needs-no-name", [TWO, music_of(400, NEEDS_USER)], SILENT),
    "nobody knows how many accounts": ("one-account-needs-no-name", [music_of(400, NEEDS_USER)], SILENT),
    "another account": ("one-account-needs-no-name", [ONE, stored("222"), music_of(400, NEEDS_USER)], SILENT),
    "perhaps two accounts": ("one-account-needs-no-name", [stored(), music_of(400, NEEDS_USER)], SILENT),
    **{
        f"one account, {how}": (
            "one-account-needs-no-name",
            [*stories, music_of(400, NEEDS_USER)],
            f"[{since}, {len(stories) + 1}] {WITHOUT_IT}",
        )
        for how, since, stories in (
            ("stored again", 1, [ONE, stored()]),
            ("the first", 2, [NONE, stored()]),
            ("since another is gone", 2, [TWO, removed(user_id="222")]),
            ("whoever came and went", 3, [ONE, stored("222"), removed(user_id="222")]),
        )
    },
    "perhaps another account after a crash": (
        "one-account-needs-no-name",
        [ONE, storing({}, {}, 500), music_of(400, NEEDS_USER)],
        SILENT,
    ),
    "no other account": (
        "one-account-needs-no-name",
        [ONE, storing({}, error(400), 400), removed(404), viewed(), music_of(400, NEEDS_USER)],
        f"[1, 5] {WITHOUT_IT}",
    ),
    "perhaps no account": ("one-account-needs-no-name", [ONE, removed(), music_of(400, NEEDS_USER)], SILENT),
    "perhaps no account after a crash": (
        "one-account-needs-no-name",
        [ONE, removed(500), music_of(400, NEEDS_USER)],
        SILENT,
    ),
    "one account by a list that is refused": (
        "one-account-needs-no-name",
        [call("GET", "/accounts", 404, {ACCOUNT: account()}), music_of(400, NEEDS_USER)],
        SILENT,
    ),
    "one account as it is listed": ("one-account-needs-no-name", at_once(ONE, music_of(400, NEEDS_USER)), SILENT),
    "two accounts, and music of nobody": (
        "several-accounts-need-a-name",
        [TWO, EMPTY],
        "[1, 1, 2] 2 accounts are configured, so list_music needs a user_id, but was accepted without one",
    ),
    "three accounts, and music of nobody": (
        "several-accounts-need-a-name",
        [TWO, stored("333"), EMPTY],
        "[1, 1, 3] 3 accounts are configured, so list_music needs a user_id, but was accepted without one",
    ),
    "two accounts, and none is found": (
        "several-accounts-need-a-name",
        [TWO, music_of(404)],
        "[1, 1, 2] list_music without a user_id is a 400 where 2 accounts are configured, and no 404",
    ),
    "two accounts, and a refusal": ("several-accounts-need-a-name", [TWO, music_of(400)], PASSED),
    "two accounts, and a name": ("several-accounts-need-a-name", [TWO, music_of(200, {}, user_id=ACCOUNT)], SILENT),
    "one account, and music of nobody": ("several-accounts-need-a-name", [ONE, EMPTY], SILENT),
    "one account is left": ("several-accounts-need-a-name", [TWO, removed(), EMPTY], SILENT),
    "two accounts of the scheduler": (
        "several-accounts-need-a-name",
        [available((ACCOUNT, 1, 0, 1), ("222", 1, 0, 1)), EMPTY],
        SILENT,
    ),
    "two accounts at once": ("several-accounts-need-a-name", at_once(TWO, EMPTY), SILENT),
    **{
        f"two accounts, and a {status}": ("several-accounts-need-a-name", [TWO, music_of(status)], SILENT)
        for status in (401, 402, 429, 500)
    },
}


@pytest.mark.parametrize("rule_id", dict.fromkeys(rule_id for rule_id, _, _ in CASES.values()))
def test_a_rule_of_accounts_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    cases = {name: case for name, case in CASES.items() if case[0] == rule_id}

    told = {name: said(rule_id, *exchanges) for name, (_, exchanges, _) in cases.items()}

    assert told == {name: words for name, (_, _, words) in cases.items()}


@pytest.mark.parametrize(("wanted", "kept"), [("", 10), (None, 10), (2.0, 2)])
def test_a_limit_may_be_empty_or_have_a_point(wanted, kept):
    """It is then the default, or that whole number."""
    sent = {"requestParams": {"user_id": ACCOUNT}, "maxJobs": wanted}

    for told in (kept, 7):
        answered = call("POST", "/accounts", 200, account(maxJobs=told), sent=sent)
        assert bool(judged("account-keeps-its-limit", answered).violations) == (told != kept)
