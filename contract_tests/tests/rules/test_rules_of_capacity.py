"""What the rules of capacity say, word for word, and where they say nothing."""

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
    SILENT,
    UNLIMITED,
    at_once,
    available,
    busy,
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
    second_row,
    stored,
)
from tempolor_contract import Exchange

LATER = call("POST", "/music/song", 429, {"error": "Later", "runningJobs": {}}, sent={"user_id": ACCOUNT})

# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "busy-body-is-one-of-two": [
        (SILENT, [full({ACCOUNT: []}, status=400)]),
        (PASSED, [call("POST", "/music/song", 429, error(429, "Too many requests"), sent={})]),
        (PASSED, [full({ACCOUNT: [{"job_id": "x", "user_id": "y"}]})]),
        (PASSED, [full({ACCOUNT: [{"job_id": JOB}, "x"], OTHER: "none"})]),
        (
            ("[1] the 429 says 'Account is busy executing 1 jobs', but does not list those jobs as runningJobs"),
            [full(None)],
        ),
        (
            ("[1] the 429 lists runningJobs, so its error must be 'Account is busy executing X jobs', but is 'No'"),
            [call("POST", "/music/song", 429, {"error": "No", "runningJobs": {}}, sent={})],
        ),
        (
            "[1] the error says 'Account is busy executing 1 jobs', but runningJobs lists 2",
            [full({ACCOUNT: [{"job_id": JOB}], OTHER: [{"job_id": OTHERS}]})],
        ),
        (
            f"[1] {JOB2} of account '111' is listed in runningJobs under '222'",
            [full({ACCOUNT: [{"job_id": JOB}], OTHER: [{"job_id": OTHERS}, {"job_id": JOB2}]}, 3)],
        ),
        (
            f"[1] {JOB} of account '222' is listed in runningJobs under '111'",
            [full({ACCOUNT: [{"job_id": JOB, "user_id": OTHER}]})],
        ),
    ],
    "busy-only-when-full": [
        (SILENT, [full(None)]),
        (SILENT, [full({})]),
        (SILENT, [stored(limit=1), LATER]),
        (SILENT, [full({ACCOUNT: [], OTHER: []}, maxJobs=3)]),
        (SILENT, [busy(JOB)]),
        (SILENT, [UNLIMITED, busy(JOB)]),
        (SILENT, at_once(stored(), busy(JOB))),
        (
            f"[1, 2] the order was refused as busy with 0 of 1 slots of account {ACCOUNT} taken",
            [stored(limit=1), full({}, 0, user_id=ACCOUNT)],
        ),
        (PASSED, [stored(limit=1), busy(JOB)]),
        (PASSED, [stored(limit=9), busy(JOB, maxJobs=1)]),
        (
            f"[1, 2] the order was refused as busy with 1 of 2 slots of account {ACCOUNT} taken",
            [stored(limit=2), busy(JOB)],
        ),
        (
            f"[2] the order was refused as busy with 1 of 2 slots of account {ACCOUNT} taken",
            [stored(limit=1), busy(JOB, maxJobs=2)],
        ),
        (
            f"[1, 2] the order was refused as busy with 1 of 2 slots of account {ACCOUNT} taken",
            [available((ACCOUNT, 2, 1, 1)), busy(JOB)],
        ),
        # Of two limits that were shown, either may be true.
        (SILENT, [stored(limit=1), *[available((ACCOUNT, 2, 1, 1))] * 2, busy(JOB)]),
        (
            f"[3, 4] the order was refused as busy with 1 of 2 slots of account {ACCOUNT} taken",
            [stored(limit=1), available((ACCOUNT, 2, 1, 1)), stored(limit=2), busy(JOB)],
        ),
    ],
    "busy-lists-only-running": [
        (SILENT, [read(music(30)), full(None)]),
        (PASSED, [busy(JOB)]),
        (PASSED, at_once(read(music(30)), busy(JOB))),
        (PASSED, at_once(order(), CANCELLED, busy(JOB))),
        (
            f"[2, 3] {JOB} is listed as running in the 429, though it was cancelled",
            [order(), CANCELLED, busy(JOB2, JOB)],
        ),
        (
            f"[2, 3] {JOB} is listed as running in the 429, though it had ended with status 10",
            [order(), read(music(10)), busy(JOB2, JOB)],
        ),
    ],
    "full-is-busy": [
        (SILENT, [order(), order(JOB2), read(music())]),
        (SILENT, [order(JOB2, maxJobs=1), read(music())]),
        (SILENT, [order(), order(JOB2, maxJobs=1), read(music(30))]),
        (SILENT, [order(), order(JOB2, maxJobs=1), running(row(), status=404)]),
        (SILENT, [order(), order(JOB2, maxJobs=1), callback(music())]),
        (SILENT, [order(OTHERS), order(JOB2, maxJobs=1), read(music(job=OTHERS))]),
        (SILENT, [order(JOB, JOB2, maxJobs=1), read(music())]),
        (SILENT, [order(), CANCELLED, order(JOB2, maxJobs=1), read(music())]),
        (
            "[2, 4] an order was taken with 1 of 1 slots taken already",
            [order(), order(JOB2, maxJobs=1), CANCELLED, read(music())],
        ),
        (SILENT, [order(), not_taken(429, maxJobs=1), read(music())]),
        (SILENT, at_once(order(), order(JOB2, maxJobs=1), read(music()))),
        (SILENT, [order(), *at_once(order(JOB2, maxJobs=1), read(music()))]),
        (PASSED, [stored(limit=1), order(), order(JOB2, maxJobs=2), read(music())]),
        (
            "[3, 4] an order was taken with 1 of 1 slots taken already",
            [stored(limit=1), order(), order(JOB2), scheduler(row("x"), row())],
        ),
        (
            "[3, 4] an order was taken with 1 of 1 slots taken already",
            [stored(limit=9), order(), order(JOB2, maxJobs=1), page("/music", music())],
        ),
        (
            "[3, 4] an order was taken with 2 of 2 slots taken already",
            [order(), order(JOB2), order(JOB3, maxJobs=2), scheduler(row(), second_row())],
        ),
        (
            "[3, 4, 5] an order was taken with 2 of 2 slots taken already",
            [order(), order(JOB2), order(JOB3, maxJobs=2), read(music()), read(music(job=JOB2))],
        ),
        (PASSED, [order(), order(JOB2), order(JOB3, maxJobs=2), read(music()), read(music())]),
        (PASSED, [order(), order(JOB2), order(JOB3, maxJobs=2), page("/music", music(30), music(job=JOB2))]),
        (
            (
                "[3, 4] an order was taken with 1 of 1 slots taken already [2, "
                "4] an order was taken with 1 of 1 slots taken already"
            ),
            [order(), order(JOB2, maxJobs=1), order(JOB3, maxJobs=1), scheduler(row())],
        ),
        (
            "[2, 4] an order was taken with 1 of 1 slots taken already",
            [order(), order(JOB2, maxJobs=1), order(JOB3), page("/music", music(), music(job=JOB2))],
        ),
        (
            "[2, 3] an order was taken with 1 of 1 slots taken already",
            [order(), order(JOB2, maxJobs=1), read(music()), read(music())],
        ),
        (
            "[2, 3] an order was taken with 1 of 1 slots taken already",
            [order(), order(JOB2, "x", maxJobs=1), read(music())],
        ),
        (SILENT, [order(), CANCELLED, order(JOB2, maxJobs=1), CANCELLED, read(music())]),
        (
            "[2, 3] an order was taken with 1 of 1 slots taken already",
            [order(), order(JOB2, replyUrl=5, maxJobs=1), read(music())],
        ),
    ],
    "refused-order-starts-nothing": [
        (SILENT, [scheduler(), scheduler(row(replyRef="r"))]),
        (SILENT, [not_taken(replyRef="r"), scheduler(row(replyRef="r"))]),
        (SILENT, [scheduler(), not_taken(), scheduler(row())]),
        (SILENT, [scheduler(), not_taken(replyRef=5), scheduler(row(replyRef="5"))]),
        (SILENT, [scheduler(), not_taken(replyRef="r"), running(row(replyRef="r"), status=404)]),
        (SILENT, [scheduler(), not_taken(500, replyRef="r"), scheduler(row(replyRef="r"))]),
        (SILENT, [scheduler(), not_taken(500, replyRef="r"), not_taken(replyRef="r"), scheduler(row(replyRef="r"))]),
        (SILENT, [scheduler(), not_taken(replyRef="r"), order(replyRef="r"), scheduler(row(replyRef="r"))]),
        (SILENT, at_once(scheduler(), not_taken(replyRef="r"), scheduler(row(replyRef="r")))),
        (PASSED, [scheduler(row(replyRef="r")), not_taken(replyRef="r"), scheduler(row(replyRef="r"))]),
        (PASSED, [scheduler(), not_taken(replyRef="r"), scheduler(row())]),
        (PASSED, [scheduler(), *at_once(not_taken(replyRef="r"), scheduler(row(replyRef="r")))]),
        (
            f"[2, 4] an order was answered 400, but {JOB2} runs with its replyRef",
            [scheduler(), not_taken(replyRef="r"), not_taken(replyRef="r"), scheduler(row(), second_row(replyRef="r"))],
        ),
        (
            f"[1, 2] an order was answered 429, but {JOB2} runs with its replyRef",
            [full({ACCOUNT: [{"job_id": JOB}]}, replyRef="r"), scheduler(row(replyRef="r"), second_row(replyRef="r"))],
        ),
        (PASSED, [full({ACCOUNT: [{"job_id": JOB}]}, replyRef="r"), scheduler(row(replyRef="r"))]),
        # A callback comes to an address that only a refused order gave.
        (
            "[1, 2] an order was answered 400, but a callback came to its replyUrl",
            [not_taken(replyUrl=HOOK), callback(music())],
        ),
        (
            "[1, 3] an order was answered 402, but a callback came to its replyUrl",
            [not_taken(402, replyUrl=HOOK), not_taken(replyUrl=HOOK), callback(music())],
        ),
        (SILENT, [not_taken(replyUrl=HOOK), callback(music(), url=f"{HOOK}?a=1")]),
        (SILENT, [not_taken(500, replyUrl=HOOK), callback(music())]),
        (SILENT, [not_taken(500, replyUrl=HOOK), not_taken(replyUrl=HOOK), callback(music())]),
        (SILENT, [not_taken(replyUrl=HOOK), order(replyUrl=HOOK), callback(music())]),
        (SILENT, at_once(not_taken(replyUrl=HOOK), callback(music()))),
        (
            "[1, 2] an order was answered 400, but a callback came to its replyUrl",
            at_once(callback(music()), not_taken(replyUrl=HOOK)),
        ),
        (SILENT, [callback(music()), not_taken(replyUrl=HOOK)]),
        (SILENT, at_once(callback(music()), order(replyUrl=HOOK))),
        (SILENT, at_once(order(replyUrl=HOOK), callback(music()), not_taken(replyUrl=HOOK))),
    ],
    "busy-repeats-the-order": [
        (SILENT, [busy(JOB)]),
        (SILENT, [read(music()), busy(JOB)]),
        (SILENT, [order(replyRef="r"), full(None)]),
        (SILENT, at_once(order(replyRef="r"), busy(JOB))),
        (PASSED, [order(replyRef=""), full({ACCOUNT: [{"job_id": JOB, "replyRef": "", "replyUrl": None}]})]),
        (PASSED, [order(replyRef="r"), full({ACCOUNT: [{"job_id": JOB, "replyRef": "r"}]})]),
        (
            (
                f"[1, 2] the order of {JOB} gave replyUrl 'http://me.example/hook', and the 429 shows None [1, "
                f"2] the order of {JOB} gave replyRef None, and the 429 shows 'r'"
            ),
            [order(replyUrl=HOOK), full({ACCOUNT: [{"job_id": JOB, "replyRef": "r"}]})],
        ),
        (
            f"[1, 2] the order of {JOB} gave replyRef 'r', and the 429 shows None",
            [order(JOB, JOB2, replyRef="r"), full({ACCOUNT: [{"job_id": each} for each in (JOB3, JOB)]})],
        ),
        (
            f"[2, 3] the order of {JOB2} gave replyRef 'r', and the 429 shows None",
            [order(JOB), order(JOB2, replyRef="r"), full({ACCOUNT: [{"job_id": each} for each in (JOB2, JOB)]})],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_capacity_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


TAKEN = "an order was taken with 1 of 1 slots taken already"


@pytest.mark.parametrize(
    ("most", "orders", "words"), [(1, 2, SILENT), (2, 2, f"[2, 5] {TAKEN}"), (1, 1, f"[2, 4] {TAKEN}")]
)
def test_the_last_orders_are_kept(monkeypatch, most, orders, words):
    """A run of any length fills no memory: what is too long ago proves nothing any more."""
    monkeypatch.setattr("tempolor_contract.rules.history.observe._MOST_ORDERS", most)
    later = [order(job) for job in (JOB3, OTHERS)[:orders]]

    assert said("full-is-busy", order(), order(JOB2, maxJobs=1), *later, read(music())) == words


@pytest.mark.parametrize(("shown", "kept"), [(-1, True), (0, True), (1, False), (-2, False)])
def test_a_limit_below_what_runs_leaves_less_than_nothing_free(shown, kept):
    """The page prints a difference; who shows nothing free in its place says the same."""
    rows = [row(), row(JOB2)]
    tally = judged("available-adds-up", available((ACCOUNT, 1, 2, shown), executing=rows))

    assert bool(tally.violations) is not kept


def test_a_count_that_differs_from_the_list_is_looked_at_twice():
    """A service may count and list at two instants; the same two numbers in two answers are no chance."""
    wrong, other = available((ACCOUNT, 3, 2, 1), executing=[row()]), available((ACCOUNT, 3, 1, 2))

    assert not judged("available-adds-up", wrong, scheduler(row()), other).violations
    assert judged("available-adds-up", wrong, scheduler(row()), wrong).violations
