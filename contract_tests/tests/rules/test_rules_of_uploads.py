"""What the rules of uploads say, word for word, and where they say nothing."""

from typing import Any

import pytest
from stories import (
    ACCOUNT,
    MIDI,
    OLD_MIDI,
    OTHER,
    PASSED,
    REMOVAL_CRASHED,
    SILENT,
    VOICE,
    at_once,
    call,
    cloned,
    deleted,
    judged,
    midi,
    midi_files,
    order,
    said,
    stored,
    sung,
    voices,
)
from tempolor_contract import Exchange

STAMP, SKEW = 1747731600125, 5000
UPDATED = call("GET", "/accounts/222", 200, {"user_id": OTHER, "updated": STAMP + 1})


STILL_CLONING = cloned({"clonedVoiceItemId": VOICE, "message": "wait"}, 202)
SINGS = order(clonedVoiceItemId=VOICE)


def stems(state: Any, url: Any = None, status: int = 200) -> Exchange:
    """Return the splitting of a piece."""
    return call("POST", "/music/stems-splitter", status, {"state": state, "stemsZipUrl": url})


def sound(media_type: str, status: int = 200) -> Exchange:
    """Return the splitting of a piece of some type."""
    headers = {"Content-Type": media_type}
    return call("POST", "/music/stems-splitter", status, {"state": 1}, sent=b"x", headers=headers)


def artists(*records: Any, status: int = 200, **fields: Any) -> Exchange:
    """Return a list of artist voices."""
    return call("GET", "/music/artist-voices", status, {"records": list(records), **fields})


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "upload-answers-its-id": [
        (SILENT, [midi(status=400)]),
        (PASSED, [midi({"midiItemId": MIDI, "itemId": "m1"}, user_id=ACCOUNT)]),
        (PASSED, [cloned({"clonedVoiceItemId": VOICE, "itemId": "v1", "name": "x"}, 202)]),
        ("[1] the upload was taken, but its answer has no clonedVoiceItemId: None", [cloned({"itemId": "v1"})]),
        ("[1] the upload was taken, but its answer has no midiItemId: None", [midi("x")]),
        (
            f"[1] an upload to account 111 was answered with the id {VOICE} and itemId None",
            [midi({"midiItemId": VOICE})],
        ),
        (
            f"[1] an upload to account 111 was answered with the id {MIDI} and itemId None",
            [cloned({"clonedVoiceItemId": MIDI})],
        ),
        (f"[1] an upload to account 222 was answered with the id {MIDI} and itemId None", [midi(user_id=OTHER)]),
        (
            f"[1] an upload to account 111 was answered with the id {MIDI} and itemId 'm2'",
            [midi({"midiItemId": MIDI, "itemId": "m2"})],
        ),
        (
            "[1] the upload was named 'x', and the answer calls it 'y'",
            [cloned({"clonedVoiceItemId": VOICE, "name": "y"})],
        ),
        (f"[1, 2] a new upload was answered with the id {MIDI}, which an earlier one had", [midi_files(MIDI), midi()]),
        (
            f"[1, 2, 3] a new upload was answered with the id {VOICE}, which an earlier one had",
            [cloned(), deleted(f"cloned-voices/{VOICE}"), cloned()],
        ),
        (PASSED, at_once(midi(), midi())),
        (PASSED, [midi(), midi(status=400)]),
    ],
    "empty-uploads-are-refused": [
        (SILENT, [midi()]),
        (SILENT, [call("POST", "/music/midi", 200, {}, headers={"Content-Length": "5"})]),
        (SILENT, [call("POST", "/music/midi", 429, {})]),
        (PASSED, [call("POST", "/music/midi", 400, {})]),
        ("[1] upload_midi of no bytes at all was answered 200", [call("POST", "/music/midi", 200, {})]),
        (
            "[1] split_stems of no bytes at all was answered 200",
            [call("POST", "/music/stems-splitter", 200, {}, headers={"Content-Length": "0"})],
        ),
    ],
    "unlisted-sounds-are-refused": [
        (SILENT, [sound("application/octet-stream"), sound("audio/ogg", 429)]),
        (PASSED, [sound("audio/ogg", 400), sound("Audio/WAV; codecs=1")]),
        ("[1] split_stems of audio/ogg, which no page lists, was answered 200", [sound("audio/ogg")]),
        ("[1] split_stems of text/plain, which no page lists, was answered 200", [sound("text/plain; charset=utf-8")]),
    ],
    "clone-status-fits-its-body": [
        (SILENT, [cloned({"result": True}, 400)]),
        (PASSED, [cloned({"result": False, "message": "wait"}, 202)]),
        (PASSED, [cloned({"result": True, "message": ""})]),
        (
            "[1] cloning was answered 202, which says that the voice is not ready, but its result is true",
            [cloned({"result": True}, 202)],
        ),
        (
            ("[1] cloning was answered 200, which says that the voice is ready, but the body is {'result': False}"),
            [cloned({"result": False})],
        ),
        (
            ("[1] cloning was answered 200, which says that the voice is ready, but the body is {'message': 'wait'}"),
            [cloned({"message": "wait"})],
        ),
        (SILENT, [SINGS, voices({"status": 0})]),
        (PASSED, [STILL_CLONING, voices({"status": 0}), order(), voices({"status": 0})]),
        (PASSED, [STILL_CLONING, SINGS, voices({"status": 30})]),
        (PASSED, [STILL_CLONING, voices({"status": 30}), SINGS, voices({"status": 0})]),
        (PASSED, [STILL_CLONING, *at_once(SINGS, voices({"status": 0}))]),
        (PASSED, [STILL_CLONING, sung(clonedVoiceItemId=VOICE), voices({"status": 0})]),
        (
            f"[2, 3] {VOICE} is still being cloned, but an order with it was taken before",
            [STILL_CLONING, SINGS, voices({"status": 0})],
        ),
    ],
    "upload-comes-back-in-its-list": [
        (SILENT, [midi_files(MIDI, name="x"), midi_files(MIDI, name="y")]),
        (SILENT, [midi(), midi_files(MIDI, name="y", status=404)]),
        (SILENT, at_once(midi(), midi_files(MIDI, name="y"))),
        (PASSED, [midi(), midi_files(MIDI)]),
        (PASSED, [midi_files(MIDI), midi(), midi_files(MIDI, name="x")]),
        (f"[1, 2] {MIDI} was uploaded as 'x', but is listed as 'y'", [midi(), midi_files(OLD_MIDI, MIDI, name="y")]),
        (f"[1, 2] {VOICE} was uploaded as 'x', but is listed as 'y'", [cloned(), voices({"name": "y"})]),
        (f"[1, 3] {MIDI} was uploaded as 'x', but is listed as 'y'", [midi(), midi(), midi_files(MIDI, name="y")]),
    ],
    "ready-voice-stays-ready": [
        (SILENT, [voices({"status": 0})]),
        (SILENT, [cloned(), voices({})]),
        (SILENT, [cloned(), voices({"status": 0}, status=404)]),
        (SILENT, [cloned(status=202), voices({"status": 0})]),
        (SILENT, at_once(cloned(), voices({"status": 0}))),
        (PASSED, [cloned(), voices({"status": 30})]),
        (
            f"[1, 2] {VOICE} was ready, but is listed with status 0",
            [cloned(), voices({"clonedVoiceItemId": "x", "status": 0}, {"status": 0})],
        ),
        (
            f"[2, 4] {VOICE} was ready, but is listed with status 10",
            [cloned(status=202), voices({"status": 30}), voices({"status": 30}), voices({"status": 10})],
        ),
        (f"[1, 2] {VOICE} was ready, but is listed with status 0", [voices({}), voices({"status": 0})]),
    ],
    "ready-material-can-be-used": [
        (SILENT, [sung(clonedVoiceItemId=VOICE)]),
        (SILENT, [cloned(status=202), sung(clonedVoiceItemId=VOICE)]),
        (SILENT, [cloned(), sung(400, clonedVoiceItemId=VOICE)]),
        (SILENT, [cloned(), sung(clonedVoiceItemId=VOICE, user_id=OTHER)]),
        (SILENT, [cloned(), deleted(f"cloned-voices/{VOICE}", 500), sung(clonedVoiceItemId=VOICE)]),
        (SILENT, at_once(cloned(), sung(clonedVoiceItemId=VOICE))),
        (SILENT, [cloned(), *at_once(deleted(f"cloned-voices/{VOICE}"), order(clonedVoiceItemId=VOICE))]),
        (SILENT, [cloned(), deleted(f"cloned-voices/{VOICE}"), sung(400, clonedVoiceItemId=VOICE)]),
        (PASSED, [cloned(), order(clonedVoiceItemId=VOICE, user_id=ACCOUNT)]),
        (PASSED, [midi(), order(midiItemId=MIDI)]),
        (PASSED, [midi(), deleted(f"midi/{MIDI}"), sung(midiItemId=MIDI)]),
        (
            "[2, 3] an order was taken on a voice or MIDI file that was deleted",
            [midi(), deleted(f"midi/{MIDI}"), order(midiItemId=MIDI)],
        ),
        (
            "[2, 3] an order was taken on a voice or MIDI file that was deleted",
            [cloned(), deleted(f"cloned-voices/{VOICE}"), order(clonedVoiceItemId=VOICE)],
        ),
        (
            "[1, 2] the voice or MIDI file is ready, but the order was refused: No such source",
            [cloned(), sung(clonedVoiceItemId=VOICE, user_id=ACCOUNT)],
        ),
        (
            "[3, 4] the voice or MIDI file is ready, but the order was refused: No such source",
            [cloned(status=202), voices({"status": 0}), voices({"status": 30}), sung(clonedVoiceItemId=VOICE)],
        ),
        (
            "[1, 2] the voice or MIDI file is ready, but the order was refused: No such source",
            [midi_files(MIDI), sung(midiItemId=MIDI)],
        ),
        (
            "[1, 3] the voice or MIDI file is ready, but the order was refused: No such source",
            [midi(), deleted(f"midi/{MIDI}", 404), sung(midiItemId=MIDI)],
        ),
        (SILENT, [stored(), cloned(), REMOVAL_CRASHED, sung(clonedVoiceItemId=VOICE)]),
    ],
    "is-first-means-first": [
        (SILENT, [midi()]),
        (SILENT, [midi_files(OLD_MIDI), midi(status=400)]),
        (SILENT, [midi_files(OLD_MIDI), midi({"midiItemId": "x"})]),
        (
            SILENT,
            [midi_files(OLD_MIDI), call("POST", "/music/midi", 200, {"midiRenderVO": {"midiItemId": MIDI}}, sent=b"x")],
        ),
        (SILENT, [midi_files(OLD_MIDI), deleted(f"midi/{OLD_MIDI}", 500), midi()]),
        (SILENT, [midi_files(OLD_MIDI.replace(f":{ACCOUNT}-", f":{OTHER}-")), midi()]),
        (SILENT, at_once(midi_files(OLD_MIDI), midi())),
        (
            (
                "[1, 2] user:12345-tempolor:111-midi:m0 was uploaded to the account before, but isFirst is true "
                "for this one"
            ),
            [midi_files(OLD_MIDI), midi()],
        ),
        (SILENT, [stored(), midi_files(OLD_MIDI), REMOVAL_CRASHED, midi()]),
    ],
    "stems-are-done-or-not": [
        (SILENT, [stems(2, status=400)]),
        (SILENT, [stems("2")]),
        (PASSED, [stems(1)]),
        (PASSED, [stems(2, "https://x/a.zip")]),
        ("[1] state is 2 and stemsZipUrl is None: 2 means done, with a link, and else there is none", [stems(2)]),
        (
            ("[1] state is 1 and stemsZipUrl is 'https://x/a.zip': 2 means done, with a link, and else there is none"),
            [stems(1, "https://x/a.zip")],
        ),
        ("[1] stemsZipUrl is no address to fetch: 'a.zip'", [stems(2, "a.zip")]),
        ("[1] stemsZipUrl is no address to fetch: 5", [stems(2, 5)]),
    ],
    "artist-voices-can-be-listed": [
        (SILENT, [artists()]),
        (SILENT, [artists({}, status=404)]),
        (PASSED, [artists({"itemId": "a"})]),
        (
            "[1] an artist voice has no itemId to order with: {'name': 'Alto'}",
            [artists({"itemId": "a"}, {"name": "Alto"})],
        ),
    ],
    "system-time-goes-on": [
        (SILENT, [artists()]),
        (SILENT, [artists(sysTime=1)]),
        (SILENT, [stored(), artists()]),
        (SILENT, [stored(), artists(status=404, sysTime=1)]),
        (SILENT, at_once(stored(), artists(sysTime=1))),
        (PASSED, [stored(), artists(sysTime=STAMP - SKEW)]),
        (
            (
                "[1, 3] sysTime is 1747731595125, but an account was stamped 1747731600126 before: time went "
                "back 5001 ms"
            ),
            [UPDATED, stored(), artists(sysTime=STAMP - SKEW)],
        ),
        (
            (
                "[1, 2] sysTime is 1747731595124, but an account was stamped 1747731600125 before: time went "
                "back 5001 ms"
            ),
            [stored(), artists(sysTime=STAMP - SKEW - 1)],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_uploads_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


def test_an_id_is_not_given_away_again():
    """The id of a deleted MIDI file is no new one."""
    deleted = call("DELETE", f"/music/midi/{MIDI}", 200, {"result": True})

    assert judged("upload-answers-its-id", midi(), deleted, midi()).violations
