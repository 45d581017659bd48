"""What the rules of the document say, word for word, and where they say nothing."""

from typing import Any

import pytest
from stories import (
    JOB,
    PASSED,
    SILENT,
    answered,
    call,
    error,
    judged,
    music,
    order,
    page,
    read,
    refused,
    row,
    said,
    scheduler,
    stored,
)
from tempolor_contract import DocumentJudge, Exchange, Reader, Verdict


def song(status: int = 200, sent: Any = None, kind: str = "", method: str = "song") -> Exchange:
    """Return an order with a body of any shape and type."""
    answer = {"jobs": [JOB], "itemIds": ["a1"], "result": True} if status == 200 else error(status)
    return call("POST", f"/music/{method}", status, answer, sent=sent, headers={"Content-Type": kind} if kind else None)


def form(status: int = 200, **fields: str) -> Exchange:
    """Return an order as a form."""
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    return song(status, f"{parts}--b--\r\n".encode(), "multipart/form-data; boundary=b", "instrumental")


PROMPT = '--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n{}\r\n'
TWICE = (PROMPT.format("p") + PROMPT.format("q" * 2001)).encode()


def put(status: int, allow: str | None = None, method: str = "PUT", path: str = "/scheduler") -> Exchange:
    """Return a method that a path does not know."""
    return call(method, path, status, error(status), answer_headers={"Allow": allow} if allow else None)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
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
        (PASSED, [scheduler(row(replyUrl=f"http://me.example/{'h' * 1024}", replyRef="r" * 1025))]),
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
        (PASSED, [scheduler(row(replyUrl="-2e+251"))]),
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
        (SILENT, [call("GET", "/scheduler", 200, [], answer_headers={"Allow": "GET"})]),
        (SILENT, [put(404)]),
        (PASSED, [put(405, "GET")]),
        (PASSED, [put(405, "get ,HEAD")]),
        (PASSED, [put(405, "GET, OPTIONS", "OPTIONS")]),
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
    "printed-error-texts": [
        (SILENT, [call("GET", "/music?user_id=1&type=song&type=opera", 400, error(400, "No"))]),
        (
            (
                "[1] the error text is 'No', where the page prints "
                "\"Invalid type parameter. Must be 'song' or 'instrumental'\""
            ),
            [call("GET", "/music?user_id=1&type=opera", 400, error(400, "No"))],
        ),
    ],
    "list-keeps-to-its-account": [
        (SILENT, [call("GET", "/music?user_id=111&user_id=222", 200, {"records": [music()]})]),
    ],
    "pages-neither-lose-nor-repeat": [
        (PASSED, [page("/music", music()), call("GET", "/music?user_id=1&user_id=111", 200, {"records": []})]),
    ],
    "invalid-is-refused": [
        (SILENT, [call("GET", "/music?user_id=1&type=&type=opera", 200, {"records": []})]),
        (SILENT, [song(sent=TWICE, kind="multipart/form-data; boundary=b")]),
        (PASSED, [call("GET", "/music?user_id=1&type=song&type=song", 200, {"records": []})]),
        (PASSED, [order(prompt=None)]),
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
        (
            '[1] create_song was answered 200, although prompt: null is not of type "string"',
            [order(prompt=None)],
        ),
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
        (SILENT, [refused("/music/song", 400, "prompt has incorrect format", "POST", sent={"prompt": "A \ud800"})]),
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
def test_a_rule_of_conformance_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]


ASKED = call("GET", f"/music/{JOB}", 200, music(0, 101))


@pytest.mark.parametrize(
    ("exchange", "objections", "words"),
    [
        (read(music()), [], "fine"),
        (ASKED, ["odd"], "fine"),
        (scheduler(row(replyUrl="-2e+251")), [], "fine"),
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


UNFILLED = {"model_instrumental": "", "tonality": None, "bpm": "", "maxJobs": None, "replyUrl": "", "user_id": ""}


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("sent", [UNFILLED, {"bpm": 80.0, "maxJobs": 2.0}], ids=["empty", "80.0"])
def test_an_empty_field_may_be_left_out_or_refused(sent, status):
    """So may a whole number with a point: the pages say nothing of either."""
    answer = order().response.json if status == 200 else error(400, "bpm has incorrect format")
    asked = call("POST", "/music/instrumental", status, answer, sent={"prompt": "x", **sent})

    for rule_id in ("invalid-is-refused", "unlikely-is-refused", "valid-is-accepted"):
        assert not judged(rule_id, asked).violations, rule_id


LONGEST = {"prompt": "\N{MUSICAL NOTE}" * 2000}


@pytest.mark.parametrize(
    ("exchange", "told"),
    [
        (call("GET", "/music", 400, error(400, "job_id has incorrect format")), "but it has no job_id"),
        (
            call("POST", "/music/song", 400, error(400, "bpm has incorrect format"), sent={"prompt": "x", "bpm": 9}),
            "but bpm is valid",
        ),
        (
            call("POST", "/music/song", 400, error(400, "Parameter lyrics is required"), sent={"prompt": "x"}),
            "but lyrics may be left out",
        ),
        (
            call("POST", "/music/song", 400, error(400, "Your prompt may have 2000 characters at most"), sent=LONGEST),
            "but prompt is valid",
        ),
    ],
)
def test_an_unjust_refusal_is_told_as_it_was(exchange, told):
    """What a request does not have is not called valid."""
    [violation] = judged("valid-is-accepted", exchange).violations

    assert violation.message.endswith(told)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("The prompt asks for something that is not allowed", {"prompt": "x"}),
        ("Invalid JSON", {"prompt": "x"}),
        ("Invalid content in the prompt", {"prompt": "x"}),
        ("replyUrl must be public", {"prompt": "x", "replyUrl": "https://example.com"}),
        ("prompt is too long", {"prompt": "x" * 2001}),
    ],
)
def test_a_refusal_may_have_its_reasons(text, sent):
    """What a text says, an address that the service cannot reach, and what is too long indeed."""
    assert not judged("valid-is-accepted", call("POST", "/music/song", 400, error(400, text), sent=sent)).violations


def test_a_405_does_not_allow_what_it_refuses():
    """An Allow that names the very method is as wrong as one that leaves others out."""
    assert judged("documented-headers", put(405, "GET, PUT")).verdict == Verdict.VIOLATED
