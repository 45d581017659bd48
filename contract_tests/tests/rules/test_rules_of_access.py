"""What the rules of tokens and addresses say, word for word, and where they say nothing."""

import pytest
from stories import (
    JOB,
    PASSED,
    SILENT,
    call,
    callback,
    error,
    judged,
    music,
    music_of,
    read,
    said,
    scheduler,
)
from tempolor_contract import Exchange

URL = "http://files.example/a.mp3"


CASES: dict[str, tuple[str, list[Exchange], str]] = {
    "another scheme": (
        "no-token-no-answer",
        [scheduler(), call("GET", "/scheduler", 200, [], token=None, headers={"Authorization": "Basic x"})],
        "[2] list_running_jobs was sent with another scheme than Bearer, and answered 200 all the same",
    ),
    "no header at all": (
        "no-token-no-answer",
        [scheduler(), call("GET", "/scheduler", 200, [], token=None)],
        "[2] list_running_jobs was sent with no Authorization header, and answered 200 all the same",
    ),
    "a refusal without a token": (
        "no-token-no-answer",
        [scheduler(), call("GET", "/scheduler", 401, error(401), token=None)],
        PASSED,
    ),
    "a callback needs no token": ("no-token-no-answer", [scheduler(), callback(music())], SILENT),
    "a file needs no token": (
        "no-token-no-answer",
        [call("GET", f"/music/download/{JOB}", 200, {"url": URL}), call("GET", URL, 200, token=None)],
        SILENT,
    ),
    "what is no operation needs no token": (
        "no-token-no-answer",
        [scheduler(), call("GET", "/version", 200, {}, token=None)],
        SILENT,
    ),
    "a call with a token": ("no-token-no-answer", [scheduler(), scheduler()], SILENT),
    "a redirect of the first status": (
        "no-redirects",
        [call("GET", "/scheduler", 300)],
        "[1] GET /scheduler was answered 300, a redirect to nowhere",
    ),
    "a redirect of the last status": (
        "no-redirects",
        [call("POST", "/music/song", 399, answer_headers={"Location": "http://x/y"})],
        "[1] POST /music/song was answered 399, a redirect to http://x/y",
    ),
    "a refusal is no redirect": ("no-redirects", [call("GET", "/scheduler", 400, error(400))], PASSED),
    "a crash is no redirect": ("no-redirects", [call("GET", "/scheduler", 500)], SILENT),
    "a receiver may redirect": ("no-redirects", [callback(music())], SILENT),
    "a file may be elsewhere": (
        "no-redirects",
        [read(music(cover=URL)), call("GET", URL, 302, token=None)],
        PASSED,
    ),
    "an empty cursor": ("empty-is-left-out", [music_of(200, {"records": []}, cursor="")], PASSED),
    "an empty cursor is refused": (
        "empty-is-left-out",
        [music_of(400, error(400, "Invalid cursor"), cursor="")],
        "[1] list_music with an empty cursor, which counts as none, was refused: Invalid cursor",
    ),
    "an empty cursor, refused for another field": (
        "empty-is-left-out",
        [music_of(400, error(400, "Invalid type parameter"), cursor="")],
        SILENT,
    ),
    "an empty cursor where nobody is": (
        "empty-is-left-out",
        [music_of(404, error(404, "no cursor"), cursor="")],
        SILENT,
    ),
    "a cursor that is wrong": ("empty-is-left-out", [music_of(400, error(400, "Invalid cursor"), cursor="x")], SILENT),
    "no cursor": ("empty-is-left-out", [music_of(400, error(400, "Invalid cursor"))], SILENT),
}


@pytest.mark.parametrize("rule_id", dict.fromkeys(rule_id for rule_id, _, _ in CASES.values()))
def test_a_rule_of_access_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    cases = {name: case for name, case in CASES.items() if case[0] == rule_id}

    told = {name: said(rule_id, *exchanges) for name, (_, exchanges, _) in cases.items()}

    assert told == {name: words for name, (_, _, words) in cases.items()}


def test_a_recording_without_any_token_says_nothing_about_tokens():
    """Tools that clean recordings take the header away; that is not the service's doing."""
    assert judged("no-token-no-answer", call("GET", "/scheduler", 200, [], token=None)).verdict == "never-reached"
