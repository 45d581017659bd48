"""What the rules of files, callbacks, errors and of the document say, word for word, and where they say nothing."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    MIDI,
    VOICE,
    at_once,
    call,
    callback,
    error,
    music,
    order,
    page,
    read,
    said,
    scheduler,
    stored,
)
from tempolor_contract import DocumentJudge, Effort, Exchange, Inspector, Reader

PASSED, SILENT = "passed", "never-reached"
HERE = ACCOUNT
URL = "http://files.example/a"
HOOK = "http://me.example/hook"
CANCELLED = call("DELETE", f"/scheduler/{JOB}", 204)
CRASH = call("GET", f"/music/{JOB}", 500)
BARE = {"job_id": JOB}
ARTISTS = page("/music/artist-voices", {"itemId": "a", "vocalUrl": URL, "coverUrl": f"{URL}.png"})
CLONES = page("/music/cloned-voices", {"clonedVoiceItemId": VOICE, "vocalUrl": URL})
WAVE = b"RIFF\0\0\0\0WAVEfmt "
AVI = b"RIFF\0\0\0\0AVI LIST"
MP4 = b"\0\0\0\x20ftypM4A "


def link(kind: str = "mp3", status: int = 200, url: Any = URL, **fields: Any) -> Exchange:
    """Return a download call; `kind` may be empty."""
    answer = {"url": url, **fields} if status == 200 else error(status)
    return call("GET", f"/music/download/{JOB}", status, answer, query={"file_format": kind} if kind else None)


def file(body: bytes = b"", status: int = 200, kind: str = "", method: str = "GET", ranged: str = "") -> Exchange:
    """Return the fetching of a file."""
    told = {"Content-Type": kind} if kind else None
    return call(
        method, URL, status, token=None, body=body, headers={"Range": ranged} if ranged else None, answer_headers=told
    )


def uploaded(url: Any = URL, length: str = "", sent: bytes = b"MThd") -> Exchange:
    """Return the upload of a MIDI file, answered with a link."""
    answer = {"midiRenderVO": {"midiItemId": MIDI, "midiUrl": url}}
    headers = {"Content-Type": "audio/midi"} | ({"Content-Length": length} if length else {})
    return call("POST", "/music/midi", 200, answer, query={"name": "x"}, sent=sent, headers=headers)


def refused(path: str, status: int, text: Any, method: str = "GET", **options: Any) -> Exchange:
    """Return a refusal with a text."""
    return call(method, path, status, error(status, text), **options)


def answered(path: str, status: int, body: Any = None, method: str = "GET", **options: Any) -> Exchange:
    """Return an answer of any shape."""
    return call(method, path, status, body, **options)


def song(status: int = 200, sent: Any = None, kind: str = "", method: str = "song") -> Exchange:
    """Return an order with a body of any shape and type."""
    answer = {"jobs": [JOB], "itemIds": ["a1"], "result": True} if status == 200 else error(status)
    return call("POST", f"/music/{method}", status, answer, sent=sent, headers={"Content-Type": kind} if kind else None)


def form(status: int = 200, **fields: str) -> Exchange:
    """Return an order as a form."""
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    return song(status, f"{parts}--b--\r\n".encode(), "multipart/form-data; boundary=b", "instrumental")


def order_of_another(**sent: str) -> Exchange:
    """Return an order with another token."""
    answer = {"jobs": [JOB], "itemIds": ["a1"], "result": True}
    return call("POST", "/music/song", 200, answer, sent={"prompt": "x", **sent}, token="user:12345-other")


def put(status: int, allow: str | None = None, method: str = "PUT", path: str = "/scheduler") -> Exchange:
    """Return a method that a path does not know."""
    return call(method, path, status, error(status), answer_headers={"Allow": allow} if allow else None)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "download-has-a-link": [
        (SILENT, [link(status=400)]),
        *((PASSED, [link(url=each)]) for each in ("http://x", "https://x")),
        ("[1] url is None, which is no address that starts with http", [link(url=None)]),
        ("[1] url is 'ftp://x', which is no address that starts with http", [link(url="ftp://x")]),
    ],
    "lifetime-is-in-seconds": [
        (SILENT, [link()]),
        (SILENT, [answered(f"/music/download/{JOB}", 400, {"remainSeconds": -1})]),
        (PASSED, [link(remainSeconds=0)]),
        (PASSED, [link(remainSeconds=31 * 86_400)]),
        ("[1] remainSeconds is -1: the link had expired when it was handed out", [link(remainSeconds=-1)]),
        (
            "[1] remainSeconds is 2678401: a link that lasts 31 days, unless that counts milliseconds",
            [link(remainSeconds=31 * 86_400 + 1)],
        ),
    ],
    "download-only-when-complete": [
        (SILENT, [link()]),
        (SILENT, [read(music(10)), link(status=400)]),
        (SILENT, [read(music()), link()]),
        (SILENT, at_once(read(music(10)), link())),
        (SILENT, [link(), read(music())]),
        (SILENT, [read(music()), *at_once(link(), read(music()))]),
        (SILENT, [read(music()), link(), read(music(30))]),
        (SILENT, [read(music()), link(status=400), read(music())]),
        (PASSED, [read(music(30)), link()]),
        (f"[1, 2] {JOB} has FAILED, but its download was answered with a file", [read(music(10)), link()]),
        (
            f"[2, 4] {JOB} could be downloaded before it was COMPLETED",
            [read(music()), link(""), link("wav"), page("/music", music(job=JOB2), music())],
        ),
    ],
    "complete-can-be-downloaded": [
        (SILENT, [link()]),
        (SILENT, [read(music(10)), link(status=400)]),
        (SILENT, [read(music(30)), link("flac", 400)]),
        (SILENT, [read(music(30)), link(status=401)]),
        (SILENT, [read(music(30)), answered(f"/music/{JOB}", 500, method="DELETE"), link(status=400)]),
        (SILENT, [read(music(30)), link(status=404)]),
        (SILENT, at_once(read(music(30)), link(status=400))),
        (
            f"[2, 4] {JOB} could be downloaded before and nobody has deleted it, but now that is a 404",
            [read(music(30)), link(""), link(), link(status=404)],
        ),
        (
            f"[2, 3] {JOB} could be downloaded before and nobody has deleted it, but now that is a 404",
            [read(music(30)), link("wav"), link("wav", 404)],
        ),
        (
            f"[2, 3] {JOB} could be downloaded before and nobody has deleted it, but now that is a 404",
            [read(music(30)), link(), link("", 404)],
        ),
        (PASSED, [read(music(30)), link("wav"), link("", 404)]),
        (PASSED, [read(music(30)), *at_once(link(), link(status=404))]),
        (f"[1, 2] {JOB} was COMPLETED, but its download is a 400: Something", [read(music(30)), link("stems", 400)]),
        (f"[1, 2] {JOB} was COMPLETED, but its download is a 400: Something", [read(music(30)), link("", 400)]),
        (SILENT, [stored(), read(music(30)), call("DELETE", f"/accounts/{HERE}", 500), link(status=400)]),
        (
            f"[2, 4] {JOB} was COMPLETED, but its download is a 400: Something",
            [stored("222"), read(music(30)), call("DELETE", "/accounts/222", 204), link(status=400)],
        ),
    ],
    "link-serves-its-kind": [
        (SILENT, [link("flac"), file(b"fLaC")]),
        (SILENT, [link(url=f"{URL}.mp3"), file()]),
        (SILENT, [link(status=400), file(b"x")]),
        (SILENT, [link(), file(b"<html>", 404)]),
        (SILENT, [link(), file(method="HEAD")]),
        (SILENT, [link(), file(b"middle", 206, ranged="bytes=9-")]),
        (PASSED, [link(), file(b"ID3", 206, ranged="bytes=0-")]),
        (PASSED, [link(""), file(b" \n ID3")]),
        (PASSED, [link("wav"), file(WAVE)]),
        (PASSED, [link("wav"), file(b"RIFF\0\0\0\0WAV")]),
        (PASSED, [link("stems"), file(b"PK\3\4")]),
        (PASSED, [answered("/music/stems-splitter", 200, {"stemsZipUrl": URL}, "POST"), file(b"PK\3\4")]),
        (PASSED, [uploaded(), file(b"MThd")]),
        (PASSED, [read(music(cover=URL)), file(b"GIF8")]),
        (PASSED, [read(music(cover=URL)), file(AVI)]),
        (PASSED, [read(music(musicMaterial={"waveformUrl": URL})), file(b"[1]")]),
        (PASSED, [CLONES, file(MP4)]),
        (PASSED, [ARTISTS, file(b"OggS")]),
        (PASSED, [page("/music/midi", {"midiItemId": MIDI, "midiUrl": URL}), file(b"MThd")]),
        (
            "[1, 2] the link for mp3 serves another kind of file: it begins with b'<html><body></bo'",
            [link(), file(b"<html><body></body></html>", 206)],
        ),
        (
            "[1, 2] the link for wav gave a RIFF file that is no WAVE: b'RIFF\\x00\\x00\\x00\\x00AVI LIST'",
            [link("wav"), file(AVI)],
        ),
        (
            "[1, 2] the link for wav gave a RIFF file that is no WAVE: b'RIFF\\x00\\x00\\x00\\x00AVI '",
            [link("wav"), file(b"RIFF\0\0\0\0AVI ")],
        ),
        (
            "[1, 2] the link for audio gave a RIFF file that is no WAVE: b'RIFF\\x00\\x00\\x00\\x00AVI LIST'",
            [CLONES, file(AVI)],
        ),
        (
            "[1, 2] the link for audio serves another kind of file: it begins with b'%PDF-1.7'",
            [ARTISTS, file(b"%PDF-1.7")],
        ),
        (
            "[1, 2] the link for mp3 serves another kind of file: it begins with b'\\x00\\x00\\x00 ftypM4A '",
            [link(), file(MP4)],
        ),
        (
            ("[1, 2] the link for mp3 serves another kind of file: it begins with b'RIFF\\x00\\x00\\x00\\x00WAVEfmt '"),
            [link(), file(WAVE)],
        ),
        (
            "[1, 2] the link for midi serves another kind of file: it begins with b'x'",
            [page("/music/midi", {}, {"midiItemId": MIDI, "midiUrl": URL}), file(b"x")],
        ),
        (
            "[1, 2] the link for stems serves another kind of file: it begins with b'x'",
            [answered("/music/stems-splitter", 200, {"stemsZipUrl": URL}, "POST"), file(b"x")],
        ),
        (
            "[1, 2] the link for image serves another kind of file: it begins with b'x'",
            [read(music(cover=URL)), file(b"x")],
        ),
        (
            "[1, 2] the link for waveform serves another kind of file: it begins with b'x'",
            [read(music(cover=[5], musicMaterial={"waveformUrl": URL})), file(b"x")],
        ),
        (SILENT, [answered(f"/music/download/{JOB}", 400, {"url": URL}), file(b"x")]),
    ],
    "link-names-its-kind": [
        (SILENT, [link(), file()]),
        (SILENT, [link(), file(kind="application/octet-stream")]),
        (SILENT, [link("flac"), file(kind="text/html")]),
        (PASSED, [CLONES, file(kind="audio/ogg")]),
        (
            "[1, 2] the file behind the link for wav has the Content-Type audio/mpeg",
            [link("wav"), file(kind="audio/mpeg")],
        ),
    ],
    "file-is-whole": [
        (SILENT, [link(), file(method="HEAD", kind="audio/mpeg")]),
        (SILENT, [link("flac"), file(WAVE)]),
        (SILENT, [link("wav"), file(b"RI")]),
        (PASSED, [link("wav"), file(b"RIFF\x08\0\0\0WAVEfmt ")]),
        (
            "[1, 2] the file behind the link for wav is 16 bytes long, 18 by its own account",
            [link("wav"), file(b"RIFF\x0a\0\0\0WAVEfmt ")],
        ),
    ],
    "midi-file-comes-back": [
        (SILENT, [page("/music/midi", {"midiItemId": MIDI, "midiUrl": URL}), file(b"x")]),
        (SILENT, [uploaded(), file(b"x", 206)]),
        (SILENT, [uploaded(), file(method="HEAD")]),
        (SILENT, [uploaded(length="9"), file(b"x")]),
        (SILENT, [uploaded(url=5), file(b"x")]),
        (PASSED, [uploaded(length="4"), file(b"MThd")]),
        (
            "[1, 2] a MIDI file of 4 bytes was uploaded, and its link serves 5 other bytes",
            [uploaded(length="4"), file(b"MThd!")],
        ),
        (
            "[1, 3] a MIDI file of 4 bytes was uploaded, and its link serves 1 other bytes",
            [uploaded(), page("/music/midi", {"midiItemId": MIDI, "midiUrl": URL}), file(b"x")],
        ),
    ],
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
        (PASSED, [order(replyRef="r"), read(music(30, likeTotal=1)), callback(music(30, likeTotal=2, replyRef="r"))]),
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
    "code-is-the-status": [
        (SILENT, [read(music(code=5))]),
        (SILENT, [answered("/scheduler", 404, {"code": "400"})]),
        (PASSED, [answered("/scheduler", 404, {"code": 404})]),
        ("[1] the answer has the status 404, and its body the code 0", [answered("/scheduler", 404, {"code": 0})]),
    ],
    "errors-say-something": [
        (SILENT, [read(music(error=""))]),
        (SILENT, [answered("/scheduler", 404, {"code": 404})]),
        (SILENT, [refused("/music/stems-splitter", 400, "", "POST")]),
        (PASSED, [refused("/scheduler", 404, "x")]),
        ("[1] the error text of split_stems 401 is empty: ''", [refused("/music/stems-splitter", 401, "", "POST")]),
        ("[1] the error text of create_song 400 is empty: None", [refused("/music/song", 400, None, "POST")]),
    ],
    "printed-error-texts": [
        (SILENT, [refused(f"/music/{JOB}", 404, "")]),
        (SILENT, [read(music(error="x"))]),
        (PASSED, [refused(f"/music/{quote(JOB, safe='')}", 404, f"No record found for {quote(JOB, safe='')}")]),
        (PASSED, [refused("/accounts", 402, "Subscription required")]),
        (PASSED, [refused(f"/scheduler/{JOB}", 404, "Unable to locate running job_id", "DELETE")]),
        ("[1] the error text is 'x', where the page prints 'Unauthorized'", [refused(f"/music/{JOB}", 401, "x")]),
        (
            "[1] the error text is 'x', where the page prints 'Unable to locate running job_id'",
            [refused(f"/scheduler/{JOB}", 404, "x", "DELETE")],
        ),
        (
            "[1] the error text is 'x', where the page prints 'job_id has incorrect format'",
            [refused(f"/scheduler/{VOICE}", 400, "x", "DELETE")],
        ),
        (
            "[1] the error text is 'x', where the page prints 'clonedVoiceItemId has incorrect format'",
            [refused(f"/music/cloned-voices/{MIDI}", 400, "x", "DELETE")],
        ),
        (
            f"[1] the error text is 'x', where the page prints 'No record found for {MIDI}'",
            [refused(f"/music/midi/{MIDI}", 404, "x", "DELETE")],
        ),
        (SILENT, [refused("/music/nope", 400, "x")]),
        (SILENT, [refused(f"/music/{VOICE}", 404, "x")]),
        (SILENT, [refused(f"/music/{JOB}", 400, "x")]),
        (SILENT, [refused("/music/song", 400, "x", "POST", sent={"prompt": ""})]),
        (SILENT, [refused("/music/song", 400, "x", "POST", sent=["prompt"])]),
        (
            "[1] the error text is 'x', where the page prints 'Parameter prompt is required'",
            [refused("/music/instrumental", 400, "x", "POST", sent={"user_id": HERE})],
        ),
        (
            "[1] the error text is 'x', where the page prints 'Parameter requestParams is required'",
            [refused("/accounts", 400, "x", "POST", sent={})],
        ),
        (SILENT, [refused("/music", 400, "x", query={"type": "opera"})]),
        (SILENT, [refused("/music", 400, "x", query={"type": "opera", "user_id": HERE, "cursor": "c"})]),
        *((SILENT, [refused("/music", 400, "x", query={"type": each, "user_id": HERE})]) for each in ("", "song")),
        (SILENT, [refused("/music", 400, "x", query={"user_id": HERE, "type": "instrumental"})]),
        (SILENT, [refused("/music", 400, "x", query={"user_id": HERE})]),
        *(
            (SILENT, [refused("/music/midi", 400, "x", "POST", query=query, headers={"Content-Type": kind})])
            for query, kind in (
                ({"user_id": HERE, "name": "x"}, "audio/midi"),
                ({"user_id": HERE, "name": "x"}, "audio/x-midi"),
                ({"user_id": HERE}, "text/plain"),
                ({"name": "x"}, "text/plain"),
            )
        ),
        *(
            (
                SILENT,
                [
                    refused(
                        "/music/cloned-voices", 400, "x", "POST", query=query, sent=sent, headers={"Content-Type": kind}
                    )
                ],
            )
            for query, sent, kind in (
                ({"user_id": HERE, "name": "x"}, b"RIFF", "audio/wav"),
                ({"user_id": HERE, "name": "x"}, b"", "text/plain"),
                ({"user_id": HERE}, b"", "audio/wav"),
            )
        ),
        (SILENT, [stored(), refused("/music/song", 404, "x", "POST", sent={"user_id": HERE})]),
        (
            "[2] the error text is 'x', where the page prints 'The source material does not exist.'",
            [stored(), refused("/music/song", 404, "x", "POST", sent={"user_id": HERE, "midiItemId": MIDI})],
        ),
    ],
    "no-lasting-crash": [
        (SILENT, [answered("/nowhere", 500)] * 3),
        (SILENT, [CRASH, CRASH]),
        (SILENT, [replace(callback(music()), response=CRASH.response)] * 4),
        (PASSED, [scheduler(), CRASH, CRASH, CRASH]),
        (PASSED, [CRASH, scheduler(), CRASH]),
        (PASSED, [CRASH, scheduler(), answered(f"/music/{JOB2}", 500), answered("/music", 500)]),
        (PASSED, [CRASH, *at_once(scheduler(), CRASH, CRASH)]),
        (PASSED, [CRASH, scheduler(), CRASH, read(music()), CRASH, CRASH]),
        (PASSED, [scheduler(), *[answered(f"/music/{JOB}", 499), answered(f"/music/{JOB}", 596)] * 3]),
        (
            "[1, 3, 2, 4] the same get_music was answered 5xx 3 times, while other requests were answered",
            [CRASH, scheduler(), CRASH, answered(f"/music/{JOB}", 595)],
        ),
        (
            ("[1, 3, 5, 7, 8, 9] the same get_music was answered 5xx 5 times, while other requests were answered"),
            [CRASH, read(music()), CRASH, read(music()), CRASH, read(music()), CRASH, read(music()), CRASH],
        ),
        (PASSED, [CRASH, read(music()), CRASH, read(music()), CRASH, read(music()), CRASH]),
        (SILENT, [callback(music())]),
        (SILENT, [answered("/scheduler", 0)]),
    ],
    "status-documented": [
        (SILENT, [answered(f"/music/{JOB}", 307)]),
        (SILENT, [answered(f"/music/{JOB}", 300)]),
        (SILENT, [answered(f"/music/{JOB}", 500)]),
        (SILENT, [answered("/scheduler", 404, error(404))]),
        (SILENT, [answered("/nowhere", 404, error(404))]),
        (
            "[1] get_music was answered 299; the statuses of its page are 200, 400, 401, 404",
            [answered(f"/music/{JOB}", 299, {})],
        ),
        (
            "[1] get_music was answered 429; the statuses of its page are 200, 400, 401, 404",
            [answered(f"/music/{JOB}", 429, error(429))],
        ),
    ],
    "media-type-documented": [
        (SILENT, [answered(f"/scheduler/{JOB}", 204, method="DELETE")]),
        (SILENT, [answered("/accounts", 404)]),
        (PASSED, [scheduler()]),
        (
            "[1] list_running_jobs 200 came with no Content-Type in place of application/json",
            [call("GET", "/scheduler", 200, body=b"[]")],
        ),
    ],
    "answer-fits-schema": [
        (
            "[1] list_running_jobs 200 has no body",
            [call("GET", "/scheduler", 200, body=b"", answer_headers={"Content-Type": "application/json"})],
        ),
        (
            ("[1] list_running_jobs 200 has no JSON: b'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"),
            [call("GET", "/scheduler", 200, body=b"x" * 99, answer_headers={"Content-Type": "application/json"})],
        ),
        (
            (
                '[1] list_music was answered 200, but records[1].progress: "x" is not of type "integer" [1] '
                'list_music was answered 200, but records[1].titleEn: 5 is not of type "string"'
            ),
            [page("/music", music(), music(progress="x", titleEn=5))],
        ),
        (
            (
                '[1] get_music was answered 200, but job_id: "x" does not match '
                '"^user:[0-9]+-tempolor:[^:/]+-job:[^:/]+$"'
            ),
            [read(music() | {"job_id": "x"})],
        ),
        (PASSED, [read(music(progress=101))]),
        (PASSED, [stored()]),
    ],
    "answer-fits-reading": [
        (SILENT, [answered(f"/music/{JOB}", 404, error(404))]),
        (PASSED, [read(music(titleEn=5))]),
        (PASSED, [read(music() | {"job_id": "x"})]),
        (PASSED, [read(music(progress=50.0, createTime=2**63))]),
        ("[1] get_music was answered 200, but progress: -1 is less than the minimum of 0", [read(music(progress=-1))]),
    ],
    "answer-has-its-fields": [
        (PASSED, [answered(f"/music/{JOB}", 200, {})]),
        (
            "[1] get_music 200 has none of its page's fields, but a, b, c, d, e",
            [answered(f"/music/{JOB}", 200, dict.fromkeys("fedcba", 1))],
        ),
    ],
    "undeclared-properties": [
        (SILENT, [answered(f"/music/{JOB}", 404, {"error": "x", "code": 404, "more": 1})]),
        (
            (
                "[1] get_music answers with the field a, which no page prints [1] get_music answers with the "
                "field b, which no page prints"
            ),
            [read(music(b=1, a=1))],
        ),
    ],
    "error-envelope": [
        (PASSED, [answered(f"/music/{JOB}", 404, error(404))]),
        (PASSED, [answered("/accounts", 404, {"oops": 1})]),
        (
            '[1] get_music was answered 404, but error: 5 is not of type "string"',
            [answered(f"/music/{JOB}", 404, {"error": 5, "code": 404})],
        ),
        (
            '[1] get_music was answered 401, but error: 5 is not of type "string"',
            [answered(f"/music/{JOB}", 401, {"error": 5, "code": 401})],
        ),
    ],
    "documented-headers": [
        (SILENT, [put(404)]),
        (PASSED, [put(405, "GET")]),
        (PASSED, [put(405, "get ,HEAD")]),
        ("[1] PUT /scheduler was refused with a 405 that allows it: GET, put", [put(405, "GET, put")]),
        ("[1] the 405 of PUT /scheduler has Allow: '', which leaves out GET", [put(405)]),
        (
            "[1] the 405 of PATCH /music/{job_id} has Allow: 'GET', which leaves out DELETE",
            [put(405, "GET", "PATCH", f"/music/{JOB}")],
        ),
        ("[1] cancel_job 405 lacks the header Allow", [refused(f"/scheduler/{JOB}", 405, "x", "DELETE")]),
        (
            "[1] DELETE /music/{job_id} was refused with a 405 that allows it: GET, DELETE",
            [put(405, "GET, DELETE", "DELETE", f"/music/{JOB}")],
        ),
    ],
    "wrong-method-is-405": [
        (SILENT, [put(200)]),
        (SILENT, [put(500)]),
        (SILENT, [put(400, method="BREW")]),
        (SILENT, [answered("/nowhere", 400, error(400), "PUT")]),
        (SILENT, [refused("/scheduler", 400, "x")]),
        *((PASSED, [put(each)]) for each in (401, 405)),
        (PASSED, [put(404, path=f"/music/{JOB}")]),
        *(
            (f"[1] PUT /scheduler is no operation of the API; it was answered {each} in place of 405", [put(each)])
            for each in (400, 404)
        ),
    ],
    "invalid-is-refused": [
        (SILENT, [song(400, {"prompt": "p" * 2001})]),
        (SILENT, [song(404, {"prompt": "p" * 2001})]),
        (PASSED, [song(sent={"prompt": "p"})]),
        (PASSED, [song(sent={"prompt": "p", "model_song": "v4.5+"})]),
        (PASSED, [song(sent={"prompt": "p", "model_song": None, "lyrics": ""})]),
        (PASSED, [song(sent=b"x", kind="text/plain"), song(sent=b"{", kind="application/json")]),
        (PASSED, [form(prompt="p", bpm="80.0")]),
        (
            '[1] create_instrumental was answered 200, although bpm: "fast" is not of type "integer"',
            [form(prompt="p", bpm="fast")],
        ),
        (
            '[1] create_song was answered 200, although model_song: "v0" is not one of "v3" or "v3.5"',
            [song(sent={"prompt": "p", "model_song": "v0"})],
        ),
        ('[1] create_song was answered 200, although body: "prompt" is a required property', [song(sent={})]),
        (
            (
                '[1] create_song was answered 200, although body: [1] is not of type "object" [1] create_song '
                "was answered 200, although body: "
                '{"anyOf":[{"required":["artistVoiceItemId","clonedVoiceItemId"]},{"required":["midiItemId","art'
                'istVoiceItemId"]},{"required":["midiItemId","clonedVoiceItemId"]}]} is not allowed for [1]'
            ),
            [song(sent=[1], kind="application/json")],
        ),
        (
            ('[1] list_music was answered 200, although query.type: "opera" is not one of "song" or "instrumental"'),
            [answered("/music", 200, {}, query={"type": "opera"})],
        ),
        (
            (
                "[1] upload_midi was answered 200, although query.name: name is missing [1] upload_midi was "
                "answered 200, although headers: Content-Type is text/plain"
            ),
            [answered("/music/midi", 200, {}, "POST", sent=b"x", headers={"Content-Type": "text/plain"})],
        ),
        (
            (
                "[1] clone_voice was answered 200, although query.name: name is missing [1] clone_voice was "
                "answered 200, although body: the file is empty"
            ),
            [answered("/music/cloned-voices", 200, {}, "POST", sent=b"", headers={"Content-Type": "audio/wav"})],
        ),
        (
            (
                '[1] get_music was answered 200, although path.job_id: "nope:" does not match '
                '"^user:[0-9]+-tempolor:[^:/]+-job:[^:/]+$"'
            ),
            [answered("/music/nope:", 200, {})],
        ),
        (PASSED, [answered("/music", 200, {"records": []})]),
        (PASSED, [song(sent={"prompt": "a\0b"})]),
    ],
    "unlikely-is-refused": [
        (SILENT, [song(400, {"prompt": ""})]),
        (PASSED, [song(sent={"prompt": "p"})]),
        (
            "[1] create_song was answered 200, although headers: Content-Type is text/plain",
            [song(sent=b"x", kind="text/plain")],
        ),
        ("[1] create_song was answered 200, although body: the body is not JSON", [song(sent=b"x")]),
        ("[1] create_song was answered 200, although headers: Content-Type is missing", [song()]),
        (
            "[1] create_song was answered 200, although maxJobs: 0 is less than the minimum of 1",
            [song(sent={"prompt": "p", "maxJobs": 0, "user_id": "a:b"})],
        ),
        (
            "[1] upload_midi was answered 200, although body: the file is empty",
            [answered("/music/midi", 200, {}, "POST", query={"name": "x"}, headers={"Content-Type": "audio/midi"})],
        ),
        (PASSED, [song(sent={"prompt": "p", "model_song": None, "lyrics": ""})]),
        (
            PASSED,
            [
                answered(
                    "/music/midi",
                    200,
                    {},
                    "POST",
                    query={"name": "x"},
                    sent=b"MThd",
                    headers={"Content-Type": "audio/midi"},
                )
            ],
        ),
        (
            '[1] create_song was answered 200, although prompt: "a\\u0000b" does not match "^[^\\x00]*$"',
            [song(sent={"prompt": "a\0b"})],
        ),
    ],
    "valid-is-accepted": [
        (SILENT, [song(400, {"prompt": ""})]),
        (SILENT, [refused("/music/song", 404, "Parameter prompt is required", "POST", sent={"prompt": "p"})]),
        (SILENT, [refused("/music/song", 400, "No", "POST", sent={"prompt": "p"})]),
        (SILENT, [refused("/music", 400, "Invalid cursor parameter", query={"cursor": "c"})]),
        (SILENT, [refused("/music/song", 400, "prompt is too long", "POST", sent={"prompt": "a\x07"})]),
        (SILENT, [form(400, prompt="p", bpm="80.0")]),
        (PASSED, [form(prompt="p", bpm="80")]),
        (
            "[1] create_song was refused with 'prompt is too long', but prompt is valid",
            [refused("/music/song", 400, "prompt is too long", "POST", sent={"prompt": "p"})],
        ),
        (
            "[1] list_music was refused with 'Invalid type parameter', but type is valid",
            [refused("/music", 400, "Invalid type parameter", query={"type": "song"})],
        ),
        (
            "[1] list_music was refused with 'Invalid type parameter', but type may be left out",
            [refused("/music", 400, "Invalid type parameter")],
        ),
        (
            "[1] list_music was refused with 'Parameter name is required', but it has no name",
            [refused("/music", 400, "Parameter name is required")],
        ),
        (
            "[1] get_music was refused with 'job_id has incorrect format', but job_id is valid",
            [refused(f"/music/{JOB}", 400, "job_id has incorrect format")],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_answers_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


@pytest.mark.parametrize(
    ("room", "words"),
    [(1, PASSED), (2, "[2, 4, 3, 5] the same get_music was answered 5xx 3 times, while other requests were answered")],
)
def test_requests_that_crash_are_kept_while_there_is_room(monkeypatch, room, words):
    """Whoever sends ever other requests to a service that crashes fills no memory."""
    monkeypatch.setattr("tempolor_contract.rules.history.records._MOST_REQUESTS", room)
    other = answered("/accounts", 500)

    assert said("no-lasting-crash", other, CRASH, scheduler(), CRASH, CRASH) == words


def test_the_last_crashes_of_a_request_are_kept(monkeypatch):
    """What is told of a crash that lasts has an end."""
    monkeypatch.setattr("tempolor_contract.rules.history.records._MOST_CRASHES", 2)

    told = said("no-lasting-crash", *[CRASH] * 5, scheduler(), CRASH)

    assert told.startswith("[3, 4, 5, 6, 7] the same get_music was answered 5xx 4 times")


def test_who_is_called_back_and_fails_is_not_the_service():
    """A receiver's 503 is no answer of the service."""
    inspector = Inspector([], DocumentJudge(effort=Effort.NONE))
    for each in (callback(music(), status=503), CRASH):
        inspector.see(each)

    assert (inspector.seen, inspector.crashes) == (2, 1)


ASKED = call("GET", f"/music/{JOB}", 200, music(0, 101))


@pytest.mark.parametrize(
    ("exchange", "objections", "words"),
    [
        (read(music()), [], "fine"),
        (ASKED, ["odd"], "fine"),
        (read(music()), ["odd", "new"], "get_music 200: openapi-core: odd; new; jsonschema-rs: fine"),
        (
            ASKED,
            [],
            "get_music 200: openapi-core: fine; jsonschema-rs: progress: 101 is greater than the maximum of 100",
        ),
        (refused(f"/scheduler/{JOB}", 405, "x", "DELETE"), ["odd"], "not asked"),
        (
            call("GET", "/scheduler", 200, body=b"[]", answer_headers={"Content-Type": "text/json"}),
            ["odd"],
            "not asked",
        ),
    ],
)
def test_two_validators_are_compared(monkeypatch, exchange, objections, words):
    """What one finds and the other does not is told; where there need be no JSON, only one is asked."""
    monkeypatch.setattr("tempolor_contract.document.openapi_core.OpenapiCore.objections", lambda *_: objections)
    judge = DocumentJudge()

    found = {rule.id: problems for rule, problems in judge.judge(Reader(judge.router).read(exchange))}

    problems = found.get("validators-agree")
    assert ("not asked" if problems is None else "; ".join(each.message for each in problems) or "fine") == words
