"""What the rules of items of music and of their lists say, word for word, and where they say nothing."""

from dataclasses import replace
from typing import Any

import pytest
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    MIDI,
    VOICE,
    account,
    at_once,
    call,
    callback,
    music,
    order,
    page,
    read,
    row,
    said,
    scheduler,
    stored,
)
from tempolor_contract import Exchange

PASSED, SILENT = "passed", "never-reached"
BARE = {"job_id": JOB}
URL = "http://files.example/a.json"
FOREIGN = "user:9-tempolor:111-job:a1"
HERE, OTHER = ACCOUNT, "222"
OTHERS = JOB.replace(f":{HERE}-", f":{OTHER}-")
UNTOLD = music() | {"status": 7}
UPLOAD = {"query": {"name": "x", "user_id": ACCOUNT}, "sent": b"MThd", "headers": {"Content-Type": "audio/midi"}}
UPLOADED = call("POST", "/music/midi", 200, {"midiRenderVO": {"midiItemId": MIDI, "name": "x"}}, **UPLOAD)
CLONED = call("POST", "/music/cloned-voices", 202, {"clonedVoiceItemId": VOICE}, **UPLOAD)


def got(answer: dict[str, Any], status: int = 200, job: str = JOB, **options: Any) -> Exchange:
    """Return a poll that was answered so, whatever job it asked for."""
    return call("GET", f"/music/{job}", status, answer, **options)


def pages(
    *records: dict[str, Any], status: int = 200, cursor: str = "", path: str = "/music", **query: str
) -> Exchange:
    """Return the last page of a list, asked for with a cursor if there is one, of an account if `query` names one."""
    answer = {"records": list(records), "hasNext": False, "cursor": ""}
    return call("GET", path, status, answer, query=query | ({"cursor": cursor} if cursor else {}))


def extra(**fields: Any) -> dict[str, Any]:
    """Return an item with these details."""
    return music(ltmMaterialExtendDto=fields)


def inner(**fields: Any) -> dict[str, Any]:
    """Return a finished item with these musical facts."""
    return music(30, musicMaterial=fields)


def second(*arguments: Any, **fields: Any) -> dict[str, Any]:
    """Return an item of the second job."""
    return music(*arguments, job=JOB2, **fields)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "status-triple-agrees": [
        (PASSED, [got(BARE | {"status": 30})]),
        (SILENT, [got(BARE | {"status_name": "FAILED"})]),
        (SILENT, [read(music(status_name="x") | {"status": "0"})]),
        (SILENT, [read(music(status_name="x") | {"status": 7})]),
        (
            (
                "[1] status 30 means (status_name, status_final) = ('COMPLETED', True), but the item has "
                "('FAILED', True)"
            ),
            [read(music(30, status_name="FAILED"))],
        ),
        (
            ("[1] status 10 means (status_name, status_final) = ('FAILED', True), but the item has ('FAILED', False)"),
            [page("/music", UNTOLD, second(10, status_final=False))],
        ),
        (
            (
                "[1] status 0 means (status_name, status_final) = ('GENERATING', False), but the item has "
                "('GENERATING', True)"
            ),
            [callback(music(status_final=True))],
        ),
    ],
    "completed-is-100-percent": [
        (SILENT, [got(BARE | {"status": 30})]),
        (SILENT, [read(music(0, 50))]),
        (
            "[1] the item is COMPLETED, but its progress is 99, not 100",
            [page("/music", music(30), second(30, 99), music(30, 0))],
        ),
    ],
    "unfinished-has-no-files": [
        (SILENT, [read(music(30, mp3OssId="a"))]),
        (PASSED, [read(music(0, 99, mp3OssId=""))]),
        ("[1] the item is still GENERATING, but its progress is 100", [read(music(0, 100))]),
        (
            "[1] the item is still GENERATING, but has mp3OssId already",
            [page("/music", music(), second(wavOssId="a.wav", mp3OssId="a"))],
        ),
    ],
    "item-ids-agree": [
        (SILENT, [got({"job_id": "a1", "itemId": "b"})]),
        (PASSED, [got(BARE)]),
        (f"[1] {JOB} names 111 where userId beside it is '9'", [read(music(userId="9"))]),
        (f"[1] the job_id of an item is {VOICE}, the id of a voice", [got({"job_id": VOICE})]),
        (
            f"[1] {JOB2} names b2 where itemId beside it is 'a1'",
            [page("/music", {"job_id": "a1"}, second(itemId="a1"))],
        ),
    ],
    "asked-is-answered": [
        (SILENT, [got(music(itemId="z"), 404)]),
        (SILENT, [got(music(), job="song")]),
        (SILENT, [got({"status": 0})]),
        (PASSED, [got({"itemId": "a1"}), got(BARE)]),
        (f"[1] {JOB} was asked for, and {JOB} with itemId z came", [got({"itemId": "z"})]),
    ],
    "ids-carry-the-token-number": [
        (SILENT, [got({"job_id": FOREIGN}, token="opaque")]),
        (SILENT, [got({"error": FOREIGN}, 404)]),
        (SILENT, [scheduler()]),
        (SILENT, [read({"job_id": "user:9-hello"})]),
        (SILENT, [replace(call("POST", "http://me.example/hook", 200, {"job_id": FOREIGN}), source="callback")]),
        (
            "[1] user:9-tempolor:111-job:a1 does not begin with the token's number 12345",
            [scheduler(row(), row(FOREIGN))],
        ),
        (PASSED, [scheduler(row())]),
    ],
    "progress-never-goes-back": [
        (SILENT, [read(music())]),
        (SILENT, [read(music(0, 50)), read(music(10, 40))]),
        (SILENT, [read(music(progress="50")), read(music(0, 40))]),
        (
            f"[1, 2] progress of {JOB2} went from 9 back to 8",
            [page("/music", music(), second(0, 9)), page("/music", music(progress=None), second(0, 8))],
        ),
        (
            f"[1, 3] progress of {JOB} went from 60 back to 50",
            [
                replace(read(music(0, 60)), started=1.0, elapsed=5.0),
                replace(read(music(0, 20)), started=2.0, elapsed=1.0),
                read(music(0, 50)),
            ],
        ),
        (
            f"[1, 2] progress of {JOB2} went from 9 back to 8",
            [
                page("/music", {"job_id": "a1"}, second(0, 9)),
                page("/music", {"job_id": "a1"}, second(0, 8)),
            ],
        ),
    ],
    "status-never-goes-back": [
        (SILENT, [read(UNTOLD), read(music())]),
        (SILENT, [read(music(30)), read(UNTOLD)]),
        (PASSED, [read(music(30)), read(music(10))]),
        (PASSED, [read(music()), read(music())]),
        (f"[1, 2] status of {JOB} went from 10 back to 0", [got(BARE | {"status_name": "FAILED"}), read(music())]),
        (
            f"[1, 2] status of {JOB2} went from 30 back to 0",
            [page("/music", UNTOLD, second(30)), page("/music", music(), second())],
        ),
    ],
    "final-stays-final": [
        (SILENT, [read(music()), read(music(30))]),
        (SILENT, [read(music(30)), got(BARE)]),
        (SILENT, at_once(read(music(30)), read(music(10)))),
        (
            f"[3, 4] {JOB} had ended with status 10, and then had status 0",
            [callback(music(10)), order(), read(music(10)), read(music())],
        ),
        (
            f"[1, 2] {JOB2} had ended with status 30, and then had status 0",
            [page("/music", music(30), second(30)), page("/music", BARE, second())],
        ),
        (
            f"[1, 2] {JOB2} had ended with status 30, and then had status 0",
            [page("/music", second(30)), page("/music", music(), second())],
        ),
        (
            f"[1, 2] {JOB} had ended with status 30, and then had status 10",
            [read(music(30)), read(music(10)), read(music(30))],
        ),
    ],
    "finished-item-is-stable": [
        (SILENT, [read(music(titleEn="a")), read(music(titleEn="b"))]),
        (PASSED, [read(music(30, titleEn="")), read(music(30, titleEn="b"))]),
        (PASSED, [read(music(30, titleEn=None)), read(music(30, titleEn="b"))]),
        (PASSED, [read(music(30, titleEn="a")), read(music(30))]),
        (PASSED, [read(music(30)), read(music(30, titleEn="b"))]),
        (PASSED, [read(inner(bpm=1)), read(inner(bpm=1))]),
        (
            f"[1, 2] {JOB} had ended, but style changed from 'a' to 'b'",
            [read(inner(bpm=1, style="a")), read(inner(bpm=1, style="b"))],
        ),
        (
            f"[1, 2] {JOB2} had ended, but progress changed from 100 to 40",
            [page("/music", music(), second(30)), page("/music", music(), second(10))],
        ),
    ],
    "item-keeps-its-identity": [
        (SILENT, [read(music(createTime=1))]),
        (PASSED, [read(music(createTime=1)), read(music())]),
        (f"[1, 2] of {JOB}, seed changed from 1 to 2", [read(inner(seed=1)), read(inner(seed=2))]),
        (
            f"[1, 2] of {JOB2}, bizType changed from 1 to 2",
            [page("/music", music(), second(bizType=1)), page("/music", music(), second(bizType=2))],
        ),
    ],
    "item-stamps-run-forward": [
        (PASSED, [read(music(createTime=2, updateTime=2))]),
        (SILENT, [read(music(createTime=2, updateTime="1"))]),
        (SILENT, [read(music(createTime=None, updateTime=1))]),
        (SILENT, [read(music(updateTime=5)), read(music(updateTime=5))]),
        (f"[1, 2] updateTime of {JOB} went back by 2 ms", [read(music(updateTime=5)), read(music(updateTime=3))]),
        (
            f"[1] {JOB2} has an updateTime 7 ms before its createTime",
            [page("/music", music(), second(createTime=9, updateTime=2))],
        ),
        (PASSED, [read(music(updateTime="5")), read(music(createTime=1, updateTime=3))]),
    ],
    "stamps-are-in-milliseconds": [
        (PASSED, [read(music(createTime=0, updateTime=-1, sysTime=10**11))]),
        (SILENT, [read(music(createTime="1"))]),
        (SILENT, [got({"updated": 1}, 404)]),
        (SILENT, [read(inner(waveformUrl=URL)), call("GET", URL, 200, {"updated": 1}, token=None)]),
        (
            "[1] createTime is 1, which is no time in milliseconds",
            [callback(music(updateTime=10**11 - 1, createTime=1))],
        ),
        (
            "[1] createTime is 1, which is no time in milliseconds",
            [page("/music/midi", {"midiItemId": MIDI}, {"midiItemId": MIDI, "createTime": 1})],
        ),
        (
            "[1] updated is 9, which is no time in milliseconds",
            [call("GET", "/accounts", 200, {"111": account(), "222": account("222", updated=9)})],
        ),
        (
            "[1] sysTime is 7, which is no time in milliseconds",
            [call("GET", "/music", 200, {"records": [], "sysTime": 7})],
        ),
    ],
    "more-pages-have-a-cursor": [
        (SILENT, [call("GET", "/music", 404, {"hasNext": True})]),
        (SILENT, [call("GET", "/music", 200, {"records": []})]),
        (PASSED, [call("GET", "/music", 200, {"hasNext": False})]),
        (PASSED, [call("GET", "/music", 200, {"hasNext": 1})]),
        (
            "[1] hasNext is true, but the page has no cursor to ask for the next one with",
            [call("GET", "/music", 200, {"hasNext": True})],
        ),
        (PASSED, [call("GET", "/music", 200, {"hasNext": True, "cursor": "d"}, query={"cursor": "c"})]),
        (
            "[1] hasNext is true, but the cursor of the next page is that of this one, 'c'",
            [call("GET", "/music", 200, {"hasNext": True, "cursor": "c"}, query={"cursor": "c"})],
        ),
    ],
    "last-page-has-no-cursor": [
        (SILENT, [call("GET", "/music", 404, {"hasNext": False, "cursor": "c"})]),
        (SILENT, [call("GET", "/music", 200, {"hasNext": True, "cursor": "c"})]),
        (PASSED, [call("GET", "/music", 200, {"hasNext": False})]),
        (
            "[1] hasNext is false, so there is no next page, but the cursor is 'c', not empty",
            [call("GET", "/music", 200, {"hasNext": False, "cursor": "c"})],
        ),
    ],
    "newest-comes-first": [
        (SILENT, [page("/music", music(createTime=1), second(createTime="2"))]),
        (SILENT, [pages(music(createTime=1), second(createTime=2), status=404)]),
        (PASSED, [page("/music", music(createTime=2), second(createTime=2))]),
        (
            ("[1] the newest item is not first: their createTime are, from the top, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"),
            [page("/music", *(music(createTime=each) for each in range(12)))],
        ),
    ],
    "type-filters": [
        (SILENT, [pages(extra(modelShowName="i3"), status=404)]),
        (SILENT, [pages(extra(modelShowName="video"))]),
        (SILENT, [pages(music())]),
        (PASSED, [order(), pages(music(), second())]),
        (PASSED, [order(kind="instrumental"), pages(music(), type="instrumental")]),
        (PASSED, [order(), pages(music(), type="")]),
        (
            f"[2] {JOB} is of the type song, but the list was asked for the type instrumental",
            [order(), pages(second(), music(), type="instrumental")],
        ),
        (
            f"[1] {JOB} is of the type song, but the list was asked for the type instrumental",
            [pages(music(childType="lyric_to_material"), type="instrumental")],
        ),
        (
            f"[2] {JOB} is of the type instrumental, but the list was asked for the type song",
            [read(music()), pages(extra(modelShowName="i3.5 beta"))],
        ),
        (
            f"[2] {JOB} is of the type song, but the list was asked for the type instrumental",
            [order(), pages(extra(modelShowName="i3"), type="instrumental")],
        ),
    ],
    "list-keeps-to-its-account": [
        (SILENT, [pages(music(), user_id=OTHER, status=404)]),
        (SILENT, [pages(music())]),
        (PASSED, [pages({"job_id": "a1"}, user_id=OTHER)]),
        (PASSED, [pages(music(), {"job_id": "a1"}, user_id=HERE)]),
        (
            "[1] the list was asked for account 111, and shows things of ['222']",
            [pages(music(), music(job=OTHERS), user_id=HERE)],
        ),
        (
            "[1] the list was asked for account 222, and shows things of ['111']",
            [pages({"midiItemId": MIDI}, path="/music/midi", user_id=OTHER)],
        ),
    ],
    "pages-neither-lose-nor-repeat": [
        (SILENT, [pages(music(), music(), status=404)]),
        (f"[1] {JOB} is twice on one page", [pages(music(), second(), music())]),
        # A walk goes on with its own cursor alone.
        (SILENT, [pages(music(), cursor="c")]),
        (PASSED, [order(), page("/music", cursor="c"), pages(cursor="d", user_id=HERE)]),
        (PASSED, [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=OTHER)]),
        (PASSED, [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=HERE, type="instrumental")]),
        (
            f"[1, 2] {JOB} is on two pages of one list",
            [page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=HERE, type="song")],
        ),
        (
            f"[1, 2, 3] {JOB} is on two pages of one list",
            [
                page("/music", music(), cursor="c"),
                replace(page("/music", second(), cursor="d"), request=pages(cursor="c", user_id=HERE).request),
                pages(music(), cursor="d", user_id=HERE),
            ],
        ),
        # What is made while somebody walks moves the rest down.
        (PASSED, [page("/music", music(), cursor="c"), order(JOB2), pages(music(), cursor="c", user_id=HERE)]),
        (PASSED, [page("/music", music(), cursor="c"), UPLOADED, pages(music(), cursor="c", user_id=HERE)]),
        (
            PASSED,
            [
                page("/music", music(), cursor="c"),
                call("POST", "/music/song", 500, sent={"prompt": "x"}),
                pages(music(), cursor="c", user_id=HERE),
            ],
        ),
        (
            f"[3, 4] {JOB} is on two pages of one list",
            [order(JOB2), UPLOADED, page("/music", music(), cursor="c"), pages(music(), cursor="c", user_id=HERE)],
        ),
        (
            f"[1, 3] {JOB} is on two pages of one list",
            [page("/music", music(), cursor="c"), read(second()), pages(music(), cursor="c", user_id=HERE)],
        ),
        # Only a last page can lack anything.
        (PASSED, [order(), page("/music", cursor="c")]),
        (
            f"[2, 3] {JOB} exists, but is on none of the 2 pages of the list",
            [order(), page("/music", cursor="c"), pages(cursor="c", user_id=HERE)],
        ),
        (PASSED, [order(), page("/music", music(), cursor="c"), pages(second(), cursor="c", user_id=HERE)]),
        (
            f"[2] {JOB2} exists, but is on none of the 1 pages of the list",
            [order(JOB, JOB2), pages(music(), user_id=HERE)],
        ),
        (
            f"[2] {JOB} exists, but is on none of the 1 pages of the list",
            [order(kind="instrumental"), pages(user_id=HERE, type="instrumental")],
        ),
        (PASSED, [order(kind="instrumental"), pages(user_id=HERE)]),
        (PASSED, [order(), pages(user_id=HERE, type="instrumental")]),
        (PASSED, [read(music()), pages(user_id=HERE)]),
        (PASSED, [order(), call("DELETE", f"/music/{JOB}", 500), pages(user_id=HERE)]),
        (PASSED, at_once(order(), pages(user_id=HERE))),
        # Without a name, the one account there is.
        (f"[3] {JOB} exists, but is on none of the 1 pages of the list", [stored(), order(), pages()]),
        (PASSED, [order(), pages()]),
        (PASSED, [stored(), stored(OTHER), order(), pages()]),
        (PASSED, [stored(OTHER), order(), pages()]),
        (PASSED, [stored(), order(), call("DELETE", f"/accounts/{HERE}", 500), pages(user_id=HERE)]),
        (f"[3] {JOB} exists, but is on none of the 1 pages of the list", [stored(), order(), pages(user_id=HERE)]),
        (
            f"[2] {VOICE} exists, but is on none of the 1 pages of the list",
            [CLONED, pages(path="/music/cloned-voices", user_id=HERE)],
        ),
        (PASSED, [CLONED, pages(path="/music/cloned-voices", user_id=OTHER)]),
        (PASSED, [CLONED, UPLOADED, pages(path="/music/artist-voices", user_id=HERE)]),
        (PASSED, at_once(UPLOADED, pages(path="/music/midi", user_id=HERE))),
        (
            PASSED,
            [
                pages({"midiItemId": MIDI}, path="/music/midi", user_id=HERE),
                pages(path="/music/midi", user_id=HERE),
            ],
        ),
        (
            PASSED,
            [UPLOADED, call("DELETE", f"/music/midi/{MIDI}", 500), pages(path="/music/midi", user_id=HERE)],
        ),
        (
            f"[1, 3] {JOB} is on two pages of one list",
            [
                page("/music", music(), cursor="c"),
                pages(cursor="d", user_id=HERE),
                pages(music(), cursor="c", user_id=HERE),
            ],
        ),
        (
            PASSED,
            [
                call("GET", "/music", 200, {"records": [music()], "hasNext": False, "cursor": "c"}),
                pages(music(), cursor="c"),
            ],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_items_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]
