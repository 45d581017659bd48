"""Each rule passes a history that conforms and finds the one that does not."""

import random
import struct
from dataclasses import replace

import pytest
from stories import (
    ACCOUNT,
    CANCELLED,
    DELETED,
    HOOK,
    JOB,
    JOB2,
    MIDI,
    VOICE,
    account,
    available,
    busy,
    call,
    callback,
    error,
    judged,
    music,
    order,
    page,
    read,
    row,
    scheduler,
    stored,
    story,
)
from tempolor_contract import CATALOGUE, GENERATED, DocumentJudge, Effort, Exchange, Inspector, Verdict

URL = "http://files.example/a.mp3?auth_key=1"
UPLOADED = call(
    "POST",
    "/music/midi",
    200,
    {"isFirst": True, "midiRenderVO": {"midiItemId": MIDI, "name": "x"}},
    query={"name": "x", "user_id": ACCOUNT},
    sent=b"MThd",
    headers={"Content-Type": "audio/midi"},
)
CLONED = call(
    "POST",
    "/music/cloned-voices",
    200,
    {"result": True, "itemId": "v1", "clonedVoiceItemId": VOICE},
    query={"name": "x"},
    sent=b"RIFF",
    headers={"Content-Type": "audio/wav"},
)
CRASHES = [call("GET", f"/music/{JOB}", 500), scheduler(), call("GET", f"/music/{JOB}", 502)]
ONE_ACCOUNT = call("GET", "/accounts", 200, {"111": account()})
TICKET = {"service_ticket": "of-a-browser-session"}
MIDI_URL = "http://files.example/m1.mid"
MIDI_LINK = call(
    "POST",
    "/music/midi",
    200,
    {"isFirst": True, "midiRenderVO": {"midiItemId": MIDI, "name": "x", "midiUrl": MIDI_URL}},
    query={"name": "x", "user_id": ACCOUNT},
    sent=b"MThd",
    headers={"Content-Type": "audio/midi"},
)
REFUSED = call("POST", "/music/song", 400, error(400), sent={"replyRef": "r"})
SOURCE_GONE = call("POST", "/music/song", 404, error(404), sent={"prompt": "x", "clonedVoiceItemId": VOICE})


def stored_with_ticket(shown: str) -> Exchange:
    """Return the storing of an account with a ticket, and what its answer shows of it."""
    answer = account(requestParams={"service_ticket": shown})
    return call("POST", "/accounts", 200, answer, sent={"requestParams": TICKET})


def with_version(version: str) -> Exchange:
    """Return the storing of an account with a version of the browser's app."""
    parameters = {"user_id": "111", "ve": version}
    return call("POST", "/accounts", 200, account(requestParams=parameters), sent={"requestParams": parameters})


def tone(length: int) -> bytes:
    """Return a WAV file that says that so many bytes follow its head."""
    return b"RIFF" + struct.pack("<I", length + 4) + b"WAVE" + b"\0" * 8


def link(file_format: str = "mp3", status: int = 200, text: str = "") -> Exchange:
    """Return a download call."""
    answer = {"url": URL, "remainSeconds": 60} if status == 200 else error(status, text)
    return call("GET", f"/music/download/{JOB}", status, answer, query={"file_format": file_format})


def fetched(body: bytes, media_type: str = "") -> Exchange:
    """Return the fetching of that link."""
    return call("GET", URL, 200, token=None, body=body, answer_headers={"Content-Type": media_type})


def listed(name: str, thing: str, **more: object) -> dict[str, object]:
    """Return a record of a list."""
    return {name: thing, "name": "x", **more}


def following(item: dict[str, object]) -> Exchange:
    """Return the second and last page of music."""
    answer = {"records": [item], "hasNext": False, "cursor": ""}
    return call("GET", "/music", 200, answer, query={"user_id": ACCOUNT, "cursor": "c"})


def refused_method(allow: str | None) -> Exchange:
    """Return a PUT that the scheduler does not know."""
    return call("PUT", "/scheduler", 405, error(405), answer_headers={"Allow": allow} if allow else None)


# Rule: a history that conforms, and one that does not.
TABLE: dict[str, tuple[list[Exchange], list[Exchange]]] = {
    "status-documented": ([read(music())], [call("GET", f"/music/{JOB}", 410, error(410))]),
    "media-type-documented": (
        [read(music())],
        [call("GET", "/scheduler", 200, body=b"[]", answer_headers={"Content-Type": "text/plain"})],
    ),
    "answer-fits-schema": ([read(music())], [read(music(titleEn=None))]),
    "answer-fits-reading": ([read(music())], [read(music(0, 101))]),
    "answer-has-its-fields": ([DELETED], [call("DELETE", f"/music/{JOB}", 200, {"ok": True})]),
    "undeclared-properties": ([read(music())], [read(music(mood=1))]),
    "error-envelope": ([read(music(), 404)], [call("GET", f"/music/{JOB}", 404, {"error": "gone"})]),
    "documented-headers": ([refused_method("GET")], [refused_method(None)]),
    "wrong-method-is-405": ([refused_method("GET")], [call("PUT", "/scheduler", 403, error(403))]),
    "invalid-is-refused": ([order()], [order(prompt="p" * 2001)]),
    "unlikely-is-refused": ([order()], [order(prompt="")]),
    "valid-is-accepted": (
        [order()],
        [call("POST", "/music/song", 400, error(400, "Parameter prompt is required"), sent={"prompt": "x"})],
    ),
    "refused-order-is-wrong": (
        [call("POST", "/music/song", 400, error(400, "prompt is too long"), sent={"prompt": "p" * 2001})],
        [call("POST", "/music/song", 400, error(400, "Something is wrong"), sent={"prompt": "p"})],
    ),
    "refusal-names-what-is-wrong": (
        [call("POST", "/music/song", 400, error(400, "prompt is too long"), sent={"prompt": "p" * 2001})],
        [call("POST", "/music/song", 400, error(400, "lyrics is too long"), sent={"prompt": "p" * 2001})],
    ),
    "no-token-no-answer": (
        [read(music()), call("GET", "/scheduler", 401, error(401), token=None)],
        [read(music()), call("GET", "/scheduler", 200, [], token=None)],
    ),
    "no-redirects": ([scheduler()], [call("GET", "/scheduler/", 307, answer_headers={"Location": "/scheduler"})]),
    "code-is-the-status": (
        [call("GET", f"/music/{JOB}", 404, error(404))],
        [call("GET", f"/music/{JOB}", 404, error(400))],
    ),
    "errors-say-something": (
        [call("GET", f"/music/{JOB}", 404, error(404))],
        [call("GET", f"/music/{JOB}", 404, error(404, " "))],
    ),
    "no-lasting-crash": (
        [*CRASHES, scheduler(), call("GET", f"/music/{JOB}", 404, error(404))],
        [*CRASHES, scheduler(), call("GET", f"/music/{JOB}", 500)],
    ),
    "printed-error-texts": (
        [call("GET", "/scheduler", 401, error(401, "Unauthorized"), token=None)],
        [call("GET", "/scheduler", 401, error(401, "Go away"), token=None)],
    ),
    "account-stamps-agree": ([stored()], [call("GET", "/accounts/111", 200, account(updated=1747731600125 + 5000))]),
    "accounts-stand-under-their-ids": (
        [call("GET", "/accounts", 200, {"111": account()})],
        [call("GET", "/accounts", 200, {"222": account()})],
    ),
    "account-that-was-asked-for": (
        [call("GET", "/accounts/111", 200, account())],
        [call("GET", "/accounts/222", 200, account())],
    ),
    "account-keeps-its-limit": (
        [stored(limit=3)],
        [call("POST", "/accounts", 200, account(limit=9), sent={"requestParams": {}})],
    ),
    "account-keeps-its-id": (
        [stored()],
        [call("POST", "/accounts", 200, account("9"), sent={"requestParams": {"user_id": "8"}})],
    ),
    "secrets-are-masked": (
        [stored_with_ticket("<hidden>"), call("GET", "/accounts/111", 200, account())],
        [stored_with_ticket("***"), call("GET", "/accounts/111", 200, account(requestParams=TICKET))],
    ),
    "account-round-trips": (
        [stored(), call("GET", "/accounts/111", 200, account())],
        [stored(), call("GET", "/accounts/111", 200, account(limit=4))],
    ),
    "account-keeps-its-parameters": (
        [*(with_version(each) for each in "12"), call("GET", "/accounts/111", 200, account(requestParams={"ve": "2"}))],
        [*(with_version(each) for each in "12"), call("GET", "/accounts/111", 200, account(requestParams={"ve": "1"}))],
    ),
    "account-stamp-is-now": (
        [stored(), call("POST", "/accounts", 200, account(updated=1747731600126), sent={"requestParams": {}})],
        [stored(), call("POST", "/accounts", 200, account(updated=1747731600124), sent={"requestParams": {}})],
    ),
    "no-accounts-is-404": (
        [call("GET", "/accounts", 404, error(404))],
        [call("GET", "/accounts", 200, {})],
    ),
    "scheduler-answers-where-accounts-are": (
        [call("GET", "/scheduler", 404, error(404)), stored(), scheduler()],
        [stored(), call("GET", "/scheduler", 404, error(404))],
    ),
    "one-account-needs-no-name": (
        [ONE_ACCOUNT, call("GET", "/music", 200, {"records": []})],
        [ONE_ACCOUNT, call("GET", "/music", 400, error(400, "Parameter user_id is required"))],
    ),
    "several-accounts-need-a-name": (
        [stored("1"), stored("2"), call("GET", "/music", 400, error(400))],
        [stored("1"), stored("2"), call("GET", "/music", 200, {"records": []})],
    ),
    "malformed-id-is-400": (
        [call("GET", "/music/nope", 400, error(400))],
        [call("GET", f"/music/{VOICE}", 404, error(404))],
    ),
    "what-was-made-can-be-found": ([order(), read(music())], [order(), read(music(), 404)]),
    "deleted-is-gone": ([order(), DELETED, read(music(), 404)], [order(), DELETED, read(music(30))]),
    "ids-belong-to-their-user": (
        [call("GET", f"/music/{JOB}", 404, error(404), token="user:777-x")],
        [call("GET", f"/music/{JOB}", 200, music(), token="user:777-x")],
    ),
    "jobs-match-item-ids": (
        [order(JOB, JOB2)],
        [call("POST", "/music/song", 200, {"jobs": [JOB], "itemIds": ["z"]}, sent={"prompt": "x"})],
    ),
    "jobs-are-new": ([order(JOB), order(JOB2)], [order(JOB), order(JOB)]),
    "result-means-success": ([DELETED], [call("DELETE", f"/music/{JOB}", 200, {"result": False})]),
    "voice-and-midi-exclude-each-other": (
        [call("POST", "/music/song", 400, error(400), sent={"midiItemId": MIDI, "clonedVoiceItemId": VOICE})],
        [order(artistVoiceItemId="voice_1", clonedVoiceItemId=VOICE)],
    ),
    "order-goes-to-its-account": ([order(user_id=ACCOUNT)], [order(user_id="222")]),
    "order-comes-back": (
        [order(kind="instrumental", bpm=73), read(music(musicMaterial={"bpm": 73}))],
        [order(kind="instrumental", bpm=73), read(music(musicMaterial={"bpm": 74}))],
    ),
    "sources-come-back": (
        [order(midiItemId=MIDI), read(music(ltmMaterialExtendDto={"ltmMidiModel": True}))],
        [order(midiItemId=MIDI), read(music(ltmMaterialExtendDto={"ltmMidiModel": False}))],
    ),
    "model-comes-back": (
        [order(), read(music(ltmMaterialExtendDto={"modelShowName": "v3.5"}))],
        [order(), read(music(ltmMaterialExtendDto={"modelShowName": "v3"}))],
    ),
    "length-keeps-to-the-model": (
        [read(music(30, musicMaterial={"dur": 120}, ltmMaterialExtendDto={"modelShowName": "v3"}))],
        [read(music(30, musicMaterial={"dur": 180}, ltmMaterialExtendDto={"modelShowName": "v3"}))],
    ),
    "plan-adds-up": (
        [call("POST", "/music/song", 200, {"remainNum": 1, "totalNum": 2}, sent={"prompt": "x"})],
        [call("POST", "/music/song", 200, {"remainNum": 3, "totalNum": 2}, sent={"prompt": "x"})],
    ),
    "status-triple-agrees": ([read(music(30))], [read(music(30, status_final=False))]),
    "completed-is-100-percent": ([read(music(30))], [read(music(30, 99))]),
    "unfinished-has-no-files": ([read(music())], [read(music(mp3OssId="a.mp3"))]),
    "item-ids-agree": ([read(music())], [read(music(itemId="z"))]),
    "asked-is-answered": ([read(music())], [call("GET", f"/music/{JOB2}", 200, music())]),
    "ids-carry-the-token-number": ([read(music())], [read(music(job=JOB.replace("12345", "99")))]),
    "stamps-are-in-milliseconds": (
        [read(music(createTime=1747731600125))],
        [read(music(createTime=1747731600))],
    ),
    "progress-never-goes-back": ([read(music(0, 10)), read(music(0, 10))], [read(music(0, 10)), read(music(0, 9))]),
    "status-never-goes-back": ([read(music()), read(music(30))], [read(music(30)), read(music())]),
    "final-stays-final": ([read(music(10)), read(music(10))], [read(music(10)), read(music(30))]),
    "finished-item-is-stable": (
        [read(music(30, titleEn="a")), read(music(30, titleEn="a"))],
        [read(music(30, titleEn="a")), read(music(30, titleEn="b"))],
    ),
    "item-keeps-its-identity": (
        [read(music(createTime=1)), read(music(createTime=1))],
        [read(music(createTime=1)), read(music(createTime=2))],
    ),
    "item-stamps-run-forward": (
        [read(music(createTime=1, updateTime=2))],
        [read(music(createTime=3, updateTime=2))],
    ),
    "busy-body-is-one-of-two": ([busy(JOB)], [busy(JOB, count=2)]),
    "busy-only-when-full": ([busy(JOB, maxJobs=1)], [busy(JOB, maxJobs=2)]),
    "full-is-busy": (
        [order(JOB), order(JOB2, maxJobs=2), read(music())],
        [order(JOB), order(JOB2, maxJobs=1), read(music())],
    ),
    "busy-lists-only-running": ([order(), read(music()), busy(JOB)], [order(), read(music(30)), busy(JOB)]),
    "refused-order-starts-nothing": (
        [scheduler(), REFUSED, scheduler(row(JOB2))],
        [scheduler(), REFUSED, scheduler(row(replyRef="r"))],
    ),
    "busy-repeats-the-order": ([order(), busy(JOB)], [order(replyRef="r"), busy(JOB)]),
    "available-adds-up": (
        [available(("111", 3, 1, 2), executing=[row()])],
        [available(("111", 3, 1, 3), executing=[row()])],
    ),
    "available-is-sorted": (
        [available(("2", 5, 0, 5), ("1", 3, 0, 3))],
        [available(("1", 3, 0, 3), ("2", 5, 0, 5))],
    ),
    "available-has-the-limits": (
        [stored(limit=3), available(("111", 3, 0, 3))],
        [stored(limit=3), available(("111", 4, 0, 4))],
    ),
    "available-has-all-accounts": ([stored(), available(("111", 10, 0, 10))], [stored(), available()]),
    "available-shows-all-room": (
        [stored(limit=2), available(("111", 2, 1, 1), executing=[row()])],
        [stored(limit=2), available(executing=[row()])],
    ),
    "elapsed-fits-started": (
        [scheduler(row(), row(JOB2, "00:02", "2025-05-20T09:00:03.000Z"))],
        [scheduler(row(), row(JOB2, "00:09", "2025-05-20T09:00:03.000Z"))],
    ),
    "running-row-goes-on": (
        [scheduler(row()), scheduler(row(elapsed="00:06"))],
        [scheduler(row()), scheduler(row(elapsed="00:04"))],
    ),
    "start-is-creation": (
        [read(music(createTime=1747731600500)), scheduler(row())],
        [read(music(createTime=1747731660000)), scheduler(row())],
    ),
    "scheduler-lists-what-runs": ([order(), scheduler(row())], [order(), CANCELLED, scheduler(row())]),
    "scheduler-repeats-the-order": (
        [order(replyRef="r"), scheduler(row(replyRef="r"))],
        [order(replyRef="r"), scheduler(row())],
    ),
    "cancel-works-once": (
        [order(), CANCELLED, call("DELETE", f"/scheduler/{JOB}", 404, error(404))],
        [order(), CANCELLED, CANCELLED],
    ),
    "more-pages-have-a-cursor": (
        [page("/music", cursor="c")],
        [call("GET", "/music", 200, {"records": [], "hasNext": True, "cursor": ""})],
    ),
    "last-page-has-no-cursor": (
        [page("/music")],
        [call("GET", "/music", 200, {"records": [], "hasNext": False, "cursor": "c"})],
    ),
    "newest-comes-first": (
        [page("/music", music(createTime=2), music(job=JOB2, createTime=1))],
        [page("/music", music(createTime=1), music(job=JOB2, createTime=2))],
    ),
    "empty-is-left-out": (
        [call("GET", "/music", 200, {"records": [], "hasNext": False}, query={"cursor": ""})],
        [call("GET", "/music", 400, error(400, "Invalid cursor"), query={"cursor": ""})],
    ),
    "type-filters": (
        [order(), page("/music", music())],
        [order(kind="instrumental"), page("/music", music())],
    ),
    "list-keeps-to-its-account": (
        [page("/music", music())],
        [page("/music", music(job="user:12345-tempolor:222-job:a"))],
    ),
    "pages-neither-lose-nor-repeat": (
        [page("/music", music(), cursor="c"), following(music(job=JOB2))],
        [page("/music", music(), cursor="c"), following(music())],
    ),
    "pages-hold-still": (
        [page("/music", music(), cursor="c"), UPLOADED, following(music(job=JOB2))],
        [page("/music", music(), cursor="c"), UPLOADED, following(music())],
    ),
    "download-has-a-link": ([link()], [call("GET", f"/music/download/{JOB}", 200, {"url": "a.mp3"})]),
    "download-only-when-complete": ([read(music(30)), link()], [link(), read(music(0)), link(), read(music(0))]),
    "complete-can-be-downloaded": (
        [read(music(30)), link(status=404), link()],
        [read(music(30)), link(status=400, text="Generation is not completed yet (30)")],
    ),
    "failed-download-says-so": (
        [order(), read(music(10)), link(status=400, text="Generation is not completed yet (10)")],
        [order(), read(music(10)), link(status=404)],
    ),
    "each-job-has-its-file": (
        [link(), call("GET", f"/music/download/{JOB2}", 200, {"url": f"{URL}2"})],
        [link(), call("GET", f"/music/download/{JOB2}", 200, {"url": URL})],
    ),
    "token-stays-known": (
        [call("GET", "/scheduler", 401, error(401)), scheduler(), scheduler()],
        [scheduler(), call("GET", "/scheduler", 401, error(401))],
    ),
    "link-serves-its-kind": ([link(), fetched(b"ID3\x04")], [link(), fetched(b"<html>")]),
    "link-names-its-kind": (
        [link(), fetched(b"ID3\x04", "audio/mpeg")],
        [link(), fetched(b"ID3\x04", "text/html")],
    ),
    "lifetime-is-in-seconds": (
        [link()],
        [call("GET", f"/music/download/{JOB}", 200, {"url": URL, "remainSeconds": 3_600_000})],
    ),
    "file-is-whole": ([link("wav"), fetched(tone(8))], [link("wav"), fetched(tone(800))]),
    "midi-file-comes-back": (
        [MIDI_LINK, call("GET", MIDI_URL, 200, token=None, body=b"MThd")],
        [MIDI_LINK, call("GET", MIDI_URL, 200, token=None, body=b"MThd and more")],
    ),
    "upload-answers-its-id": (
        [UPLOADED],
        [replace(UPLOADED, request=replace(UPLOADED.request, url=UPLOADED.request.url.replace("name=x", "name=y")))],
    ),
    "empty-uploads-are-refused": (
        [call("POST", "/music/stems-splitter", 400, error(400, "Empty file received"))],
        [call("POST", "/music/stems-splitter", 200, {"state": 2, "stemsZipUrl": "http://files.example/a.zip"})],
    ),
    "unlisted-sounds-are-refused": (
        [CLONED],
        [call("POST", "/music/stems-splitter", 200, {"state": 1}, sent=b"x", headers={"Content-Type": "audio/ogg"})],
    ),
    "clone-status-fits-its-body": (
        [CLONED],
        [replace(CLONED, response=replace(CLONED.response, status=202))],
    ),
    "upload-comes-back-in-its-list": (
        [UPLOADED, page("/music/midi", listed("midiItemId", MIDI))],
        [UPLOADED, page("/music/midi", listed("midiItemId", MIDI) | {"name": "y"})],
    ),
    "ready-voice-stays-ready": (
        [CLONED, page("/music/cloned-voices", listed("clonedVoiceItemId", VOICE, status=30))],
        [CLONED, page("/music/cloned-voices", listed("clonedVoiceItemId", VOICE, status=0))],
    ),
    "ready-material-can-be-used": ([CLONED, order(clonedVoiceItemId=VOICE)], [CLONED, SOURCE_GONE]),
    "is-first-means-first": (
        [
            page("/music/midi", listed("midiItemId", MIDI.replace("m1", "m0"))),
            replace(
                UPLOADED, response=replace(UPLOADED.response, body=UPLOADED.response.body.replace(b"true", b"false"))
            ),
        ],
        [page("/music/midi", listed("midiItemId", MIDI.replace("m1", "m0"))), UPLOADED],
    ),
    "stems-are-done-or-not": (
        [call("POST", "/music/stems-splitter", 200, {"state": 2, "stemsZipUrl": "http://x/a.zip"})],
        [call("POST", "/music/stems-splitter", 200, {"state": 2})],
    ),
    "artist-voices-can-be-listed": (
        [page("/music/artist-voices", {"itemId": "voice_1"})],
        [page("/music/artist-voices", {"name": "Alto"})],
    ),
    "system-time-goes-on": (
        [stored(), call("GET", "/music/artist-voices", 200, {"records": [], "sysTime": 1747731600125})],
        [stored(), call("GET", "/music/artist-voices", 200, {"records": [], "sysTime": 1747731000125})],
    ),
    "callback-is-a-json-post": ([callback(music())], [callback(music(), method="PUT")]),
    "callback-fits-schema": ([callback(music())], [callback(music(titleEn=7))]),
    "callback-repeats-the-order": (
        [order(replyUrl=HOOK, replyRef="r"), callback(music(), replyUrl=HOOK, replyRef="r")],
        [order(replyUrl=HOOK, replyRef="r"), callback(music(), replyUrl=HOOK)],
    ),
    "callback-goes-to-its-address": (
        [order(replyUrl=f"{HOOK}?a=1"), callback(music(), url=f"{HOOK}?a=1")],
        [order(replyUrl=f"{HOOK}?a=1"), callback(music(), url=HOOK)],
    ),
    "callback-is-what-a-poll-shows": (
        [order(), callback(music(30, titleEn="a")), read(music(30, titleEn="a"))],
        [order(), callback(music(30, titleEn="a")), read(music(30, titleEn="b"))],
    ),
    "callbacks-come-in-order": (
        [order(), callback(music(0, 10)), callback(music(0, 20))],
        [order(), callback(music(0, 20)), callback(music(0, 10))],
    ),
    "callbacks-end-with-one-final": (
        [order(), callback(music()), callback(music(30))],
        [order(), callback(music(30)), callback(music(30))],
    ),
    "no-callback-after-cancel": (
        [order(), CANCELLED, read(music()), callback(music())],
        [order(), CANCELLED, read(music()), callback(music(0, 60))],
    ),
}

# These are judged by scenarios, a part of them in any traffic too (`test_rules_of_recordings`); `test_scenarios` breaks
# a service for each of them.
PLAYED = {
    "account-limit-is-exact",
    "callbacks-that-fail-harm-nothing",
    "cancelled-job-is-still-there",
    "empty-fields-are-left-out",
    "encoded-id-is-the-same-id",
    "invalid-values-are-400",
    "jobs-come-to-an-end",
    "link-lasts-and-expires",
    "listed-media-types-are-taken",
    "media-types-may-be-spelt-freely",
    "order-finds-its-account",
    "orders-are-json-or-forms",
    "own-limit-replaces-the-accounts",
    "slash-at-the-end-is-nothing",
    "slot-is-freed-by-cancel",
    "slot-is-freed-by-completion",
    "unknown-account-is-404",
    "unknown-id-is-404",
    "unknown-path-is-404",
    "upload-refuses-what-it-cannot-be",
    "valid-orders-are-taken",
    "whole-numbers-may-have-a-point",
    # The two validators agree on every answer anybody could think of.
    "validators-agree",
}


@pytest.mark.parametrize("rule_id", TABLE)
def test_a_conforming_history_passes(rule_id):
    """A history as the pages have it breaks no rule."""
    tally = judged(rule_id, *TABLE[rule_id][0])

    assert not tally.violations, tally.violations[0].message
    assert not tally.notes, tally.notes[0].message
    # That nothing came is nothing that could be counted.
    assert tally.judged or rule_id == "no-callback-after-cancel"


@pytest.mark.parametrize("rule_id", TABLE)
def test_a_violating_history_is_found(rule_id):
    """A history with one thing wrong breaks the rule that is about it."""
    tally = judged(rule_id, *TABLE[rule_id][1])

    assert tally.verdict in {Verdict.VIOLATED, Verdict.NOTED}


def unrecorded(exchange, lost):
    """Return an exchange whose request's or response's body was not recorded, or neither's."""
    request, response = exchange.request, exchange.response
    if "request" in lost and request.body:
        request = replace(request, body=b"", truncated=True)
    if "response" in lost and response is not None:
        response = replace(response, body=b"", truncated=True)
    return replace(exchange, request=request, response=response)


def broken_by(history, judge):
    """Return the ids of all rules that a history breaks."""
    inspector = Inspector(CATALOGUE, judge, live=False)
    for each in history:
        inspector.see(each)
    return {rule_id for rule_id, tally in inspector.ledger.tallies.items() if tally.violations}


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param("request", marks=pytest.mark.slow),
        pytest.param("response", marks=pytest.mark.slow),
        "request response",
        "",
    ],
)
def test_what_was_not_recorded_breaks_nothing(lost):
    """A history without bodies, or without some of them, breaks no rule that it keeps with all of them."""
    judge, chance = DocumentJudge(effort=Effort.NONE), random.Random(7)
    for rule_id, (history, _) in TABLE.items():
        whole = story(*history)
        losses = [lost or chance.choice(["", "request", "response"]) for _ in whole]
        bare = [unrecorded(each, loss) for each, loss in zip(whole, losses, strict=True)]

        assert broken_by(bare, judge) <= broken_by(whole, judge), rule_id


def test_every_rule_is_in_the_table_or_played():
    """No rule goes without a test; those of generated requests have their own."""
    assert {rule.id for rule in CATALOGUE} == {*TABLE, *PLAYED, *GENERATED.provokes}


def test_ids_are_unique():
    """A rule is known by its id alone."""
    assert len({rule.id for rule in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("rule_id", ["order-comes-back", "available-is-sorted", "callback-is-a-json-post"])
def test_readings_bind_mocks_only(rule_id):
    """Where the pages are silent, the live service is free: a violation is only noted there."""
    tally = judged(rule_id, *TABLE[rule_id][1], live=True)

    assert tally.verdict is Verdict.NOTED


@pytest.mark.parametrize(
    "status",
    [0, 500, pytest.param(502, marks=pytest.mark.slow), pytest.param(596, marks=pytest.mark.slow)],
)
def test_unclear_answers_are_nobodys_fault(status):
    """No answer, a 5xx or a broken session breaks no rule at all."""
    for rule in CATALOGUE:
        tally = judged(rule.id, order(), call("GET", f"/music/{JOB}", status, {"oops": 1} if status else None))
        assert not tally.violations, rule.id


def test_a_strange_answer_breaks_no_rule_by_crashing():
    """Whatever shape an answer has, rules go on; what is wrong with it, the schema tells."""
    strange = music() | {"job_id": ["x"], "musicMaterial": 5, "status": "30", "progress": None}
    for rule in CATALOGUE:
        judged(rule.id, order(), read(music()), call("GET", f"/music/{JOB}", 200, strange), page("/music", strange))
