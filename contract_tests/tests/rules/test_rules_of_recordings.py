"""Stories for what a scenario asks on purpose, and a recording may show by chance: what the rules say of each."""

from dataclasses import replace
from typing import Any

import pytest
from stories import (
    ACCOUNT,
    DELETED,
    HOOK,
    JOB,
    JOB2,
    MIDI,
    PASSED,
    SILENT,
    TOKEN,
    VOICE,
    account,
    at_once,
    call,
    callback,
    error,
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

STRANGER = "user:777-demo"
THEIRS = "user:777-tempolor:111-midi:m1"
URL = "http://files.example/a.mp3"
ENCODED = JOB.replace(":", "%3A")
ONE, NONE = call("GET", "/accounts", 200, {ACCOUNT: account()}), call("GET", "/accounts", 404, error(404))
ARTISTS = page("/music/artist-voices", {"itemId": "voice_1", "name": "Alto"})
UNKNOWN = [call("GET", path, 401, error(401)) for path in ("/accounts", "/scheduler", "/music/midi")]


def posted(path: str, status: int, text: str = "", *, answer: Any = None, **options: Any) -> Exchange:
    """Return a POST and its answer."""
    return call("POST", path, status, error(status, text) if status >= 400 else answer or {}, **options)


def form(status: int, text: str, **fields: str | None) -> Exchange:
    """Return an order sent as a form that was refused; without fields its boundary is left out."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{each}\r\n' for name, each in fields.items()]
    kind = "multipart/form-data; boundary=b" if any(fields.values()) else "multipart/form-data"
    sent = ("".join(parts) + "--b--\r\n").encode()
    return posted("/music/song", status, text, sent=sent, headers={"Content-Type": kind})


def uploaded(status: int, text: str = "", user_id: str = ACCOUNT, kind: str = "audio/midi") -> Exchange:
    """Return the upload of a MIDI file."""
    answer = {"midiRenderVO": {"midiItemId": MIDI}} if status == 200 else error(status, text)
    query = {"name": "x", "user_id": user_id}
    return call("POST", "/music/midi", status, answer, query=query, sent=b"MThd", headers={"Content-Type": kind})


def song(status: int = 404, text: str = "The source material does not exist.", **sent: Any) -> Exchange:
    """Return an order that was refused."""
    return posted("/music/song", status, text, sent={"prompt": "A ballad", **sent})


def fetched(body: bytes, first: int | None = None, url: str = URL) -> Exchange:
    """Return the fetching of a file, or of a range of it."""
    told = {} if first is None else {"Content-Range": f"bytes {first}-{first + len(body) - 1}/100"}
    return call("GET", url, 200 if first is None else 206, token=None, body=body, answer_headers=told)


def long(length: int, encoding: str = "") -> Exchange:
    """Return the fetching of a file of which the beginning was kept."""
    told = {"Content-Length": str(length)} | ({"Content-Encoding": encoding} if encoding else {})
    whole = call("GET", URL, 200, token=None, body=b"a" * 20, answer_headers=told)
    return replace(whole, response=replace(whole.response, truncated=True))


def link(job: str = JOB, url: str = URL) -> Exchange:
    """Return a download call."""
    return call("GET", f"/music/download/{job}", 200, {"url": url, "remainSeconds": 60})


def split(sound: bytes, url: str | None = URL, status: int = 200) -> Exchange:
    """Return the splitting of a file into stems."""
    kind = {"Content-Type": "audio/wav"}
    return call("POST", "/music/stems-splitter", status, {"stemsZipUrl": url}, sent=sound, headers=kind)


def with_header(exchange: Exchange, name: str, value: str) -> Exchange:
    """Return an exchange whose request has one more header."""
    return replace(exchange, request=replace(exchange.request, headers=(*exchange.request.headers, (name, value))))


def unfinished(status: int, text: str = "", **query: str) -> Exchange:
    """Return a download that was refused."""
    return call("GET", f"/music/download/{JOB}", status, error(status, text), query=query)


def shown(updated: int, token: str = TOKEN, **more: Any) -> Exchange:
    """Return an account as a user reads it."""
    return call("GET", f"/accounts/{ACCOUNT}", 200, account(updated=updated, **more), token=token)


def kept(parameters: dict[str, Any]) -> Exchange:
    """Return the storing of an account with parameters that the answer does not show."""
    return posted(
        "/accounts", 200, sent={"requestParams": {"user_id": ACCOUNT, **parameters}}, answer=account(updated=5)
    )


def answered_with(parameters: dict[str, Any]) -> Exchange:
    """Return the storing of an account with parameters that the answer shows."""
    stored = account(updated=5, requestParams={"user_id": ACCOUNT, **parameters})
    return posted("/accounts", 200, sent={"requestParams": stored["requestParams"]}, answer=stored)


def reported(number: int) -> Exchange:
    """Return the final callback of one of many jobs."""
    return callback(music(30, job=f"{JOB}{number}"))


def ended(number: int) -> list[Exchange]:
    """Return an order of other jobs, one with a `replyUrl`, and the poll that shows its end."""
    others = order(*(f"{JOB}{each}" for each in range(1, 14)))
    return [others, order(f"{JOB}{number}", replyUrl=HOOK), read(music(30, job=f"{JOB}{number}"))]


def at_work(number: int, progress: int = 50) -> list[Exchange]:
    """Return an order and a callback of its job at work."""
    job = f"{JOB}{number}"
    return [order(job, replyUrl=HOOK), callback(music(0, progress, job=job))]


def at(moment: float, exchange: Exchange) -> Exchange:
    """Return an exchange at a moment of its own."""
    return replace(exchange, started=moment)


def fails(*jobs: str, cancelled: bool = True, status: int = 10) -> list[Exchange]:
    """Return orders, the cancelling of their jobs, and the polls that show how they ended."""
    cancels = [call("DELETE", f"/scheduler/{job}", 204) for job in jobs if cancelled]
    return [*map(order, jobs), *cancels, *(read(music(status, job=job)) for job in jobs)]


def told(seconds: int, unit: int = 1000) -> Exchange:
    """Return a list that tells the service's time, so many seconds later."""
    return call("GET", "/music/artist-voices", 200, {"records": [], "sysTime": (1_800_000_000 + seconds) * unit})


GONE = call("GET", URL, 404, error(404), token=None)
CANCELS = [f"{JOB}{number}" for number in range(3)]
WELL = fails(*(f"{JOB}{number}" for number in range(5, 8)), cancelled=False, status=30)


def turned(status: int = 200) -> Exchange:
    """Return a second page of a list."""
    return call("GET", "/music", status, {"records": [], "error": ""}, query={"user_id": ACCOUNT, "cursor": "c"})


NOW = 1_747_731_600.0
LATE = NOW + 100


def timed(seconds: int, drift: int = 0) -> Exchange:
    """Return a list that tells the service's time, recorded so many seconds later, and how much more it tells."""
    return at(NOW + seconds, told(seconds + drift))


TWO = [order(JOB, maxJobs=2, replyRef="a"), order(JOB2, maxJobs=2, replyRef="b")]
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "no-token-no-answer": [
        (SILENT, [call("GET", "/scheduler", 404, error(404), token=None)]),
        (PASSED, [scheduler(), call("GET", "/scheduler", 401, error(401), token=None)]),
        (PASSED, [scheduler(), call("GET", "/scheduler", 500, error(500), token=None)]),
        *(
            (
                f"[2] list_running_jobs was sent with no Authorization header, and answered {status} in place of 401",
                [scheduler(), call("GET", "/scheduler", status, error(status), token=None)],
            )
            for status in (400, 404)
        ),
        (SILENT, [*UNKNOWN[:2], scheduler()]),
        (SILENT, [UNKNOWN[0], UNKNOWN[0], UNKNOWN[0], scheduler()]),
        (SILENT, [UNKNOWN[0], scheduler(), *UNKNOWN, scheduler()]),
        (
            "[1, 2, 4] list_running_jobs took a token that 3 calls before were refused with, as unknown",
            [*UNKNOWN, scheduler()],
        ),
        *(
            (
                (
                    "[1, 2, 4] get_music was sent with a token that 3 calls before were refused with, as unknown, "
                    f"and answered {status} in place of 401"
                ),
                [*UNKNOWN, call("GET", f"/music/{JOB}", status, error(status))],
            )
            for status in (400, 404)
        ),
        (SILENT, [*UNKNOWN, call("GET", f"/music/{JOB}", 500)]),
        (SILENT, [*UNKNOWN[:2], call("GET", f"/music/{JOB}", 404, error(404))]),
    ],
    "empty-fields-are-left-out": [
        (SILENT, [song(400, "Invalid bpm", bpm=1)]),
        (SILENT, [song(400, "Invalid bpm", bpm=1, chords="")]),
        (SILENT, [song(400, "Invalid bpm or chords", bpm=1, chords="")]),
        (SILENT, [song(400, "No", chords="")]),
        (SILENT, [song(404, "No chords", chords="")]),
        (SILENT, [song(400, "Parameter prompt is required", prompt="", chords="")]),
        (PASSED, [order(chords="")]),
        (
            "[1] create_song was refused for chords, which counts as left out where it is empty: Invalid chords",
            [song(400, "Invalid chords", chords="", bpm=60)],
        ),
        (
            "[1] create_account was refused for maxJobs, which counts as left out where it is empty: maxJobs is wrong",
            [posted("/accounts", 400, "maxJobs is wrong", sent={"requestParams": {}, "maxJobs": ""})],
        ),
    ],
    "whole-numbers-may-have-a-point": [
        (SILENT, [song(400, "Invalid bpm", bpm=1.5)]),
        (SILENT, [song(400, "Invalid bpm", bpm=80)]),
        (SILENT, [song(400, "Invalid bpm", bpm=49.0), song(400, "Invalid maxJobs", maxJobs=0.0)]),
        (SILENT, [song(400, "Invalid prompt", prompt=80.0)]),
        (SILENT, [song(400, "Invalid tonality", bpm=80.0, tonality="x")]),
        (PASSED, [order(bpm=80.0)]),
        (
            "[1] create_song was refused for bpm, which is a whole number, with a point or without: Invalid bpm",
            [song(400, "Invalid bpm", bpm=80.0)],
        ),
    ],
    "cancelled-job-is-still-there": [
        (PASSED, [*fails(*CANCELS[:2]), *fails(JOB2, cancelled=False, status=30)]),
        (PASSED, [*WELL[:4], *fails(*CANCELS)]),
        (PASSED, [*WELL, *fails(f"{JOB}9", cancelled=False), *fails(*CANCELS)]),
        (PASSED, [*WELL, *fails(f"{JOB}3", status=30), *fails(*CANCELS)]),
        (SILENT, [*WELL, *fails(*CANCELS, cancelled=False)]),
        (
            "[12, 15] all 3 jobs that were cancelled FAILED, and none of 3 others: they are to go on",
            [*WELL, *fails(*CANCELS)],
        ),
    ],
    "token-stays-known": [
        (SILENT, UNKNOWN),
        (SILENT, [*UNKNOWN, scheduler()]),
        (SILENT, [scheduler(), call("GET", "/scheduler", 401, error(401), token=STRANGER)]),
        (SILENT, [scheduler(), call("GET", "/nowhere", 401, error(401))]),
        (SILENT, [scheduler(), callback(music(), status=401)]),
        (SILENT, [scheduler(), call("GET", "/scheduler", 0)]),
        (PASSED, [scheduler(), call("GET", "/scheduler", 500)]),
        (
            "[1, 2] list_accounts refused a token as unknown that list_running_jobs had taken before: Something",
            [scheduler(), UNKNOWN[0]],
        ),
    ],
    "empty-is-left-out": [
        (SILENT, [uploaded(404, user_id="")]),
        (SILENT, [stored(), uploaded(400, user_id="")]),
        (SILENT, [stored(), uploaded(404)]),
        (SILENT, [stored(), call("DELETE", f"/accounts/{ACCOUNT}", 204), uploaded(404, user_id="")]),
        (SILENT, [stored(), call("GET", "/music", 404, error(404), query={"user_id": "", "cursor": "c"})]),
        (SILENT, [stored(), song(404, user_id="", midiItemId=MIDI)]),
        (PASSED, [stored(), uploaded(200, user_id="")]),
        (
            (
                "[1, 2] account 111 is configured, and create_song with an empty user_id, which counts as none, was "
                "answered 404: None"
            ),
            [stored(), song(404, "None", user_id="")],
        ),
        (
            (
                "[1, 2] account 111 is configured, and upload_midi with an empty user_id, which counts as none, was "
                "answered 404: None"
            ),
            [stored(), uploaded(404, "None", user_id="")],
        ),
    ],
    "slash-at-the-end-is-nothing": [
        (SILENT, [call("GET", "/scheduler/", 404, error(404))]),
        (SILENT, [stored(), call("GET", "/scheduler", 404, error(404))]),
        (SILENT, [stored(), call("GET", "/scheduler/", 500)]),
        (SILENT, at_once(stored(), call("GET", "/scheduler/", 404, error(404)))),
        (SILENT, [stored(), call("GET", "/music/", 404, error(404), query={"user_id": "222"})]),
        (SILENT, [stored(), call("DELETE", f"/accounts/{ACCOUNT}", 204), call("GET", "/scheduler/", 404, error(404))]),
        (SILENT, [stored(), posted("/music/song/", 404, sent={"prompt": "x", "user_id": "222"})]),
        (SILENT, [stored(), posted("/music/song/", 404, sent={"prompt": "x", "midiItemId": MIDI})]),
        (PASSED, [stored(), call("GET", "/scheduler/", 200, [])]),
        *(
            (
                (
                    "[1, 2] account 111 is configured, but create_song with a slash behind its path was answered "
                    f"{status}: "
                ),
                [stored(), posted("/music/song/", status, sent={"prompt": "x", **named})],
            )
            for status, named in ((404, {}), (405, {"user_id": ACCOUNT}), (404, {"user_id": ""}))
        ),
        *(
            (
                (
                    "[1, 2] account 111 is configured, but list_music with a slash behind its path was answered "
                    f"{status}: Something"
                ),
                [stored(), call("GET", "/music/", status, error(status), query={"user_id": ACCOUNT})],
            )
            for status in (404, 405)
        ),
    ],
    "what-was-made-can-be-found": [
        (PASSED, [stored(), order(), call("GET", f"/accounts/{ACCOUNT}", 200, account()), read(music())]),
        (SILENT, [stored(), order(), call("DELETE", f"/accounts/{ACCOUNT}", 204), stored(), read(music(), 404)]),
        (
            f"[2, 4] {JOB} was there and nobody has deleted it, but now it is answered 404",
            [stored(), order(), call("GET", f"/accounts/{ACCOUNT}", 200, account()), read(music(), 404)],
        ),
    ],
    "encoded-id-is-the-same-id": [
        (SILENT, [call("GET", f"/music/{ENCODED}", 400, error(400, "job_id has incorrect format"))]),
        (SILENT, [order(), call("GET", f"/music/{JOB}", 400, error(400, "job_id has incorrect format"))]),
        (SILENT, [order(), DELETED, call("GET", f"/music/{ENCODED}", 400, error(400, "job_id has incorrect format"))]),
        (
            SILENT,
            [order(), call("GET", f"/music/download/{ENCODED}", 400, error(400, "Invalid file_format parameter"))],
        ),
        (SILENT, [order(), call("GET", f"/music/download/{ENCODED}", 400, error(400, "not completed"))]),
        (SILENT, [order(), call("GET", f"/music/{ENCODED}", 500)]),
        (PASSED, [order(), call("GET", f"/music/{ENCODED}", 200, music())]),
        (
            (
                f"[1, 2] {JOB} is there, but with %3A for its colons get_music was answered 400: "
                "job_id has incorrect format"
            ),
            [order(), call("GET", f"/music/{ENCODED}", 400, error(400, "job_id has incorrect format"))],
        ),
    ],
    "unknown-path-is-404": [
        (SILENT, [call("GET", "/nowhere", 404, body=b"<html>", token=None)]),
        (SILENT, [call("GET", "/nowhere", 200, {})]),
        (SILENT, [call("GET", f"/music/{JOB}", 404, error(404))]),
        (SILENT, [call("GET", "http://elsewhere.example/", 404, body=b"<html>")]),
        (PASSED, [call("GET", "/nowhere", 404, error(404))]),
        *(
            ("[1] /nowhere is no path of the API, and its 404 is not like others: it has no error and code", [each])
            for each in (
                call("GET", "/nowhere", 404, body=b"<html>"),
                call("GET", "/nowhere", 404, error(405)),
                call("GET", "/nowhere", 404, error(404, "")),
            )
        ),
    ],
    "unknown-account-is-404": [
        (SILENT, [ONE]),
        (SILENT, [ONE, uploaded(404, user_id="999"), ONE]),
        (SILENT, [ONE, uploaded(200), ONE]),
        (SILENT, [uploaded(200, user_id="999"), ONE]),
        (SILENT, [ONE, stored("999"), uploaded(200, user_id="999"), ONE]),
        (SILENT, [ONE, uploaded(200, user_id="999"), call("GET", "/accounts", 500)]),
        (PASSED, [ONE, uploaded(200, user_id="999"), call("GET", "/accounts", 200, {"999": account("999")})]),
        (SILENT, [ONE, uploaded(200, user_id="999"), ONE, ONE][:2]),
        (
            "[1, 2, 3] upload_midi worked on account 999, which no list has, neither before nor after",
            [ONE, uploaded(200, user_id="999"), ONE],
        ),
        (
            "[1, 2, 3] create_song worked on account 999, which no list has, neither before nor after",
            [NONE, order(user_id="999"), NONE],
        ),
    ],
    "one-account-needs-no-name": [
        (SILENT, [ONE, song(400, "Parameter user_id is required", user_id=ACCOUNT)]),
        (SILENT, [ONE, song(400, "Parameter prompt is required")]),
        (PASSED, [ONE, order()]),
        (
            (
                "[1, 2] one account is configured, so create_song needs no user_id, but was refused without it: "
                "Parameter user_id is required"
            ),
            [ONE, song(400, "Parameter user_id is required")],
        ),
    ],
    "order-finds-its-account": [
        (SILENT, [order()]),
        (SILENT, [order(midiItemId="midi")]),
        (SILENT, [order(midiItemId=MIDI, clonedVoiceItemId=VOICE)]),
        (SILENT, [order(JOB.replace(ACCOUNT, "222"), midiItemId=MIDI, user_id="222")]),
        (SILENT, [song(midiItemId=MIDI)]),
        (PASSED, [order(midiItemId=MIDI)]),
        (
            "[1] the order names no account and a source of account 111, but its jobs are on ['222']",
            [order(JOB.replace(ACCOUNT, "222"), clonedVoiceItemId=VOICE)],
        ),
    ],
    "ids-belong-to-their-user": [
        (SILENT, [order(midiItemId="midi")]),
        (SILENT, [order(midiItemId=MIDI)]),
        (SILENT, [song(500, midiItemId=THEIRS)]),
        (PASSED, [song(midiItemId=THEIRS)]),
        (
            f"[1] with a token of user 12345, create_song worked on {THEIRS}, which is another user's",
            [order(midiItemId=THEIRS)],
        ),
        (SILENT, [shown(5), shown(6, STRANGER)]),
        (SILENT, [shown(5), shown(5, "user:12345-second")]),
        (SILENT, [shown(5), shown(5)]),
        (
            "[1, 2] account 111, stored at 5, was another user's, and get_account shows it",
            [shown(5), shown(5, STRANGER)],
        ),
        (
            "[1, 2] account 111, stored at 5, was another user's, and list_accounts shows it",
            [shown(5), call("GET", "/accounts", 200, {ACCOUNT: account(updated=5)}, token="other")],
        ),
    ],
    "ready-material-can-be-used": [
        (SILENT, [song(artistVoiceItemId="voice_1")]),
        (SILENT, [ARTISTS, song(artistVoiceItemId="voice_2")]),
        (SILENT, [ARTISTS, song(404, "No record found for 111", artistVoiceItemId="voice_1")]),
        (PASSED, [ARTISTS, order(artistVoiceItemId="voice_1")]),
        *(
            (
                f"[1, 2] artist voice voice_1 is on offer, but the order was refused: {text}",
                [
                    ARTISTS,
                    song(404, text, artistVoiceItemId="voice_1"),
                ],
            )
            for text in ("The source material does not exist.", "No voice_1")
        ),
    ],
    "orders-are-json-or-forms": [
        (SILENT, [order()]),
        (SILENT, [posted("/music/song", 400, sent=b"x", headers={"Content-Type": "text/plain"})]),
        (SILENT, [uploaded(200, kind="text/plain")]),
        (
            "[1] create_song as text/plain was answered 200",
            [posted("/music/song", 200, sent=b"x", headers={"Content-Type": "text/plain"})],
        ),
        ("[1] create_song as nothing was answered 200", [call("POST", "/music/song", 200, {})]),
    ],
    "valid-is-accepted": [
        (SILENT, [call("GET", "/music", 400, error(400, "Parameter user_id is required"), query={"user_id": ""})]),
        (SILENT, [call("GET", "/music", 400, error(400, "user_id has incorrect format"), query={"user_id": "9"})]),
        (
            "[1] list_music was refused with 'Parameter user_id is required', but user_id is '9'",
            [call("GET", "/music", 400, error(400, "Parameter user_id is required"), query={"user_id": "9"})],
        ),
        (SILENT, [uploaded(400, "Content-Type must be audio/midi", kind="audio/mpeg")]),
        (SILENT, [uploaded(400, "This cannot be")]),
        *(
            (
                f"[1] upload_midi as {kind} was refused with {text!r}, but that is listed",
                [uploaded(400, text, kind=kind)],
            )
            for kind, text in (
                ("audio/x-midi", "Content-Type must be audio/midi"),
                ("Audio/MIDI", "unsupported file"),
                ("audio/midi; charset=binary", "no such media type"),
            )
        ),
    ],
    "printed-error-texts": [
        (SILENT, [form(400, "The form cannot be read", prompt=None)]),
        (
            SILENT,
            [posted("/accounts", 400, "Not as a form", sent=b"{}", headers={"Content-Type": "multipart/form-data"})],
        ),
        (PASSED, [form(400, "Parameter prompt is required", user_id="1")]),
        (
            "[1] the error text is 'Parameter x is required', where the page prints 'Parameter prompt is required'",
            [form(400, "Parameter x is required", user_id="1")],
        ),
    ],
    "refused-order-is-wrong": [
        *(
            (SILENT, [song(400, "Something is wrong", **{name: text})])
            for name, text in (("lyrics", " \n"), ("lyrics", "a\x01"))
        ),
        *(
            (SILENT, [song(400, f"Something is wrong with the {name}", user_id="1", replyUrl="http://app.example/")])
            for name in ("user_id", "account", "replyUrl")
        ),
        (SILENT, [song(400, "lyrics is too long", lyrics="l")]),
        (SILENT, [song(404, "Something is wrong")]),
        (SILENT, [call("POST", "/music/song", 400, error(400), sent={"prompt": "x"}, token=None)]),
        (PASSED, [song(400, "Something is wrong", prompt=None)]),
        (
            "[1] create_song was answered 400 ('Something is wrong'), but nothing is wrong with it by the pages",
            [song(400, "Something is wrong", lyrics="One\r\n\ttwo \U0001f3b5", user_id="1", maxJobs=8)],
        ),
    ],
    "refusal-names-what-is-wrong": [
        (SILENT, [song(400, "Something is wrong", prompt="p" * 2001)]),
        (SILENT, [song(400, "colour is too long", prompt="p" * 2001)]),
        (SILENT, [song(400, "Parameter user_id is required", prompt="p" * 2001)]),
        (SILENT, [song(400, "clonedVoiceItemId has incorrect format", prompt="p" * 2001)]),
        (SILENT, [song(400, "Parameter lyrics is required", midiItemId=MIDI, artistVoiceItemId="v")]),
        (SILENT, [song(400, "lyrics is too long")]),
        (SILENT, [song(404, "lyrics is too long", prompt="p" * 2001)]),
        (PASSED, [song(400, "Parameter prompt is required", prompt=None)]),
        *(
            (
                PASSED,
                [posted("/music/instrumental", 400, f"{name} is too long", sent={"prompt": "x", "chord": "C" * 201})],
            )
            for name in ("chord", "chords")
        ),
        (PASSED, [song(400, "replyRef is too long", replyRef="r" * 1025, lyrics="l" * 3001)]),
        (PASSED, [call("GET", "/music", 400, error(400, "Invalid type parameter"), query={"type": "opera"})]),
        (
            "[1] create_song was refused with 'replyUrl is too long', but what is wrong is replyRef",
            [song(400, "replyUrl is too long", replyRef="r" * 1025)],
        ),
        (
            "[1] create_song was refused with 'Parameter lyrics is required', but what is wrong is prompt",
            [song(400, "Parameter lyrics is required", prompt=None)],
        ),
        (
            "[1] create_account was refused with 'maxJobs has incorrect format', but what is wrong is requestParams",
            [posted("/accounts", 400, "maxJobs has incorrect format", sent={"requestParams": [], "maxJobs": 4})],
        ),
        (SILENT, [call("GET", "/music", 400, error(400, "Parameter cursor is required"), query={"type": "x"})]),
    ],
    "account-keeps-its-parameters": [
        (SILENT, [kept({"size": "5"}), shown(5)]),
        (PASSED, [kept({"size": 5}), shown(5)]),
        (PASSED, [kept({"size": 5, "zero": 0}), shown(5)]),
        (PASSED, [kept({"size": 5, "more": 6}), shown(5, requestParams={"size": 5})]),
        (PASSED, [kept({"size": "5", "zero": 0}), shown(5, requestParams={"size": "5"})]),
        (
            "[1, 2] zero of account 111 was stored as False, and is not shown, as others are",
            [kept({"size": 5, "zero": False}), shown(5, requestParams={"size": 5})],
        ),
        (
            "[1, 2] more of account 111 was stored as 6, and is not shown, as others are",
            [answered_with({"size": 5, "more": 6}), shown(5, requestParams={"size": 5})],
        ),
        (PASSED, [kept({"size": 5}), shown(5, requestParams={"size": "***"})]),
        (
            "[1, 2] size of account 111 was stored as 5, and is shown as '5'",
            [kept({"size": 5}), shown(5, requestParams={"size": "5"})],
        ),
        (
            "[1, 2] size of account 111 was stored as True, and is shown as 'true'",
            [kept({"size": True}), shown(5, requestParams={"size": "true"})],
        ),
        *((PASSED, [kept({"size": 5}), shown(5, requestParams={"size": told})]) for told in (0, 5.0)),
        (
            "[1, 2] size of account 111 was stored as 4294967296, and is shown as 1",
            [kept({"size": 1 << 32}), shown(5, requestParams={"size": 1})],
        ),
        (
            "[1, 3, 4] account 111 was stored with other requestParams, but size is shown as before",
            [
                kept({"size": "5"}),
                call("DELETE", f"/accounts/{ACCOUNT}", 204),
                kept({}),
                shown(5, requestParams={"size": "5"}),
            ],
        ),
        (
            PASSED,
            [
                kept({"size": "5"}),
                call("DELETE", f"/accounts/{ACCOUNT}", 204),
                kept({"size": "5"}),
                shown(5, requestParams={"size": "5"}),
            ],
        ),
        (SILENT, [shown(5)]),
        (PASSED, [kept({"size": [5]}), shown(5)]),
        (PASSED, [kept({"size": [5]}), shown(5, requestParams={"size": [5]})]),
        (SILENT, [kept({"size": [5]}), shown(6, requestParams={"size": [6]})]),
        (
            "[1, 2] size of account 111 was stored as [5], and is shown as '[object Object]'",
            [kept({"size": [5]}), shown(5, requestParams={"size": "[object Object]"})],
        ),
    ],
    "jobs-come-to-an-end": [
        (SILENT, [scheduler()]),
        (SILENT, [scheduler(row(elapsed="long"))]),
        (PASSED, [scheduler(row(elapsed="1439:59"))]),
        (f"[1] {JOB} is still at work after 24 hours", [scheduler(row(JOB2), row(elapsed="1440:00"))]),
    ],
    "account-limit-is-exact": [
        (SILENT, [scheduler(row())]),
        (SILENT, [order(), scheduler(row())]),
        (SILENT, [order(JOB, maxJobs=1), order(JOB2, maxJobs=2), scheduler(row(), row(JOB2))]),
        (PASSED, [*TWO, scheduler(row(), row(JOB2))]),
        (PASSED, [order(JOB, JOB2, maxJobs=1), scheduler(row(), row(JOB2))]),
        (
            "[1, 2, 3] account 111 has 1 slots, but 2 jobs run, of 2 orders",
            [order(JOB, maxJobs=1), order(JOB2, maxJobs=1), scheduler(row(), row(JOB2))],
        ),
    ],
    "answer-fits-reading": [
        (PASSED, [read(music(0, 3.53)), read(music(0, 4e1))]),
        (
            "[1] get_music was answered 200, but progress: 101 is greater than the maximum of 100",
            [read(music(0, 101))],
        ),
    ],
    "callback-fits-schema": [
        (PASSED, [order(), callback(music(0, 3.53))]),
        (PASSED, [order(replyUrl="nowhere"), callback(music(), replyUrl="nowhere")]),
    ],
    "download-only-when-complete": [
        (SILENT, [order(), unfinished(404), read(music(30))]),
        (SILENT, [order(), unfinished(401), read(music())]),
        (SILENT, [order(), unfinished(500), read(music())]),
        (SILENT, [order(), unfinished(404), unfinished(400), read(music())]),
        (
            (
                f"[2, 3] {JOB} is at work, so its download was to be a 400 with 'Generation is not completed yet (0)', "
                "but it was answered 404 before: No record"
            ),
            [order(), unfinished(404, "No record"), read(music())],
        ),
        (SILENT, [order(), unfinished(400, "Generation is not completed yet (0)"), read(music())]),
        (SILENT, [order(), unfinished(400, "Invalid file_format parameter", file_format="ogg"), read(music())]),
        (
            (
                f"[2, 3] {JOB} is at work, so its download was to be a 400 with 'Generation is not completed yet (0)', "
                "but it was answered 400 before: Later"
            ),
            [order(), unfinished(400, "Later"), read(music())],
        ),
    ],
    "failed-download-says-so": [
        (SILENT, [unfinished(404)]),
        (SILENT, [read(music(30)), unfinished(404)]),
        (SILENT, [read(music(10)), DELETED, unfinished(404)]),
        (SILENT, [read(music(10)), link()]),
        (SILENT, [read(music(10)), unfinished(401)]),
        (SILENT, [read(music(10)), unfinished(500)]),
        (SILENT, [read(music(10)), unfinished(400, file_format="ogg")]),
        (PASSED, [read(music(10)), unfinished(400, "Generation is not completed yet (10)")]),
        (
            f"[1, 2] {JOB} has FAILED, so its download is a 400 with (10), but was answered 404: No record",
            [read(music(10)), unfinished(404, "No record")],
        ),
        (
            f"[1, 2] {JOB} has FAILED, so its download is a 400 with (10), but was answered 400: not completed yet (0)",
            [read(music(10)), unfinished(400, "not completed yet (0)")],
        ),
    ],
    "secrets-are-masked": [
        (SILENT, [call("GET", "/nowhere", 404, error(404, TOKEN))]),
        (SILENT, [call("GET", "/scheduler", 200, [{"x": "short"}], token="short")]),
        (PASSED, [scheduler()]),
        (
            "[1] the answer of list_running_jobs, a 200, repeats the token that was sent, which is a secret",
            [call("GET", "/scheduler", 200, [{"x": "8letters"}], token="8letters")],
        ),
        (
            "[1] the answer of list_running_jobs, a 401, repeats the token that was sent, which is a secret",
            [call("GET", "/scheduler", 401, error(401, f"unknown token {TOKEN}"))],
        ),
        (
            "[1] the answer of list_running_jobs, a 401, repeats the token that was sent, which is a secret",
            [call("GET", "/scheduler", 401, error(401, TOKEN), token=None, headers={"Authorization": TOKEN})],
        ),
        (
            "[1] the answer of create_account, a 400, repeats the service_ticket that was sent, which is a secret",
            [posted("/accounts", 400, "no ticket-of-one", sent={"requestParams": {"service_ticket": "ticket-of-one"}})],
        ),
        (PASSED, [order(), callback(music())]),
        (SILENT, [callback(music())]),
        *(
            ("[2] a callback has the token in it, which is a secret of its user", [order(), each])
            for each in (
                callback(music(), note=TOKEN),
                callback(music(), url=f"{HOOK}?token={TOKEN}"),
                with_header(callback(music()), "Authorization", f"Bearer {TOKEN}"),
            )
        ),
    ],
    "no-redirects": [
        (PASSED, [call("GET", "/scheduler", 304)]),
        (
            "[1] GET /scheduler was answered 302, a redirect to nowhere",
            [call("GET", "/scheduler", 302)],
        ),
    ],
    "scheduler-lists-what-runs": [
        (
            PASSED,
            [stored(), order(), call("DELETE", f"/accounts/{ACCOUNT}", 204), stored(), scheduler(), read(music())],
        ),
        (
            f"[2, 3, 4] {JOB} was running, but the scheduler did not list it",
            [stored(), order(), scheduler(), read(music())],
        ),
    ],
    "each-job-has-its-file": [
        (SILENT, [call("GET", f"/music/download/{JOB}", 200, {"url": 5})]),
        (SILENT, [call("GET", f"/music/download/{JOB}", 400, {"url": URL})]),
        (PASSED, [link(), link()]),
        (SILENT, [split(b"a", None)]),
        (SILENT, [split(b"a", status=400)]),
        (PASSED, [split(b"a"), split(b"a")]),
        (PASSED, [split(b"a"), split(b"b", f"{URL}?of=b")]),
        ("[1, 2] the stems of an upload have the address of those of another file", [split(b"a"), split(b"b")]),
        (PASSED, [order(JOB + "abcdefg"), link(JOB + "abcdefg", "http://files.example/a1abcdefg.mp3")]),
        (
            f"[1, 2] the download of {JOB2} has the address that {JOB} was given",
            [link(), link(JOB2)],
        ),
        (
            f"[2] the address for {JOB} names {JOB}abcdefg: http://files.example/a1abcdefg.mp3",
            [order(JOB + "abcdefg"), link(JOB, "http://files.example/a1abcdefg.mp3")],
        ),
    ],
    "link-lasts-and-expires": [
        (SILENT, [link(), call("GET", URL, 403, token=None)]),
        (SILENT, [link(), call("GET", URL, 200, token=None, body=b"x")]),
        (
            "[2] a link was fetched, and answered 401: it is to work without a token",
            [link(), call("GET", URL, 401, error(401), token=None)],
        ),
        (SILENT, [told(0), link(), GONE, told(30)]),
        (SILENT, [told(0, unit=1), link(), GONE, told(0, unit=1)]),
        (SILENT, [link(), told(0), GONE, told(1)]),
        (SILENT, [told(0), link(), GONE, told(40), told(1)]),
        (SILENT, [told(0), link(), call("GET", URL, 500, token=None), told(1)]),
        (SILENT, [told(0), link(), DELETED, GONE, told(1)]),
        (SILENT, [told(0), read(music(30, cover=URL)), GONE, told(1)]),
        (SILENT, [told(0), at(LATE, GONE), told(1)]),
        *(
            (
                (
                    "[2, 3, 4] a link was to last 60 s, and was answered 404, 29 s at most after it was handed out, "
                    "by the service's own clock"
                ),
                [told(0), link(), GONE, later],
            )
            for later in (told(29), posted("/accounts", 200, sent={}, answer=account(updated=1_800_000_029_000)))
        ),
        (
            (
                "[3, 4, 5] a link for stems was answered 404, 29 s at most after it was handed out, "
                "by the service's own clock"
            ),
            [DELETED, told(0), split(b"x"), GONE, told(29)],
        ),
        (
            (
                "[4, 5, 7] a link was to last 60 s, and was answered 404, 29 s at most after it was handed out, "
                "by the service's own clock"
            ),
            [
                told(0),
                read(music(30, cover=f"{URL}.png")),
                call("GET", f"{URL}.png", 404, error(404), token=None),
                link(),
                GONE,
                scheduler(),
                told(29),
            ],
        ),
        (SILENT, [link(), fetched(b"x"), told(0), told(1000)]),
        (SILENT, [link(), told(0), split(b"x"), told(1000), fetched(b"x")]),
        (PASSED, [link(), told(0), told(90), fetched(b"x")]),
        (
            "[1, 4] a link was to last 60 s, and works 91 s after it was handed out, by the service's own clock",
            [link(), told(0), told(91), fetched(b"x")],
        ),
        (SILENT, [timed(0), at(NOW, link()), at(NOW + 90, fetched(b"x")), timed(90)]),
        (PASSED, [at(NOW - 1, link()), timed(0), at(NOW + 91, fetched(b"x")), timed(91)]),
        (SILENT, [timed(0), at(NOW, link()), at(NOW + 91, fetched(b"x")), timed(91, drift=-3)]),
        (SILENT, [timed(0), at(NOW, link()), at(NOW + 91, fetched(b"x")), timed(91, drift=3), timed(92)]),
        (SILENT, [timed(0), at(NOW, link()), at(NOW + 91, GONE), timed(91)]),
        (
            "[2, 3, 4] a link was to last 60 s, and works 90 s after it was handed out",
            [timed(0), at(NOW, link()), at(NOW + 91, fetched(b"x")), timed(91, drift=2)],
        ),
    ],
    "file-is-whole": [
        (SILENT, [link(), call("HEAD", URL, 200, token=None)]),
        ("[1, 2] the file behind the link for mp3 is empty", [link(), fetched(b"")]),
        (SILENT, [link(), fetched(b"b" * 10, 10)]),
        (SILENT, [link(), fetched(b"a" * 20), fetched(b"b" * 10, 90)]),
        (PASSED, [link(), fetched(b"a" * 20), fetched(b"a" * 10, 10)]),
        (PASSED, [link(), fetched(b"a" * 20), fetched(b"a" * 5 + b"b" * 5, 15)]),
        (
            "[2, 3] bytes 10 to 19 of a file are not those that came with all of it",
            [link(), fetched(b"a" * 20), fetched(b"b" * 10, 10)],
        ),
        (PASSED, [link(), long(100), fetched(b"a" * 10, 10)]),
        (SILENT, [link(), long(60, encoding="gzip"), fetched(b"a" * 10, 90)]),
        (
            "[2, 3] a file has 100 bytes by its range, and 60 where all of it came",
            [link(), long(60), fetched(b"a" * 10, 10)],
        ),
        (
            "[1, 3] the file behind the link for stems is a ZIP without the directory at its end",
            [split(b"x"), long(100), fetched(b"b" * 50, 50)],
        ),
    ],
    "callbacks-end-with-one-final": [
        (PASSED, [*ended(0), *map(reported, range(1, 12))]),
        (PASSED, [*ended(0), reported(1), reported(2), reported(3), at(LATE, reported(4))]),
        (PASSED, [*ended(0), callback(music(30, job=f"{JOB}0"), status=503), *map(reported, range(1, 14))]),
        (PASSED, [*ended(0), call("DELETE", f"/music/{JOB}0", 200, {"result": True}), *map(reported, range(1, 14))]),
        (PASSED, [*ended(0), call("DELETE", f"/scheduler/{JOB}0", 204), *map(reported, range(1, 14))]),
        (PASSED, [*ended(1)[:1], order(f"{JOB}0"), read(music(30, job=f"{JOB}0")), *map(reported, range(1, 14))]),
        (PASSED, [reported(0), *ended(0), *map(reported, range(1, 14))]),
        (
            PASSED,
            [
                order(*(f"{JOB}{each}" for each in range(1, 14)), replyUrl="http://other.example/hook"),
                *ended(0)[1:],
                *map(reported, range(1, 14)),
            ],
        ),
        (
            f"[2, 4, 6, 28] {JOB}0 has ended, but no final callback of it came, while callbacks of 12 other jobs did",
            [*ended(0)[1:], *(each for number in range(1, 14) for each in at_work(number))],
        ),
        (PASSED, [*ended(0), *(each for number in range(1, 14) for each in at_work(number)[1:])]),
        (PASSED, [*ended(0)[1:], *(each for number in range(1, 14) for each in at_work(number, progress=0))]),
        (
            f"[3, 4, 5, 16] {JOB}0 has ended, but no final callback of it came, while callbacks of 12 other jobs did",
            [*ended(0), *map(reported, range(1, 14))],
        ),
        (
            f"[3, 4, 5, 7] {JOB}0 has ended, but no final callback of it came, while callbacks of 3 other jobs did",
            [*ended(0), reported(1), reported(2), at(LATE, reported(3)), at(LATE + 1, reported(4))],
        ),
    ],
    "available-has-the-limits": [
        (
            SILENT,
            [
                stored(limit=4),
                call("POST", "/accounts", 500, error(500), sent={"requestParams": {"user_id": ACCOUNT}, "maxJobs": 5}),
                call("GET", "/scheduler/available", 200, {"available": [{"user_id": ACCOUNT, "maxJobs": 5}]}),
            ],
        ),
        (
            "[1, 3] account 111 was stored with maxJobs 4, but its row has 5",
            [
                stored(limit=4),
                call("POST", "/accounts", 500, error(500), sent={"requestParams": {"user_id": "222"}, "maxJobs": 5}),
                call("GET", "/scheduler/available", 200, {"available": [{"user_id": ACCOUNT, "maxJobs": 5}]}),
            ],
        ),
    ],
    "pages-neither-lose-nor-repeat": [
        *(
            (words, [page("/music", cursor="c"), at(1_000.0, turned()), at(1_600.5 + late, turned(400))])
            for late, words in (
                (0.0, "[2, 3] a page was there, and asked for again with the same cursor, it was answered 400: "),
                (0.25, PASSED),
            )
        ),
        (
            "[1, 3] voice_1 is on two pages of one list",
            [
                page("/music/artist-voices", {"itemId": "voice_1"}, cursor="c"),
                order(),
                call(
                    "GET",
                    "/music/artist-voices",
                    200,
                    {"records": [{"itemId": "voice_1"}]},
                    query={"user_id": ACCOUNT, "cursor": "c"},
                ),
            ],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_says_of_a_recording(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


@pytest.mark.parametrize(("most", "noticed"), [(1, False), (2, True)])
def test_so_many_files_are_kept(monkeypatch, most, noticed):
    """To compare ranges with: files are long, and of those for which there is no room, nothing is said."""
    monkeypatch.setattr("tempolor_contract.rules.history.worlds._MOST_FILES", most)
    other = f"{URL}?of=2"
    whole = [link(), fetched(b"a" * 20), link(JOB2, other), fetched(b"a" * 20, url=other)]

    told = said("file-is-whole", *whole, fetched(b"b" * 10, 10, other))

    assert told.startswith("[4, 5] bytes 10 to 19") is noticed
