"""What rules say at their edges: of half an answer, of what is gone, of what nobody can know."""

import pytest
from stories import (
    ACCOUNT,
    DELETED,
    JOB,
    JOB2,
    MIDI,
    PASSED,
    SILENT,
    UPLOAD,
    UPLOADED,
    VOICE,
    account,
    available,
    call,
    callback,
    error,
    judged,
    music,
    order,
    page,
    row,
    scheduler,
    stored,
)

VIOLATED = "violated"
ONE = call("GET", "/accounts", 200, {ACCOUNT: account()})
REMOVED = call("DELETE", f"/accounts/{ACCOUNT}", 204)
CLONING = {"query": {"name": "x"}, "sent": b"RIFF", "headers": {"Content-Type": "audio/wav"}}
WAV_URL = "http://files.example/a.wav"
MIDI_URL = "http://files.example/a.mid"
WITH_LINK = call(
    "POST", "/music/midi", 200, {"midiRenderVO": {"midiItemId": MIDI, "name": "x", "midiUrl": MIDI_URL}}, **UPLOAD
)
OLD_UPLOAD = page("/music/midi", {"midiItemId": MIDI, "name": "y"})


def cloned(status: int, **answer: object):
    """Return the answer to a voice that was to be cloned."""
    return call("POST", "/music/cloned-voices", status, {"clonedVoiceItemId": VOICE, **answer}, **CLONING)


def wav(*, body: bytes, kind: str = "wav"):
    """Return the handing out of a link, and what it serves."""
    link = call("GET", f"/music/download/{JOB}", 200, {"url": WAV_URL}, query={"file_format": kind})
    return [link, call("GET", WAV_URL, 200, token=None, body=body)]


def refused(operation: str, path: str, status: int, text: str, **options: object):
    """Return a refusal."""
    return call(operation, path, status, error(status, text), **options)


def stamped(sys_time: int):
    """Return a page that tells the service's time."""
    answer = {"records": [], "hasNext": False, "cursor": "", "sysTime": sys_time}
    return call("GET", "/music", 200, answer, query={"user_id": ACCOUNT})


def zero(told: str):
    """Return the answer to an account whose `user_id` is the number 0."""
    return call("POST", "/accounts", 200, account(told), sent={"requestParams": {"user_id": 0, "ucid": "5"}})


SONG = music(material="x")
CASES = {
    "a final callback that was not taken comes again": (
        "callbacks-end-with-one-final",
        [order(), callback(music(30), status=503), callback(music(30))],
        PASSED,
    ),
    "a user_id of 0 is an id": ("account-keeps-its-id", [zero("0")], PASSED),
    "a user_id of 0 is none": ("account-keeps-its-id", [zero("5")], PASSED),
    "a user_id of 0 is neither": ("account-keeps-its-id", [zero("6")], VIOLATED),
    "a secret that was not sent cannot be shown": ("secrets-are-masked", [ONE], PASSED),
    "a deleted account can be read": (
        "account-round-trips",
        [stored(), REMOVED, call("GET", "/accounts/111", 200, account())],
        VIOLATED,
    ),
    "a deleted account is a 404": (
        "account-round-trips",
        [stored(), REMOVED, refused("GET", "/accounts/111", 404, "x")],
        PASSED,
    ),
    "a stored account is a 404": (
        "account-round-trips",
        [stored(), refused("GET", "/accounts/111", 404, "x")],
        VIOLATED,
    ),
    "a stored account is listed": ("account-round-trips", [stored(), ONE], PASSED),
    "a stored account is not listed": (
        "account-round-trips",
        [stored(), call("GET", "/accounts", 200, {"222": account("222")})],
        VIOLATED,
    ),
    "a deleted account is listed": ("account-round-trips", [stored(), REMOVED, ONE], VIOLATED),
    "an answer without stamp says nothing of stamps": (
        "account-stamp-is-now",
        [stored(), call("POST", "/accounts", 200, {"user_id": ACCOUNT}, sent={"requestParams": {"user_id": ACCOUNT}})],
        SILENT,
    ),
    "a refusal of a named account is no demand for a name": (
        "one-account-needs-no-name",
        [ONE, refused("GET", "/music", 400, "Parameter user_id is required", query={"user_id": ACCOUNT})],
        SILENT,
    ),
    "a 404 that no page prints": (
        "printed-error-texts",
        [refused("GET", "/accounts/111", 404, "Never heard of it")],
        SILENT,
    ),
    "a source nobody has on an account that is not known": (
        "printed-error-texts",
        [
            refused(
                "POST", "/music/song", 404, "No such account", sent={"prompt": "x", "midiItemId": MIDI, "user_id": "9"}
            )
        ],
        SILENT,
    ),
    "two sources, one of which nobody has": (
        "printed-error-texts",
        [
            ONE,
            refused(
                "POST",
                "/music/song",
                404,
                "Neither",
                sent={"midiItemId": MIDI, "clonedVoiceItemId": VOICE, "user_id": ACCOUNT},
            ),
        ],
        SILENT,
    ),
    "a list without what was ordered": ("pages-neither-lose-nor-repeat", [order(), page("/music")], VIOLATED),
    "a list without what was deleted": ("pages-neither-lose-nor-repeat", [order(), DELETED, page("/music")], PASSED),
    "a list without another account's job": (
        "pages-neither-lose-nor-repeat",
        [order(JOB.replace(f":{ACCOUNT}-", ":222-")), page("/music")],
        PASSED,
    ),
    "a list of an account that was removed": (
        "pages-neither-lose-nor-repeat",
        [stored(), order(), REMOVED, page("/music")],
        PASSED,
    ),
    "a list without what was uploaded": ("pages-neither-lose-nor-repeat", [UPLOADED, page("/music/midi")], VIOLATED),
    "a list without an upload that was deleted": (
        "pages-neither-lose-nor-repeat",
        [UPLOADED, call("DELETE", f"/music/midi/{MIDI}", 200, {"result": True}), page("/music/midi")],
        PASSED,
    ),
    "a ready voice with a false result": ("clone-status-fits-its-body", [cloned(200, result=False)], VIOLATED),
    "a ready voice with a message": (
        "clone-status-fits-its-body",
        [cloned(200, result=True, message="wait")],
        VIOLATED,
    ),
    "a ready voice without a result": ("clone-status-fits-its-body", [cloned(200)], PASSED),
    "an upload whose answer has no file": (
        "upload-answers-its-id",
        [call("POST", "/music/midi", 200, {"isFirst": True}, **UPLOAD)],
        VIOLATED,
    ),
    "an upload nobody saw being named": ("upload-comes-back-in-its-list", [OLD_UPLOAD, OLD_UPLOAD], SILENT),
    "a RIFF file that is no WAVE": ("link-serves-its-kind", wav(body=b"RIFF\0\0\0\0AVI LIST" + b"\0" * 40), VIOLATED),
    "a WAV": ("link-serves-its-kind", wav(body=b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 40), PASSED),
    "a WAV for an MP3": ("link-serves-its-kind", wav(body=b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 40, kind="mp3"), VIOLATED),
    "an MP3": ("link-serves-its-kind", wav(body=b"ID3\x04" + b"\0" * 40, kind="mp3"), PASSED),
    "an upload that was recorded as another number of bytes": (
        "midi-file-comes-back",
        [
            call(
                "POST",
                "/music/midi",
                200,
                WITH_LINK.response.json,
                **{**UPLOAD, "headers": {**UPLOAD["headers"], "Content-Length": "9"}},
            ),
            call("GET", MIDI_URL, 200, token=None, body=b"MThd-and-more"),
        ],
        SILENT,
    ),
    "an account with a free slot has no row": (
        "available-shows-all-room",
        [stored(limit=2), available(executing=[row()])],
        VIOLATED,
    ),
    "a full account has no row": ("available-shows-all-room", [stored(limit=1), available(executing=[row()])], SILENT),
    "rows that are late by the service's own time": (
        "elapsed-fits-started",
        [stamped(1747731600000 + 3_600_000), scheduler(row(), row(JOB2))],
        VIOLATED,
    ),
    "rows that fit the service's own time": (
        "elapsed-fits-started",
        [stamped(1747731600000 + 1_000), scheduler(row())],
        PASSED,
    ),
    "a start that moves": (
        "running-row-goes-on",
        [scheduler(row()), scheduler(row(started="2025-05-20T09:00:09.000Z"))],
        VIOLATED,
    ),
    "a job that is listed once": ("running-row-goes-on", [scheduler(row())], SILENT),
    "a job that is left out in between": (
        "scheduler-lists-what-runs",
        [scheduler(row()), scheduler(), scheduler(row())],
        VIOLATED,
    ),
    "a job that stays listed": (
        "scheduler-lists-what-runs",
        [scheduler(row()), scheduler(row()), scheduler(row())],
        PASSED,
    ),
    "a voice of an earlier answer is gone": (
        "deleted-is-gone",
        [
            page("/music/cloned-voices", {"clonedVoiceItemId": VOICE}),
            call("DELETE", f"/music/cloned-voices/{VOICE}", 200, {"result": True}),
            page("/music/cloned-voices", {"clonedVoiceItemId": VOICE}),
        ],
        VIOLATED,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_says_what_is_certain_and_no_more(case):
    """Neither a violation where nothing is wrong, nor silence where something is."""
    rule_id, exchanges, verdict = CASES[case]

    found = judged(rule_id, *exchanges)

    assert (found.verdict, dict(found.inconclusive)) == (verdict, {})
    assert all(each.message for each in found.violations)
