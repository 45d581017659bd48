"""What the rules of errors say, word for word, and where they say nothing."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from stories import (
    ACCOUNT,
    CRASH,
    JOB,
    JOB2,
    MIDI,
    PASSED,
    SILENT,
    VOICE,
    answered,
    at_once,
    available,
    call,
    callback,
    error,
    judged,
    music,
    read,
    refused,
    said,
    scheduler,
    stored,
    sung,
)
from tempolor_contract import Exchange, Verdict

CRASHES = [CRASH, scheduler(), call("GET", f"/music/{JOB}", 502)]


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
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
        (SILENT, [available((ACCOUNT, 2, 0, 2)), sung(user_id=ACCOUNT, midiItemId=MIDI)]),
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
        (SILENT, [refused("/music/stems-splitter", 400, "x")]),
        (
            "[1] the error text is 'x', where the page prints 'job_id has incorrect format'",
            [refused("/music/nope", 400, "x")],
        ),
        (SILENT, [refused(f"/music/{VOICE}", 404, "x")]),
        (SILENT, [refused(f"/music/{JOB}", 400, "x")]),
        (SILENT, [refused("/music/song", 400, "x", "POST", sent={"prompt": ""})]),
        (SILENT, [refused("/music/song", 400, "x", "POST", sent=["prompt"])]),
        (
            "[1] the error text is 'x', where the page prints 'Parameter prompt is required'",
            [refused("/music/instrumental", 400, "x", "POST", sent={"user_id": ACCOUNT})],
        ),
        (
            "[1] the error text is 'x', where the page prints 'Parameter requestParams is required'",
            [refused("/accounts", 400, "x", "POST", sent={})],
        ),
        (SILENT, [refused("/music", 400, "x", query={"type": "opera"})]),
        (SILENT, [refused("/music", 400, "x", query={"type": "opera", "user_id": ACCOUNT, "cursor": "c"})]),
        *((SILENT, [refused("/music", 400, "x", query={"type": each, "user_id": ACCOUNT})]) for each in ("", "song")),
        (SILENT, [refused("/music", 400, "x", query={"user_id": ACCOUNT, "type": "instrumental"})]),
        (SILENT, [refused("/music", 400, "x", query={"user_id": ACCOUNT})]),
        *(
            (SILENT, [refused("/music/midi", 400, "x", "POST", query=query, headers={"Content-Type": kind})])
            for query, kind in (
                ({"user_id": ACCOUNT, "name": "x"}, "audio/midi"),
                ({"user_id": ACCOUNT, "name": "x"}, "audio/x-midi"),
                ({"user_id": ACCOUNT}, "text/plain"),
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
                ({"user_id": ACCOUNT, "name": "x"}, b"RIFF", "audio/wav"),
                ({"user_id": ACCOUNT, "name": "x"}, b"", "text/plain"),
                ({"user_id": ACCOUNT}, b"", "audio/wav"),
            )
        ),
        (SILENT, [stored(), refused("/music/song", 404, "x", "POST", sent={"user_id": ACCOUNT})]),
        (
            "[2] the error text is 'x', where the page prints 'The source material does not exist.'",
            [stored(), refused("/music/song", 404, "x", "POST", sent={"user_id": ACCOUNT, "midiItemId": MIDI})],
        ),
    ],
    "no-lasting-crash": [
        *(
            (
                "[1, 3, 2, 4] the same get_music was answered 5xx 3 times, while other requests were answered",
                [CRASH, refused("/accounts", status, "None"), CRASH, CRASH],
            )
            for status in (400, 401, 404)
        ),
        (PASSED, [CRASH, refused("/accounts", 429, "Busy"), CRASH, CRASH]),
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
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_errors_says(rule_id):
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


KNOWN = stored()


TEXTS = {
    "id": (read(music(), 404), f"No record found for {JOB}"),
    "shape": (call("GET", "/music/user:x", 400, error(400)), "job_id has incorrect format"),
    "prompt": (call("POST", "/music/song", 400, error(400), sent={}), "Parameter prompt is required"),
    "account": (
        call("POST", "/accounts", 400, error(400), sent={"maxJobs": 1}),
        "Parameter requestParams is required",
    ),
    "type": (
        call("GET", "/music", 400, error(400), query={"user_id": ACCOUNT, "type": "opera"}),
        "Invalid type parameter. Must be 'song' or 'instrumental'",
    ),
    "source": (
        call("POST", "/music/song", 404, error(404), sent={"user_id": ACCOUNT, "midiItemId": MIDI}),
        "The source material does not exist.",
    ),
    "midi": (
        call(
            "POST",
            "/music/midi",
            400,
            error(400),
            query={"user_id": ACCOUNT, "name": "x"},
            sent=b"x",
            headers={"Content-Type": "text/plain"},
        ),
        "Content-Type must be audio/midi or audio/x-midi",
    ),
    "voice": (
        call(
            "POST",
            "/music/cloned-voices",
            400,
            error(400),
            query={"user_id": ACCOUNT, "name": "x"},
            headers={"Content-Type": "audio/wav"},
        ),
        "Empty file received",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_error_has_its_printed_text(name):
    """Where the request leaves no doubt which error it is, another text than the printed one is found."""
    exchange, printed = TEXTS[name]
    body = json.dumps({"error": printed, "code": exchange.response.status}).encode()
    right = replace(exchange, response=replace(exchange.response, body=body))

    assert judged("printed-error-texts", KNOWN, right).verdict == Verdict.PASSED
    assert judged("printed-error-texts", KNOWN, exchange).verdict == Verdict.VIOLATED


def test_an_error_that_may_be_another_one_may_say_what_it_likes():
    """With two mistakes in a request nobody knows which of them is told."""
    two = call("POST", "/music/song", 400, error(400), sent={"lyrics": "l" * 3001})

    assert judged("printed-error-texts", two).verdict == Verdict.NEVER_REACHED


@pytest.mark.parametrize(
    ("exchanges", "verdict"),
    [
        ([*CRASHES, call("GET", f"/music/{JOB}", 200, music()), *CRASHES], Verdict.PASSED),
        ([CRASHES[0], call("GET", f"/music/{JOB}", 0), scheduler(), CRASHES[2], CRASHES[2]], Verdict.VIOLATED),
        ([*CRASHES, call("GET", f"/music/{JOB}", 200, music())] * 2 + CRASHES, Verdict.VIOLATED),
        ([CRASHES[0], CRASHES[2], replace(CRASHES[0], started=2000.0)], Verdict.NEVER_REACHED),
        ([*CRASHES, call("GET", f"/music/{JOB}", 596)], Verdict.PASSED),
    ],
    ids=["recovered", "no answer is no recovery", "again and again", "nothing else was answered", "broken session"],
)
def test_a_bad_moment_is_no_lasting_crash(exchanges, verdict):
    """A service that recovers, or that is out as a whole, is not blamed."""
    assert judged("no-lasting-crash", *exchanges).verdict == verdict
