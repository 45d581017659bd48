"""What the rules of orders, of uploads and of what is there say, word for word, and where they say nothing."""

from dataclasses import replace
from typing import Any

import pytest
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    MIDI,
    TOKEN,
    VOICE,
    at_once,
    call,
    music,
    order,
    page,
    read,
    said,
    stored,
)
from tempolor_contract import Exchange

PASSED, SILENT = "passed", "never-reached"
HERE, OTHER = ACCOUNT, "222"
OTHERS = JOB.replace(f":{HERE}-", f":{OTHER}-")
OLD = MIDI.replace("m1", "m0")
NO_JOB = "user:12345-tempolor:111-job:z9"
HOLD = "/music/cloned-voices"
UNCLEAR = (401, 402, 429, 500)
STAMP, SKEW = 1747731600125, 5000
UPDATED = call("GET", "/accounts/222", 200, {"user_id": OTHER, "updated": STAMP + 1})
GONE = call("DELETE", f"/accounts/{HERE}", 500)


def ordered(answer: Any, status: int = 200, **sent: Any) -> Exchange:
    """Return an order of a song with any answer."""
    return call("POST", "/music/song", status, answer, sent=sent)


def shown(material: Any = None, status: int = 30, job: str = JOB, **details: Any) -> dict[str, Any]:
    """Return an item with these musical facts and details."""
    return music(status, job=job, musicMaterial=material, ltmMaterialExtendDto=details)


def midi(answer: Any = None, status: int = 200, **query: str) -> Exchange:
    """Return the upload of a MIDI file with any answer."""
    given = {"midiItemId": MIDI, "name": "x"} if answer is None else answer
    query = {"name": "x"} | query
    return call("POST", "/music/midi", status, {"isFirst": True, "midiRenderVO": given}, query=query, sent=b"MThd")


def cloned(answer: Any = None, status: int = 200, **query: str) -> Exchange:
    """Return the cloning of a voice with any answer."""
    return call("POST", HOLD, status, answer or {"clonedVoiceItemId": VOICE}, query={"name": "x"} | query, sent=b"RIFF")


def voices(*records: Any, status: int = 200) -> Exchange:
    """Return a list of voices by what is in its records beside an id."""
    answer = {"records": [{"clonedVoiceItemId": VOICE, **each} for each in records], "hasNext": False}
    return call("GET", HOLD, status, answer, query={"user_id": HERE})


def files(*ids: str, status: int = 200, **fields: Any) -> Exchange:
    """Return a list of MIDI files."""
    return call("GET", "/music/midi", status, {"records": [{"midiItemId": each, **fields} for each in ids]})


def deleted(path: str, status: int = 200) -> Exchange:
    """Return a deletion."""
    return call("DELETE", f"/music/{path}", status, {"result": True} if status == 200 else None)


def stems(state: Any, url: Any = None, status: int = 200) -> Exchange:
    """Return the splitting of a piece."""
    return call("POST", "/music/stems-splitter", status, {"state": state, "stemsZipUrl": url})


def artists(*records: Any, status: int = 200, **fields: Any) -> Exchange:
    """Return a list of artist voices."""
    return call("GET", "/music/artist-voices", status, {"records": list(records), **fields})


def unrecorded(exchange: Exchange) -> Exchange:
    """Return a call whose bodies somebody left out."""
    assert exchange.response is not None
    bare = replace(exchange.request, body=b"", truncated=True)
    return replace(exchange, request=bare, response=replace(exchange.response, body=b"", truncated=True))


def got(job: str, status: int = 200, **options: Any) -> Exchange:
    """Return a poll by a path of any shape."""
    return call("GET", f"/music/{job}", status, {}, **options)


def sung(status: int = 404, **sent: Any) -> Exchange:
    """Return an order on a voice or MIDI file that was answered so."""
    return ordered({"error": "No such source"}, status, **sent)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "jobs-match-item-ids": [
        (SILENT, [ordered({}, 400)]),
        (PASSED, [ordered({"jobs": [JOB, VOICE]})]),
        ("[1] the order was taken, but its jobs are None: no id to poll", [ordered({})]),
        ("[1] the order was taken, but its jobs are []: no id to poll", [ordered({"jobs": []})]),
        (
            f"[1] the answer names a job twice: ['{JOB}', '{JOB}']",
            [ordered({"jobs": [JOB, JOB], "itemIds": ["a1", "a1"]})],
        ),
        (
            f"[1] itemIds ['a1', 'v1'] are not the last parts of jobs ['{JOB}', '{VOICE}']",
            [ordered({"jobs": [JOB, VOICE], "itemIds": ["a1", "v1"]})],
        ),
        (PASSED, [ordered({"jobs": [JOB, "x"], "itemIds": ["a1", None]})]),
    ],
    "jobs-are-new": [
        (PASSED, [order(), ordered({"jobs": [JOB]}, 400)]),
        (PASSED, at_once(order(), order())),
        (f"[1, 2] the order was answered with the job {JOB}, which existed before", [read(music()), order(JOB2, JOB)]),
        (
            f"[1, 2] the order was answered with the job {JOB2}, which existed before",
            [order(JOB, JOB2), order(NO_JOB, JOB2, JOB)],
        ),
    ],
    "result-means-success": [
        (SILENT, [ordered({"result": False}, 400)]),
        (SILENT, [ordered({"jobs": [JOB]})]),
        (PASSED, [order()]),
        ("[1] it was answered 200, but its result is 1, not true", [ordered({"result": 1})]),
    ],
    "voice-and-midi-exclude-each-other": [
        (SILENT, [order(midiItemId=MIDI)]),
        *((SILENT, [sung(status, midiItemId=MIDI, clonedVoiceItemId=VOICE)]) for status in (*UNCLEAR, 404)),
        (PASSED, [sung(400, midiItemId=MIDI, clonedVoiceItemId=VOICE)]),
        (
            (
                "[1] artistVoiceItemId and clonedVoiceItemId and midiItemId exclude each other, but an order "
                "with them was answered 200, not 400"
            ),
            [order(artistVoiceItemId="a", midiItemId=MIDI, clonedVoiceItemId=VOICE)],
        ),
    ],
    "order-goes-to-its-account": [
        (SILENT, [ordered({"jobs": [JOB]}, 400, user_id=OTHER)]),
        (SILENT, [ordered({"jobs": ["x"]}, user_id=OTHER)]),
        (SILENT, [order()]),
        (SILENT, [order(user_id=222)]),
        (PASSED, [order(user_id=HERE)]),
        (
            "[1] the order was for account 111, but its jobs are on account ['111', '222']",
            [order(JOB, OTHERS, user_id=HERE)],
        ),
    ],
    "order-comes-back": [
        (SILENT, [read(shown({"bpm": 9}))]),
        (SILENT, [read(music()), read(shown({"bpm": 9}))]),
        (PASSED, [order(bpm="73", chord="C", tonality=""), read(shown({"bpm": 73, "chord": "C", "key": "D"}))]),
        (PASSED, [order(chord="D", chords="C"), read(shown({"chord": "C"}))]),
        (PASSED, [order(bpm=73), read(music())]),
        (
            (
                f"[1, 2] the order of {JOB} gave otherInfo 'p', and the item shows 'q' [1, 2] the order of {JOB} "
                f"gave description 'p', and the item shows 's' [1, 2] the order of {JOB} gave prompt 'p', and "
                "the item shows 'r'"
            ),
            [order(prompt="p"), read(shown({"otherInfo": "q"}, prompt="r", description="s"))],
        ),
        (
            (
                f"[1, 2] the order of {JOB} gave lyricsPrompt 'l', and the item shows 'm' [1, 2] the order of "
                f"{JOB} gave key 'D:minor', and the item shows 'C'"
            ),
            [order(lyrics="l", tonality="D:minor"), read(shown({"key": "C"}, lyricsPrompt="m"))],
        ),
        (
            f"[1, 2] the order of {JOB} gave bpm 1, and the item shows 2",
            [order(JOB, bpm=1), page("/music", music(job=JOB2), shown({"bpm": 2}))],
        ),
        (
            f"[1, 2] the order of {JOB} gave bpm 1, and the item shows 2",
            [order(JOB, JOB2, bpm=1), page("/music", shown({"bpm": 2}), shown({"bpm": 1}, job=JOB2))],
        ),
        (PASSED, [order(bpm=1), order(bpm=2), read(shown({"bpm": 1}))]),
    ],
    "sources-come-back": [
        (SILENT, [read(shown(ltmMidiModel=True))]),
        (SILENT, [read(music()), read(shown(ltmMidiModel=True))]),
        (SILENT, [order(kind="instrumental"), read(shown(ltmMidiModel=True))]),
        (SILENT, [order(), read(shown())]),
        (PASSED, [order(), read(shown(ltmMidiModel=False, ltmVocalModel=False))]),
        (PASSED, [order(artistVoiceItemId="a"), read(shown(ltmVocalModel=True))]),
        (PASSED, [order(clonedVoiceItemId=VOICE), read(shown(ltmVocalModel=True))]),
        (
            (
                "[1, 2] the order chose no voice, but ltmVocalModel of its item is True [1, 2] the order chose "
                "a MIDI file, but ltmMidiModel of its item is False"
            ),
            [order(midiItemId=MIDI), read(shown(ltmVocalModel=True, ltmMidiModel=False))],
        ),
        (
            "[1, 2] the order chose a voice, but ltmVocalModel of its item is 1",
            [
                order(JOB, JOB2, clonedVoiceItemId=VOICE),
                page("/music", music(job=NO_JOB), shown(ltmVocalModel=1), shown(job=JOB2, ltmVocalModel=True)),
            ],
        ),
    ],
    "model-comes-back": [
        (SILENT, [read(shown(modelShowName="v3"))]),
        (SILENT, [order(), read(shown(modelShowName="v4.5+"))]),
        (PASSED, [order(kind="instrumental"), read(shown(modelShowName="i3.5 beta"))]),
        (PASSED, [order(model_song="v3"), read(shown(modelShowName="v3"))]),
        (
            f"[1, 2] the order of {JOB} was for the model i3, and the item shows i3.5 beta",
            [order(kind="instrumental", model_instrumental="i3"), read(shown(modelShowName="i3.5 beta"))],
        ),
        (
            f"[1, 2] the order of {JOB2} was for the model v3.5, and the item shows v3",
            [order(JOB, JOB2), page("/music", shown(modelShowName="v9"), shown(job=JOB2, modelShowName="v3"))],
        ),
        (
            f"[1, 2] the order of {JOB} was for the model v3.5, and the item shows v3",
            [order(JOB, JOB2), page("/music", shown(modelShowName="v3"), shown(job=JOB2, modelShowName="v3.5"))],
        ),
    ],
    "length-keeps-to-the-model": [
        (SILENT, [read(shown({"dur": 999}, status=0, modelShowName="v3"))]),
        (SILENT, [read(shown({"dur": 999}, modelShowName="v9"))]),
        (SILENT, [read(shown({"dur": "999"}, modelShowName="v3"))]),
        *((PASSED, [read(shown({"dur": 122}, modelShowName=each))]) for each in ("v3", "i3")),
        *((PASSED, [read(shown({"dur": 272}, modelShowName=each))]) for each in ("v3.5", "i3.5 beta")),
        (PASSED, [read(shown({"dur": 0.5}, modelShowName="v3"))]),
        (
            f"[1] {JOB} by i3.5 beta lasts 272.5 s, but that model makes 270 s at most",
            [read(shown({"dur": 272.5}, modelShowName="i3.5 beta"))],
        ),
        (
            f"[1] {JOB2} by v3 lasts 0 s, but that model makes 120 s at most",
            [page("/music", shown({"dur": 999}), shown({"dur": 0}, job=JOB2, modelShowName="v3"))],
        ),
        (SILENT, [read(music(30, musicMaterial=5, ltmMaterialExtendDto=5))]),
    ],
    "plan-adds-up": [
        (SILENT, [ordered({"remainNum": 3, "totalNum": 2}, 400)]),
        (SILENT, [ordered({"remainNum": 3, "totalNum": 2, "unlimited": True})]),
        (SILENT, [ordered({"remainNum": "3", "totalNum": 2})]),
        (SILENT, [ordered({"remainNum": 3, "totalNum": "2"})]),
        (PASSED, [ordered({"remainNum": 0, "totalNum": 0})]),
        ("[1] remainNum is -1 and totalNum 2: more is left than there is", [ordered({"remainNum": -1, "totalNum": 2})]),
    ],
    "upload-answers-its-id": [
        (SILENT, [midi(status=400)]),
        (PASSED, [midi({"midiItemId": MIDI, "itemId": "m1"}, user_id=HERE)]),
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
        (f"[1, 2] a new upload was answered with the id {MIDI}, which an earlier one had", [files(MIDI), midi()]),
        (
            f"[1, 2, 3] a new upload was answered with the id {VOICE}, which an earlier one had",
            [cloned(), deleted(f"cloned-voices/{VOICE}"), cloned()],
        ),
        (PASSED, at_once(midi(), midi())),
        (PASSED, [midi(), midi(status=400)]),
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
    ],
    "upload-comes-back-in-its-list": [
        (SILENT, [files(MIDI, name="x"), files(MIDI, name="y")]),
        (SILENT, [midi(), files(MIDI, name="y", status=404)]),
        (SILENT, at_once(midi(), files(MIDI, name="y"))),
        (PASSED, [midi(), files(MIDI)]),
        (PASSED, [files(MIDI), midi(), files(MIDI, name="x")]),
        (f"[1, 2] {MIDI} was uploaded as 'x', but is listed as 'y'", [midi(), files(OLD, MIDI, name="y")]),
        (f"[1, 2] {VOICE} was uploaded as 'x', but is listed as 'y'", [cloned(), voices({"name": "y"})]),
        (f"[1, 3] {MIDI} was uploaded as 'x', but is listed as 'y'", [midi(), midi(), files(MIDI, name="y")]),
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
        (PASSED, [cloned(), order(clonedVoiceItemId=VOICE, user_id=HERE)]),
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
            [cloned(), sung(clonedVoiceItemId=VOICE, user_id=HERE)],
        ),
        (
            "[3, 4] the voice or MIDI file is ready, but the order was refused: No such source",
            [cloned(status=202), voices({"status": 0}), voices({"status": 30}), sung(clonedVoiceItemId=VOICE)],
        ),
        (
            "[1, 2] the voice or MIDI file is ready, but the order was refused: No such source",
            [files(MIDI), sung(midiItemId=MIDI)],
        ),
        (
            "[1, 3] the voice or MIDI file is ready, but the order was refused: No such source",
            [midi(), deleted(f"midi/{MIDI}", 404), sung(midiItemId=MIDI)],
        ),
        (SILENT, [stored(), cloned(), GONE, sung(clonedVoiceItemId=VOICE)]),
    ],
    "is-first-means-first": [
        (SILENT, [midi()]),
        (SILENT, [files(OLD), midi(status=400)]),
        (SILENT, [files(OLD), midi({"midiItemId": "x"})]),
        (SILENT, [files(OLD), call("POST", "/music/midi", 200, {"midiRenderVO": {"midiItemId": MIDI}}, sent=b"x")]),
        (SILENT, [files(OLD), deleted(f"midi/{OLD}", 500), midi()]),
        (SILENT, [files(OLD.replace(f":{HERE}-", f":{OTHER}-")), midi()]),
        (SILENT, at_once(files(OLD), midi())),
        (
            (
                "[1, 2] user:12345-tempolor:111-midi:m0 was uploaded to the account before, but isFirst is true "
                "for this one"
            ),
            [files(OLD), midi()],
        ),
        (SILENT, [stored(), files(OLD), GONE, midi()]),
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
    "malformed-id-is-400": [
        *((SILENT, [got("nope", status)]) for status in (*UNCLEAR, 405)),
        (SILENT, [got("nope", 404, token=None)]),
        (SILENT, [got("song", 404)]),
        (SILENT, [got(JOB, 404)]),
        (PASSED, [got(VOICE, 400)]),
        ("[1] 'nope' has not the form of a midiItemId, and was answered 404, not 400", [deleted("midi/nope", 404)]),
        (
            f"[1] '{JOB}' has not the form of a clonedVoiceItemId, and was answered 200, not 400",
            [deleted(f"cloned-voices/{JOB}")],
        ),
    ],
    "what-was-made-can-be-found": [
        (SILENT, [got(JOB, 404)]),
        (SILENT, [order(), deleted(JOB, 500), got(JOB, 404)]),
        *((SILENT, [order(), got(JOB, status)]) for status in UNCLEAR),
        (SILENT, [order(), call("DELETE", f"/scheduler/{JOB}", 404)]),
        (SILENT, [order(), call("GET", f"/music/download/{JOB}", 404)]),
        (SILENT, [stored(), order(), GONE, got(JOB, 404)]),
        (SILENT, [order(), stored(), got(JOB, 404)]),
        (SILENT, at_once(order(), got(JOB, 404))),
        (PASSED, [order(), deleted(JOB, 400)]),
        (
            f"[2, 3] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(), order(), got(JOB, 404)],
        ),
        (
            f"[1, 2] {MIDI} was there and nobody has deleted it, but now it is answered 404",
            [midi(), deleted(f"midi/{MIDI}", 404)],
        ),
        (
            f"[1, 2] {VOICE} was there and nobody has deleted it, but now it is answered 404",
            [cloned(), deleted(f"cloned-voices/{VOICE}", 404)],
        ),
        (f"[1, 2] {JOB} was there and nobody has deleted it, but now it is answered 404", [order(), deleted(JOB, 404)]),
        # What an account had may go with it, and does not come back with another of its name.
        (SILENT, [stored(), midi(), GONE, stored(), deleted(f"midi/{MIDI}", 404)]),
        (SILENT, [stored(), cloned(), GONE, stored(), deleted(f"cloned-voices/{VOICE}", 404)]),
        (SILENT, [stored(), order(), GONE, stored(), got(JOB, 404)]),
        (
            f"[2, 4] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(), order(), call("DELETE", f"/accounts/{HERE}", 404), got(JOB, 404)],
        ),
        (
            f"[2, 4] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(OTHER), order(), call("DELETE", f"/accounts/{OTHER}", 204), got(JOB, 404)],
        ),
        # What was changed cannot be known where it was not recorded.
        (
            f"[1, 3] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [order(), unrecorded(call("GET", "/accounts", 200, {})), got(JOB, 404)],
        ),
        (SILENT, [order(), unrecorded(stored()), got(JOB, 404)]),
    ],
    "deleted-is-gone": [
        (SILENT, [order(), got(JOB, 404)]),
        (SILENT, [order(), deleted(JOB, 500), got(JOB)]),
        (SILENT, [order(), deleted(JOB, 404), got(JOB)]),
        *((SILENT, [order(), deleted(JOB), got(JOB, status)]) for status in UNCLEAR),
        (SILENT, [order(), *at_once(deleted(JOB), got(JOB))]),
        (PASSED, [order(), deleted(JOB), call("DELETE", f"/scheduler/{JOB}", 204)]),
        (PASSED, [order(), deleted(JOB), got(JOB, 404)]),
        (SILENT, [order(), deleted(JOB), call("GET", f"/music/download/{JOB}", 400, query={"file_format": "ogg"})]),
        (
            f"[2, 3] {JOB} was deleted, but delete_music was answered 200, not 404",
            [order(), deleted(JOB), deleted(JOB)],
        ),
        (f"[2, 3] {JOB} was deleted, but get_music was answered 400, not 404", [order(), deleted(JOB), got(JOB, 400)]),
        (
            f"[2, 3] {MIDI} was deleted, but delete_midi was answered 200, not 404",
            [midi(), deleted(f"midi/{MIDI}"), deleted(f"midi/{MIDI}")],
        ),
        (SILENT, [midi(), files(MIDI)]),
        (SILENT, [midi(), deleted(f"midi/{MIDI}"), files(MIDI, status=404)]),
        (SILENT, [midi(), deleted(f"midi/{MIDI}"), page("/music")]),
        (PASSED, [midi(), deleted(f"midi/{MIDI}"), files()]),
        (PASSED, [midi(), *at_once(deleted(f"midi/{MIDI}"), files(MIDI))]),
        (f"[2, 3] {MIDI} was deleted, but is still listed", [midi(), deleted(f"midi/{MIDI}"), files(OLD, MIDI)]),
        (
            f"[2, 3] {JOB} was deleted, but is still listed",
            [order(JOB, JOB2), deleted(JOB), page("/music", music(job=JOB2), music())],
        ),
        (f"[2, 3] {VOICE} was deleted, but is still listed", [cloned(), deleted(f"cloned-voices/{VOICE}"), voices({})]),
        (
            (
                f"[2, 3] {JOB} was deleted, but delete_music was answered 200, not 404 [2, 4] {JOB} was deleted, "
                "but get_music was answered 200, not 404"
            ),
            [order(), deleted(JOB), deleted(JOB), got(JOB)],
        ),
    ],
    "ids-belong-to-their-user": [
        (SILENT, [got(JOB, token="opaque")]),
        (SILENT, [got("nope", token="user:777-x")]),
        (SILENT, [got(JOB, 500, token="user:777-x")]),
        (SILENT, [got(JOB, token=TOKEN)]),
        (PASSED, [got(JOB, 404, token="user:777-x")]),
        (
            f"[1] with a token of user 777, delete_midi worked on {MIDI}, which is another user's",
            [call("DELETE", f"/music/midi/{MIDI}", 200, {}, token="user:777-x")],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_orders_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]
