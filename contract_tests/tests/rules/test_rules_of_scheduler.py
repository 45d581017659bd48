"""What the rules of the scheduler say, word for word, and where they say nothing."""

from dataclasses import replace
from typing import Any

import pytest
from stories import (
    ACCOUNT,
    CANCELLED,
    HOOK,
    JOB,
    JOB2,
    JOB3,
    OTHER,
    OTHERS,
    PASSED,
    REMOVAL_CRASHED,
    SILENT,
    TOKEN,
    UNLIMITED,
    at_once,
    available,
    call,
    callback,
    error,
    full,
    judged,
    music,
    not_taken,
    order,
    page,
    read,
    row,
    running,
    said,
    scheduler,
    second_item,
    second_row,
    stored,
)
from tempolor_contract import Exchange

NINE = 1_747_731_600_000
MISCOUNTED = available((OTHER, 3, 0, 3), (ACCOUNT, 3, 2, 1), executing=[row(), row("x")])


def room(*rows: Any, executing: Any = (), status: int = 200) -> Exchange:
    """Return free slots by rows of any shape."""
    return call("GET", "/scheduler/available", status, {"executing": list(executing), "available": list(rows)})


def slots(user_id: str = ACCOUNT, **fields: Any) -> dict[str, Any]:
    """Return an account's row."""
    return {"user_id": user_id, **fields}


def cancelling(status: int, job: str = JOB, token: str = TOKEN) -> Exchange:
    """Return a cancelling."""
    return call("DELETE", f"/scheduler/{job}", status, error(status) if status >= 400 else None, token=token)


def told(sys_time: Any) -> Exchange:
    """Return a page that tells the service's time."""
    return call("GET", "/music", 200, {"records": [], "sysTime": sys_time})


def created(moment: Any, **options: Any) -> dict[str, Any]:
    """Return an item that was made at a moment."""
    return music(createTime=moment, **options)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "available-adds-up": [
        (SILENT, [available()]),
        (SILENT, [room(slots(maxJobs=3, executing=0, available=9), status=404)]),
        (SILENT, [call("GET", "/scheduler/available", 200, {"available": "none"})]),
        (PASSED, [room(slots(maxJobs=3, executing=1))]),
        (PASSED, [room("x", slots(maxJobs=3, available=1), slots(executing=3, available=1))]),
        (
            "[1] account 222: maxJobs 4 less executing 1 is 3, but available is 2",
            [room(slots(maxJobs=3), slots(OTHER, maxJobs=4.0, executing=1, available=2))],
        ),
        # Two numbers that differ are looked at twice.
        (PASSED, [MISCOUNTED, available((OTHER, 3, 0, 3), (ACCOUNT, 3, 2, 1), executing=[row(), second_row()])]),
        (PASSED, [MISCOUNTED, available((ACCOUNT, 3, 0, 3), executing=[row()])]),
        (PASSED, at_once(MISCOUNTED, MISCOUNTED)),
        (
            "[1, 3] account 111 has 2 executing, but the scheduler lists 1 of its jobs, twice in a row",
            [MISCOUNTED, scheduler(), MISCOUNTED],
        ),
        (
            "[1, 2] account 111 has 1 executing, but the scheduler lists 0 of its jobs, twice in a row",
            [available((ACCOUNT, 3, 1, 2)), available((ACCOUNT, 3, 1, 2))],
        ),
        (
            "[1] account 111: maxJobs 3 less executing 1 is 2, but available is 4",
            [room(slots(maxJobs=3, executing=1, available=4))],
        ),
    ],
    "available-is-sorted": [
        (SILENT, [available((ACCOUNT, 1, 0, 1))]),
        (SILENT, [room(slots(available=1), slots(available=2), status=404)]),
        (PASSED, [room(slots(available=1), slots(available="2"), slots(available=1))]),
        (
            "[1] the account with most free slots is not first: available is, from the top, [1, 2]",
            [available((ACCOUNT, 1, 0, 1), (OTHER, 2, 0, 2))],
        ),
    ],
    "available-has-the-limits": [
        (SILENT, [available((ACCOUNT, 1, 0, 1))]),
        (SILENT, [stored(), room(slots(maxJobs=1), status=404)]),
        (SILENT, [stored(), REMOVAL_CRASHED, available((ACCOUNT, 1, 0, 1))]),
        (SILENT, [UNLIMITED, available((ACCOUNT, 1, 0, 1))]),
        (SILENT, at_once(stored(), available((ACCOUNT, 1, 0, 1)))),
        (
            "[1, 2] account 111 was stored with maxJobs 5, but its row has 1",
            [stored(limit=5), available((OTHER, 2, 0, 2), (ACCOUNT, 1, 0, 1))],
        ),
        (
            (
                "[2, 3] account 222 was stored with maxJobs 5, but its row has 2 [1, 3] account 111 was stored "
                "with maxJobs 5, but its row has 1"
            ),
            [stored(limit=5), stored(OTHER, 5), available((OTHER, 2, 0, 2), (ACCOUNT, 1, 0, 1))],
        ),
        (
            "[2, 3] account 222 was stored with maxJobs 5, but its row has 2",
            [stored(limit=5), stored(OTHER, 5), available((OTHER, 2, 0, 2), (ACCOUNT, 5, 0, 5))],
        ),
        (
            "[1, 2] account 111 was stored with maxJobs 2, but its row has 3",
            [available((ACCOUNT, 2, 0, 2)), available((ACCOUNT, 3, 0, 3))],
        ),
        (
            "[1, 2] account 111 was stored with maxJobs 2, but its row has 3",
            [room("x", slots(5, maxJobs=2), slots(maxJobs=2)), available((ACCOUNT, 3, 0, 3))],
        ),
        (
            "[2, 3] account 111 was stored with maxJobs 5, but its row has 4",
            [stored(limit=5), call("GET", "/accounts/111", 200, {"user_id": ACCOUNT}), available((ACCOUNT, 4, 0, 4))],
        ),
    ],
    "available-has-all-accounts": [
        (SILENT, [available()]),
        (SILENT, [stored(), room(status=404)]),
        (SILENT, [stored(), REMOVAL_CRASHED, available()]),
        (SILENT, [available((ACCOUNT, 1, 0, 1)), available()]),
        (SILENT, at_once(stored(), available())),
        (
            "[2, 4] account 222 is configured, but has no row",
            [stored(), stored(OTHER), stored("333"), available((ACCOUNT, 10, 0, 10))],
        ),
    ],
    "available-shows-all-room": [
        (SILENT, [stored(), room(status=404)]),
        (SILENT, [stored(), call("GET", "/scheduler/available", 200, {"executing": []})]),
        (SILENT, [stored(), REMOVAL_CRASHED, available()]),
        (SILENT, [UNLIMITED, available()]),
        (SILENT, [available((ACCOUNT, 1, 0, 1)), available()]),
        (SILENT, [stored(limit=2), available(executing=[row(), second_row()])]),
        (SILENT, at_once(stored(), available())),
        (PASSED, [stored(limit=2), available((ACCOUNT, 2, 1, 1), executing=[row()])]),
        (
            "[1, 2] account 111 has free slots, but no row",
            [stored(limit=1), available(executing=[row(OTHERS), row("x")])],
        ),
        (
            "[1, 3] account 111 has free slots, but no row",
            [stored(limit=2), stored(OTHER, 2), available(executing=[row()])],
        ),
    ],
    "elapsed-fits-started": [
        (SILENT, [scheduler(row(elapsed="5"))]),
        (SILENT, [running(row(), second_row(elapsed="09:00"), status=404)]),
        (PASSED, [scheduler(row(), second_row(elapsed="00:07"))]),
        (
            "[1] by started and elapsed, two rows of one answer were made 2000 ms apart",
            [scheduler(row(), second_row(elapsed="00:08"))],
        ),
        (
            "[1] by started and elapsed, two rows of one answer were made 62000 ms apart",
            [scheduler(row(elapsed="01:08"), second_row())],
        ),
        (PASSED, [told(NINE + 11_000), scheduler(row())]),
        (
            "[1, 3] by started and elapsed it is 5001 ms earlier than sysTime said before",
            [told(NINE + 11_001), page("/music"), scheduler(row(), second_row())],
        ),
        (PASSED, [told("yesterday"), scheduler(row())]),
        (PASSED, at_once(told(NINE + 99_000), scheduler(row()))),
    ],
    "running-row-goes-on": [
        (SILENT, [scheduler(row()), scheduler(second_row())]),
        (SILENT, [read(music()), scheduler(row())]),
        (SILENT, [scheduler(row()), running(row(elapsed="00:01"), status=404)]),
        (SILENT, at_once(scheduler(row()), scheduler(row(elapsed="00:01")))),
        (PASSED, [scheduler(row()), scheduler(row())]),
        (PASSED, [scheduler(row(elapsed="00:59")), scheduler(row(elapsed="01:00"))]),
        (PASSED, [scheduler(row(elapsed="5 s")), scheduler(row())]),
        (PASSED, [scheduler(row()), scheduler(row(elapsed="4 s"))]),
        (PASSED, [scheduler(row()), scheduler(row(started="2025-05-20T11:00:00+02:00"))]),
        (
            f"[1, 2] elapsed of {JOB} went from 01:00 back to 00:59",
            [scheduler(row(elapsed="01:00")), scheduler(row(elapsed="00:59"))],
        ),
        (
            f"[1, 2] started of {JOB} changed from 2025-05-20T09:00:00Z to 2025-05-20T09:00:01Z",
            [scheduler(row(started="2025-05-20T09:00:00Z")), scheduler(row(started="2025-05-20T09:00:01Z"))],
        ),
        (SILENT, [scheduler(row()), full({ACCOUNT: [row(started=NINE + 1000)]}, status=400)]),
        (PASSED, [scheduler(row()), full({ACCOUNT: [{"job_id": JOB}]})]),
        (PASSED, [scheduler({"job_id": JOB}), full({ACCOUNT: [row(started=NINE)]})]),
        (PASSED, [scheduler(row()), full({ACCOUNT: [row(started=NINE + 999)]})]),
        (
            f"[1, 2] started of {JOB} changed from 2025-05-20T09:00:00.000Z to {NINE - 1000}",
            [scheduler(row()), full({ACCOUNT: [row(started=NINE - 1000)]})],
        ),
        (
            f"[1, 2] elapsed of {JOB2} went from 00:05 back to 00:04",
            [scheduler(second_row()), scheduler(row(), second_row(elapsed="00:04"))],
        ),
    ],
    "start-is-creation": [
        (SILENT, [scheduler(row())]),
        (SILENT, [order(), scheduler(row())]),
        (SILENT, [read(created("now")), scheduler(row())]),
        (SILENT, [read(created(0)), scheduler(row(started="now"))]),
        (SILENT, [read(created(0)), running(row(), status=404)]),
        (PASSED, [read(created(NINE + 5000)), scheduler(row())]),
        (
            f"[1, 2] {JOB} has started and createTime 5001 ms apart, which are one moment",
            [read(created(NINE + 5001)), scheduler(row())],
        ),
        (
            f"[1, 2] {JOB} has started and createTime 5001 ms apart, which are one moment",
            [read(created(NINE - 5001)), available(executing=[row()])],
        ),
        (
            f"[1, 2] {JOB} has started and createTime 9000 ms apart, which are one moment",
            [read(created(0)), full({ACCOUNT: [{"job_id": JOB, "started": 9000}]})],
        ),
        (PASSED, [read(created(9000)), full({ACCOUNT: [{"job_id": JOB, "started": 9000}]})]),
        (
            f"[1, 2] {JOB} has started and createTime 1747731600000 ms apart, which are one moment",
            [page("/music", created(0), created(1, job=JOB2)), scheduler(row(JOB3), row(), second_row())],
        ),
        (
            f"[1, 2] {JOB} has started and createTime 1747731600000 ms apart, which are one moment",
            [page("/music", created(0), created(NINE, job=JOB2)), scheduler(row(), second_row())],
        ),
    ],
    "scheduler-lists-what-runs": [
        (SILENT, [read(music()), read(music())]),
        (SILENT, [read(music(30)), running(row(), status=404)]),
        (PASSED, [scheduler(row()), read(music())]),
        (PASSED, [scheduler(), order(), read(music())]),
        (PASSED, at_once(read(music(30)), scheduler(row()))),
        (PASSED, at_once(order(), CANCELLED, scheduler(row()))),
        (
            f"[2, 3] {JOB} is listed as running, though it had ended with status 10",
            [order(), read(music(10)), scheduler(row("x"), row(JOB3), row())],
        ),
        (
            f"[2, 3] {JOB} is listed as running, though it was cancelled",
            [order(), CANCELLED, available(executing=[row()])],
        ),
        (f"[1, 2, 3] {JOB} was running, but the scheduler did not list it", [order(), scheduler(), read(music())]),
        (
            f"[2, 3, 4] {JOB} was running, but the scheduler did not list it",
            [order(JOB2), scheduler(row()), scheduler(), page("/music", music(30), music(), music(job=JOB2))],
        ),
        (PASSED, [order(), scheduler(), read(music(30))]),
        (PASSED, [order(), scheduler(), cancelling(500), read(music())]),
        (
            f"[1, 2, 4] {JOB} was running, but the scheduler did not list it",
            [order(), scheduler(), cancelling(404), read(music())],
        ),
        (PASSED, [stored(), order(), scheduler(), REMOVAL_CRASHED, read(music())]),
        (
            f"[2, 3, 4] {JOB} was running, but the scheduler did not list it",
            [stored(), order(), scheduler(), read(music())],
        ),
        (PASSED, [scheduler(), order(), read(music())]),
        (SILENT, [order(), running(status=404), read(music())]),
        (PASSED, [read(music(30)), scheduler(), page("/music", music(30))]),
        (PASSED, [order(), *at_once(scheduler(), read(music()))]),
        # One that is listed before and afterwards ran in between.
        (PASSED, [scheduler(row()), scheduler(row(), second_row()), scheduler(row())]),
        (PASSED, [scheduler(second_row()), scheduler(), scheduler(row())]),
        (PASSED, at_once(scheduler(row()), scheduler(), scheduler(row()))),
        (
            f"[1, 2, 3] {JOB} is in this listing and in the last but one, but not in the one between them",
            [scheduler(row(), second_row()), scheduler(), available(executing=[second_row(), row()])],
        ),
        (PASSED, [read(music(30)), scheduler(), read(music())]),
        (
            f"[1, 2, 4] {JOB} was running, but the scheduler did not list it",
            [order(), scheduler(), scheduler(), read(music())],
        ),
    ],
    "scheduler-repeats-the-order": [
        (SILENT, [scheduler(row())]),
        (SILENT, [read(music()), scheduler(row(replyRef="r"))]),
        (SILENT, [order(), running(row(replyRef="r"), status=404)]),
        (SILENT, at_once(order(), scheduler(row(replyRef="r")))),
        (PASSED, [order(replyRef=""), scheduler(row(replyUrl=""))]),
        (PASSED, [order(replyUrl=HOOK), scheduler(row(replyUrl=HOOK))]),
        (
            (
                f"[1, 2] the order of {JOB} gave replyUrl 'http://me.example/hook', and the scheduler lists None "
                f"[1, 2] the order of {JOB} gave replyRef None, and the scheduler lists 'r'"
            ),
            [order(replyUrl=HOOK), scheduler(row(replyRef="r"))],
        ),
        (
            f"[1, 2] the order of {JOB} gave replyRef None, and the scheduler lists 'r'",
            [order(JOB, JOB2), scheduler(row(JOB3), row(replyRef="r"), second_row())],
        ),
        (
            f"[1, 2] the order of {JOB2} gave replyRef None, and the scheduler lists 'r'",
            [order(JOB, JOB2), scheduler(row(), second_row(replyRef="r"))],
        ),
    ],
    "cancel-works-once": [
        (SILENT, [order(), read(music())]),
        (PASSED, [order(), cancelling(404), read(music(30))]),
        (SILENT, [cancelling(404), order(), read(music())]),
        (PASSED, [order(), CANCELLED, cancelling(404), read(music())]),
        (PASSED, [stored(), order(), cancelling(404), REMOVAL_CRASHED, read(music())]),
        (PASSED, [order(), *at_once(cancelling(404), read(music()))]),
        *(
            (PASSED, [order(), cancelling(status, token="user:777-demo"), cancelling(404), read(music())])
            for status in (204, 500)
        ),
        (
            f"[3, 4] {JOB} is at work, but cancelling it before was answered 404: Something",
            [order(), cancelling(404, token="user:777-demo"), cancelling(404), read(music())],
        ),
        (
            f"[2, 3] {JOB} is at work, but cancelling it before was answered 404: Something",
            [order(), cancelling(404), read(music())],
        ),
        (
            f"[3, 4] {JOB} is at work, but cancelling it before was answered 404: Something",
            [order(JOB, JOB2), cancelling(500, JOB2), cancelling(404), page("/music", second_item(), music())],
        ),
        (SILENT, [cancelling(204)]),
        (PASSED, [order(), cancelling(404)]),
        (PASSED, [order(), CANCELLED]),
        (SILENT, [order(), cancelling(400)]),
        *((SILENT, [read(music(30)), cancelling(status)]) for status in (401, 402, 429, 500)),
        (PASSED, [order(), cancelling(404), CANCELLED]),
        (SILENT, [order(), cancelling(500), cancelling(400)]),
        (PASSED, at_once(order(), CANCELLED, CANCELLED)),
        (PASSED, at_once(read(music(30)), CANCELLED)),
        (PASSED, [read(music(30)), cancelling(404)]),
        (
            f"[1, 2] {JOB} had ended with status 30, so cancelling it must be a 404, but was answered 400",
            [read(music(30)), cancelling(400)],
        ),
        (
            f"[2, 4] {JOB} was cancelled before, so cancelling it must be a 404, but was answered 400",
            [order(), CANCELLED, cancelling(404), cancelling(400)],
        ),
        (
            (
                f"[2, 3] {JOB} was cancelled before, so cancelling it must be a 404, but was answered 204 [2, 4] "
                f"{JOB} was cancelled before, so cancelling it must be a 404, but was answered 204"
            ),
            [order(), CANCELLED, CANCELLED, CANCELLED],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_scheduler_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


CALLED = "an order was answered 400, but a callback came to its replyUrl"


@pytest.mark.parametrize(
    ("most", "words"), [(1, PASSED), (2, f"[3, 4] an order was answered 400, but {JOB} runs with its replyRef")]
)
def test_references_are_kept_while_there_is_room(monkeypatch, most, words):
    """So are refused orders: of more than there is room for, nothing is said."""
    monkeypatch.setattr("tempolor_contract.rules.history.observe._MOST_REFERENCES", most)
    told = said(
        "refused-order-starts-nothing",
        scheduler(),
        not_taken(replyRef="q"),
        not_taken(replyRef="r"),
        scheduler(row(replyRef="r")),
    )

    assert told == words


@pytest.mark.parametrize("most", [1, 2])
def test_addresses_are_kept_while_there_is_room(monkeypatch, most):
    """Those that refused orders gave, and those that callbacks came to; one that is known is kept up to date."""
    monkeypatch.setattr("tempolor_contract.rules.history.observe._MOST_REFERENCES", most)
    other, hook = f"{HOOK}/other", f"{HOOK}?a=1"

    refusals = [not_taken(replyUrl=other), not_taken(replyUrl=hook), order(replyUrl=other)]
    assert said("refused-order-starts-nothing", *refusals, callback(music(), url=hook)) == (
        SILENT if most == 1 else f"[2, 4] {CALLED}"
    )
    assert said("refused-order-starts-nothing", *refusals, callback(music(), url=other)) == SILENT
    early = [callback(music(), url=other), *at_once(callback(music(), url=hook), not_taken(replyUrl=hook))]
    assert said("refused-order-starts-nothing", *early) == (SILENT if most == 1 else f"[2, 3] {CALLED}")
    again = [callback(music(), url=hook), *at_once(callback(music(), url=hook), not_taken(replyUrl=hook))]
    assert said("refused-order-starts-nothing", *again) == f"[2, 3] {CALLED}"


def test_a_refused_order_is_not_reported():
    """A callback to a `replyUrl` that only a refused order gave is found; one that another order gave too is not."""
    refused = call("POST", "/music/song", 400, error(400), sent={"replyUrl": f"{HOOK}?of=1"})
    taken = order(replyUrl=f"{HOOK}?of=1")
    came = callback(music(30), url=f"{HOOK}?of=1")

    assert judged("refused-order-starts-nothing", refused, came).violations
    assert judged("refused-order-starts-nothing", replace(came, started=2.0), replace(refused, started=1.0)).violations
    for story_of_both in ((refused, taken, came), (taken, refused, came)):
        assert not judged("refused-order-starts-nothing", *story_of_both).violations


def test_a_reference_that_was_used_before_proves_nothing():
    """A job may run under the reference of a refused order, if an earlier order had the same."""
    tally = judged(
        "refused-order-starts-nothing",
        order(replyRef="r"),
        scheduler(),
        not_taken(replyRef="r"),
        scheduler(row(replyRef="r")),
    )

    assert not tally.violations
