"""What the rules of items of music say, word for word, and where they say nothing."""

from dataclasses import replace
from typing import Any

import pytest
from stories import (
    BARE,
    JOB,
    JOB2,
    MIDI,
    PASSED,
    SILENT,
    VOICE,
    account,
    at_once,
    call,
    callback,
    judged,
    music,
    order,
    page,
    read,
    row,
    said,
    scheduler,
    second_item,
)
from tempolor_contract import Exchange

URL = "http://files.example/a.json"
FOREIGN = "user:9-tempolor:111-job:a1"
UNTOLD = music() | {"status": 7}


def got(answer: dict[str, Any], status: int = 200, job: str = JOB, **options: Any) -> Exchange:
    """Return a poll that was answered so, whatever job it asked for."""
    return call("GET", f"/music/{job}", status, answer, **options)


def inner(**fields: Any) -> dict[str, Any]:
    """Return a finished item with these musical facts."""
    return music(30, musicMaterial=fields)


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
            [page("/music", UNTOLD, second_item(10, status_final=False))],
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
            [page("/music", music(30), second_item(30, 99), music(30, 0))],
        ),
    ],
    "unfinished-has-no-files": [
        (SILENT, [read(music(30, mp3OssId="a"))]),
        (PASSED, [read(music(0, 99, mp3OssId=""))]),
        ("[1] the item is still GENERATING, but its progress is 100", [read(music(0, 100))]),
        (
            "[1] the item is still GENERATING, but has mp3OssId already",
            [page("/music", music(), second_item(wavOssId="a.wav", mp3OssId="a"))],
        ),
    ],
    "item-ids-agree": [
        (SILENT, [got({"job_id": "a1", "itemId": "b"})]),
        (PASSED, [got(BARE)]),
        (f"[1] {JOB} names 111 where userId beside it is '9'", [read(music(userId="9"))]),
        (f"[1] the job_id of an item is {VOICE}, the id of a voice", [got({"job_id": VOICE})]),
        (
            f"[1] {JOB2} names b2 where itemId beside it is 'a1'",
            [page("/music", {"job_id": "a1"}, second_item(itemId="a1"))],
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
            [page("/music", music(), second_item(0, 9)), page("/music", music(progress=None), second_item(0, 8))],
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
                page("/music", {"job_id": "a1"}, second_item(0, 9)),
                page("/music", {"job_id": "a1"}, second_item(0, 8)),
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
            [page("/music", UNTOLD, second_item(30)), page("/music", music(), second_item())],
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
            [page("/music", music(30), second_item(30)), page("/music", BARE, second_item())],
        ),
        (
            f"[1, 2] {JOB2} had ended with status 30, and then had status 0",
            [page("/music", second_item(30)), page("/music", music(), second_item())],
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
            [page("/music", music(), second_item(30)), page("/music", music(), second_item(10))],
        ),
    ],
    "item-keeps-its-identity": [
        (SILENT, [read(music(createTime=1))]),
        (PASSED, [read(music(createTime=1)), read(music())]),
        (f"[1, 2] of {JOB}, seed changed from 1 to 2", [read(inner(seed=1)), read(inner(seed=2))]),
        (
            f"[1, 2] of {JOB2}, bizType changed from 1 to 2",
            [page("/music", music(), second_item(bizType=1)), page("/music", music(), second_item(bizType=2))],
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
            [page("/music", music(), second_item(createTime=9, updateTime=2))],
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
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_items_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


UNCLEAR = [
    ("a poll that was overtaken", "progress-never-goes-back", [("r", 50, 0.0, 9.0), ("r", 40, 1.0, 1.0)]),
    ("polls one after the other", "progress-never-goes-back", [("r", 50, 0.0, 1.0), ("r", 40, 2.0, 1.0)]),
]


@pytest.mark.parametrize(("polls", "verdict"), [(UNCLEAR[0][2], "never-reached"), (UNCLEAR[1][2], "violated")])
def test_answers_that_may_have_overtaken_each_other_prove_nothing(polls, verdict):
    """Of two polls that overlapped, nobody knows which one saw the later state."""
    exchanges = [
        replace(read(music(0, progress)), started=1000.0 + start, elapsed=took) for _, progress, start, took in polls
    ]

    assert judged("progress-never-goes-back", *exchanges).verdict == verdict
