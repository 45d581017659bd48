"""One line for each request."""

import json
import logging
import sys
from types import SimpleNamespace

import pytest
from tempolor_mock.domain.ids import Token
from tempolor_mock.exchange import Call, Notes, Request
from tempolor_mock.steps.log import JsonFormatter, RequestLog


def told(style, path="/v1/tempolor/music/song", query=b"", status=200, method="POST", **notes):
    """Return the lines that one request is told in."""
    lines = []
    target = path.encode("latin-1")
    request = Request(method, path, target + b"?" + query, query, [], "http", None, None, None)
    notes = Notes(token=Token("7", "hidden"), **notes)
    call = Call(SimpleNamespace(instance="this"), request, notes, {}, None, is_control=path.startswith("/_mock"))
    RequestLog(lambda: 1_747_731_600_125, style, lines.append).tell(call, status, 1_000)
    return lines


def test_a_line_tells_what_was_asked_and_how_it_went():
    """Time, method and status in columns, then the address, the world and what was forced."""
    (line,) = told("text", status=429, forced="Prefer: code=429", query=b"a=1")

    assert line.startswith("09:00:00.125  POST   429 ")
    assert line.endswith("/v1/tempolor/music/song?a=1  user:7-***  forced: Prefer: code=429")


def test_a_line_tells_what_was_wrong():
    """Every violation, where an answer's `error` names the first."""
    (line,) = told("text", status=400, violations=["body.bpm: too fast", "body: no prompt"])

    assert line.endswith("broke: body.bpm: too fast; body: no prompt")


def test_machines_get_json():
    """With the facts under names of their own; what a request has none of is left out."""
    (line,) = told("json", operation_id="create_song", now_ms=0, jobs=["user:7-tempolor:1-job:a"])

    told_facts = json.loads(line)
    assert told_facts.pop("request_id") == "this-0"
    assert told_facts.pop("ms") >= 0
    assert told_facts == {
        "time": "2025-05-20T09:00:00.125Z",
        "method": "POST",
        "path": "/v1/tempolor/music/song",
        "status": 200,
        "operation_id": "create_song",
        "world": "user:7-***",
        "virtual_time": "1970-01-01T00:00:00.000Z",
        "jobs": ["user:7-tempolor:1-job:a"],
    }


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_line_can_be_forged_and_no_secret_is_told(style):
    """A line break would begin a line of its own, an escape sequence would paint the terminal."""
    (line,) = told(style, path="/a\nb\x1b[31m", query=b"auth_key=secret", forced="a\nb")

    assert line.isprintable()
    assert "secret" not in line
    assert "hidden" not in line


@pytest.mark.parametrize("path", ["/v1/tempolor/music/user:7-hidden", "/v1/tempolor/music/user%3A7-hidden"])
def test_a_secret_in_a_path_is_hidden(path):
    """A client that mixes up token and id would write its token into the log of whoever runs the mock."""
    (line,) = told("json", path=path)

    assert "hidden" not in line
    assert json.loads(line)["path"].endswith("7-***")


def test_an_error_is_one_json_object_with_its_traceback():
    """A line for each frame would be a line for each alert."""
    error = None
    try:
        int("no number")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("tempolor.mock", logging.ERROR, "", 0, "%s failed", ("GET /",), error)
    record.request_id = "abc"
    line = JsonFormatter().format(record)

    told_facts = json.loads(line)
    assert "\n" not in line
    assert told_facts.pop("traceback").endswith("ValueError: invalid literal for int() with base 10: 'no number'")
    assert told_facts.pop("time").endswith("Z")
    assert told_facts == {
        "level": "ERROR",
        "logger": "tempolor.mock",
        "message": "GET / failed",
        "request_id": "abc",
    }


def test_reading_the_control_plane_is_not_worth_a_line():
    """The page for people polls; what changes a world is told."""
    assert told("text", path="/_mock/world", method="GET") == []
    assert len(told("text", path="/_mock/reset")) == 1
