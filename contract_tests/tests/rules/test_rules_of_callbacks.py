"""What the rules of callbacks say, word for word, and where they say nothing."""

from dataclasses import replace

import pytest
from stories import (
    BARE,
    CANCELLED,
    CRASH,
    HOOK,
    JOB,
    JOB2,
    PASSED,
    SILENT,
    at_once,
    call,
    callback,
    music,
    order,
    read,
    said,
)
from tempolor_contract import DocumentJudge, Effort, Exchange, Inspector


def order_of_another(**sent: str) -> Exchange:
    """Return an order with another token."""
    answer = {"jobs": [JOB], "itemIds": ["a1"], "result": True}
    return call("POST", "/music/song", 200, answer, sent={"prompt": "x", **sent}, token="user:12345-other")


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "callback-is-a-json-post": [
        (PASSED, [callback(BARE)]),
        ("[1] the callback was sent as PUT, not as POST", [callback(BARE, method="PUT")]),
        (
            "[1] the callback was sent with text/plain, not as application/json",
            [replace(call("POST", HOOK, 204, sent=b"x", headers={"Content-Type": "text/plain"}), source="callback")],
        ),
        (
            "[1] the callback was sent with no Content-Type, not as application/json",
            [replace(call("POST", HOOK, 204), source="callback")],
        ),
        (
            "[1] the callback does not say which job it is about: it has no job_id",
            [replace(call("POST", HOOK, 204, sent=[BARE]), source="callback")],
        ),
        ("[1] the callback does not say which job it is about: it has no job_id", [callback({"itemId": "a1"})]),
    ],
    "callback-fits-schema": [
        (SILENT, [replace(call("POST", HOOK, 204, sent=b"{"), source="callback")]),
        (SILENT, [read(music(titleEn=7))]),
        (
            (
                '[1] a callback came, but progress: "x" is not of type "integer" [1] a callback came, but '
                'titleEn: 7 is not of type "string"'
            ),
            [callback(music(titleEn=7, progress="x"))],
        ),
    ],
    "callback-repeats-the-order": [
        (SILENT, [callback(music(replyRef="r"))]),
        (SILENT, [read(music()), callback(music(replyRef="r"))]),
        (PASSED, [order(), callback(music(replyRef="", replyUrl=None))]),
        (
            f"[1, 2] the request gave replyRef 'r', and the callback of {JOB} has None",
            [order(replyRef="r", replyUrl=HOOK), callback(music())],
        ),
        (
            f"[1, 2] the request gave replyUrl None, and the callback of {JOB} has 'http://me.example/hook'",
            [order(), callback(music(replyUrl=HOOK))],
        ),
        # A callback belongs to whoever knows its job.
        (
            f"[2, 3] the request gave replyRef 'r', and the callback of {JOB} has None",
            [read(music(job=JOB2)), order_of_another(replyRef="r"), callback(music())],
        ),
    ],
    "callback-goes-to-its-address": [
        (SILENT, [callback(music())]),
        (SILENT, [read(music()), callback(music())]),
        (SILENT, [order(), callback(music())]),
        (PASSED, [order(replyUrl="https://other.example:81/hook"), callback(music())]),
        (
            (
                "[1, 2] the request gave replyUrl http://me.example/hook/, but the callback went to "
                "http://me.example/hook"
            ),
            [order(replyUrl="http://me.example/hook/"), callback(music())],
        ),
    ],
    "callback-is-what-a-poll-shows": [
        (SILENT, [order(), callback(music(30)), read(music())]),
        (SILENT, [order(), callback(music(0, 10, a=1)), read(music(0, 10, a=2))]),
        (SILENT, [order(), read(music(30)), callback(music(30, 99))]),
        (SILENT, [callback(music(30)), read(music(10))]),
        (SILENT, [order(), callback(music(30))]),
        (
            PASSED,
            [
                order(),
                read(music(30, requestId="a", musicMaterial={"madeBy": "a"})),
                callback(music(30, requestId="b", musicMaterial={})),
            ],
        ),
        (PASSED, [order(replyRef="r"), read(music(30, likeTotal=1)), callback(music(30, likeTotal=2, replyRef="r"))]),
        (
            PASSED,
            [
                order(),
                read(
                    music(30, cover="http://files.example/a.png?sign=1", musicMaterial={"waveformUrl": "https://f/w?1"})
                ),
                callback(
                    music(30, cover="http://files.example/a.png?sign=2", musicMaterial={"waveformUrl": "https://f/w"})
                ),
            ],
        ),
        (
            f"[2, 3] the final callback and the poll of {JOB} tell different values of cover, mp3OssId",
            [
                order(),
                read(music(30, cover="http://files.example/a.png?sign=1", mp3OssId="a?1")),
                callback(music(30, cover="http://files.example/b.png?sign=1", mp3OssId="a?2")),
            ],
        ),
        (
            f"[2, 3] the final callback and the poll of {JOB} tell different values of style, titleEn",
            [order(), read(music(30)), callback(music(30, titleEn="a", style="b"))],
        ),
        (
            f"[2, 3] the final callback and the poll of {JOB} tell different values of style",
            [order(), callback(music(30, style="a")), read(music(30))],
        ),
        (
            f"[3, 4] the final callback and the poll of {JOB} tell different values of style",
            [order(), callback(music(30, style="a")), callback(music(30)), read(music(30, style="a"))],
        ),
    ],
    "callbacks-come-in-order": [
        (SILENT, [order(), callback(music())]),
        (PASSED, [order(), callback(music(0, 20)), callback(music(0, 20))]),
        (PASSED, [order(), callback(music(0, 20)), callback(music(10, 10))]),
        (PASSED, [order(), callback(BARE), callback(music(0, 10))]),
        (PASSED, [order(), callback(music(0, 10)), callback(BARE)]),
        (
            (
                f"[2, 3] a callback told progress 30 of {JOB}, and a later one 20: it went back [3, 4] a "
                f"callback told progress 20 of {JOB}, and a later one 15: it went back"
            ),
            [order(), callback(music(0, 30)), callback(music(0, 20)), callback(music(0, "15"))],
        ),
    ],
    "callbacks-end-with-one-final": [
        (SILENT, [callback(music())]),
        (PASSED, [order(), callback(music()), callback(music(10))]),
        (
            f"[3, 4] {JOB} had its final callback already, and then came another one",
            [order(), callback(music()), callback(music(10)), callback(music(0))],
        ),
        (PASSED, [order(), *[callback(music())] * 2, *[callback(music(30))] * 2]),
        (
            f"[4, 5] {JOB} had its final callback already, and then came another one",
            [order(), callback(music(0, 20)), callback(music(0, 30)), *[callback(music(30))] * 2],
        ),
        (
            f"[4, 5] {JOB} had its final callback already, and then came another one",
            [order(), *[callback(music())] * 2, callback(music(30)), callback(music(10))],
        ),
    ],
    "no-callback-after-cancel": [
        (SILENT, [order(), callback(music(30))]),
        (SILENT, [order(), call("DELETE", f"/scheduler/{JOB}", 404), callback(music(30))]),
        (SILENT, [order(), CANCELLED, callback(music(0, 90))]),
        (SILENT, [order(), CANCELLED, read(music(0, 40)), callback(music(0, 40))]),
        (SILENT, [order(), CANCELLED, read(music(0, 40)), callback(BARE)]),
        (SILENT, [order(), *at_once(CANCELLED, callback(music(30)))]),
        (SILENT, [order(), CANCELLED, read(music(0, 60)), read(music(0, 40)), callback(music(0, 50))]),
        (
            f"[2, 5] {JOB} was cancelled, and a callback told of what happened to it afterwards",
            [order(), CANCELLED, read(music(0, 40)), read(music(0, 60)), callback(music(0, 50))],
        ),
        (
            f"[3, 5] {JOB} was cancelled, and a callback told of what happened to it afterwards",
            [order(), read(music(0, 90)), CANCELLED, read(music(0, 40)), callback(music(0, 41))],
        ),
        (
            f"[2, 3] {JOB} was cancelled, and a callback told of what happened to it afterwards",
            [order(), CANCELLED, callback(BARE | {"status_name": "FAILED"})],
        ),
        (
            SILENT,
            [
                order(),
                replace(CANCELLED, started=1.0, elapsed=5.0),
                replace(read(music(0, 10)), started=2.0, elapsed=1.0),
                callback(music(0, 40)),
            ],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_callbacks_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


def test_who_is_called_back_and_fails_is_not_the_service():
    """A receiver's 503 is no answer of the service."""
    inspector = Inspector([], DocumentJudge(effort=Effort.NONE))
    for each in (callback(music(), status=503), CRASH):
        inspector.see(each)

    assert (inspector.seen, inspector.crashes) == (2, 1)
