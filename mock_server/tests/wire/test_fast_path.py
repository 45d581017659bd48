"""Plain requests take a short way past the slots; nobody can tell from an answer or from the journal."""

import json
import re
from unittest import mock
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tempolor_mock.steps.log import RequestLog
from tempolor_spec import load_document, operations

from .servers import Clockwork, Step, protocol_on

DOCUMENTED = sorted({each.path for each in operations(load_document())})
PATHS = (
    *(re.sub(r"{\w+}", "{job}", path.replace("{user_id}", "111")) for path in DOCUMENTED),
    "/accounts/999/",
    "/music?type=song",
    "/music?type=rubbish&user_id=",
    "/music?type=instrumental&cursor=1",
    "/music/{job}/",
    "/music/{escaped}",
    "/music/rubbish",
    "/music/download/{job}?file_format=mp3",
    "/music/cloned-voices?cursor=x",
    "/music/artist-voices?user_id=111",
    "/nothing",
    "accounts",
    "music/song",
    "",
)
BODIES = (
    None,
    b"",
    b"{}",
    b"[1]",
    b'{"prompt": ',
    b'{"prompt": "The sea at night"}',
    b'{"prompt": "The sea at night", "maxJobs": 1}',
    b'{"prompt": "The sea at night", "bpm": 1, "lyrics": 5}',
    b'{"requestParams": {"user_id": "111"}, "maxJobs": 2}',
    b'{"requestParams": {"user_id": "111", "service_ticket": "secret"}, "maxJobs": 0}',
    b'{"prompt": "' + b"a" * 70_000 + b'"}',
)
HEADERS = (
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer nonsense"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/json; charset=utf-8"},
    {"Prefer": "code=429, example=upstream_busy"},
    {"Prefer": "respond-async"},
    {"Origin": "https://example.org"},
    {"Host": "mock.example:8080"},
    {"X-Tempolor-Mock-Depth": "9"},
    {"Connection": "close"},
    {"Expect": "100-continue"},
    {"Content-Length": "0" * 5000},
)


STEPS = st.one_of(
    st.builds(
        Step,
        st.sampled_from(["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT"]),
        st.sampled_from(PATHS),
        st.sampled_from(HEADERS),
        st.sampled_from(BODIES),
        st.booleans(),
    ),
    st.sampled_from(
        [
            Step("POST", "/music/song", body=BODIES[5]),
            Step("POST", "/music/instrumental", body=BODIES[5]),
            Step("POST", "/accounts", body=BODIES[8]),
            Step("GET", "/music/{job}"),
            Step("GET", "/scheduler/available"),
        ]
    ),
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_both_ways_answer_and_record_the_same(sides, steps):
    """Whatever is asked in whatever order: status, headers, bytes and journal."""
    token = f"user:12345-{uuid4()}"
    worlds = [side.server.world(token) for side in sides]
    job = "user:12345-tempolor:111-job:000000000000000"
    for step in (Step("POST", "/accounts", body=BODIES[8]), *steps):
        short, long = (side.ask(step, token, job) for side in sides)
        assert short == long, step
        if short[0] == 200 and b'"jobs":["' in short[2]:
            job = json.loads(short[2])["jobs"][0]
    assert sides[0].journal(token) == sides[1].journal(token)
    for world in worlds:  # Large bodies would fill the journal that other tests look into.
        world.reset()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
def test_each_path_is_answered_alike(sides, method, path):
    """With a body and without one, when its head is new and when it is known."""
    token = f"user:12345-{uuid4()}"
    for side in sides:
        side.server.world(token)
    steps = [
        Step("POST", "/accounts", body=BODIES[8]),
        *[Step(method, path, body=BODIES[5])] * 2,
        *[Step(method, path)] * 2,
    ]
    for step in steps:
        short, long = (side.ask(step, token, "user:12345-tempolor:111-job:000000000000000") for side in sides)
        assert short == long
    assert sides[0].journal(token) == sides[1].journal(token)


def test_a_request_may_come_byte_by_byte(line):
    """Its parts are put together again."""
    body = b'{"prompt": "The sea at night"}'
    for byte in line.order(f"Content-Length: {len(body)}") + body:
        line.socket.send(bytes([byte]))
    assert line.statuses(1) == [200]


def test_a_body_in_chunks_is_taken(line):
    """Its length need not be known beforehand."""
    line.socket.sendall(line.order("Transfer-Encoding: chunked") + b'9\r\n{"prompt"\r\n')
    line.socket.sendall(b'9\r\n: "Rain"}\r\n0\r\n\r\n')
    assert line.statuses(1) == [200]


@pytest.mark.parametrize("declared", ["Content-Length: 10", "Transfer-Encoding: chunked"], ids=["length", "chunks"])
def test_nobody_waits_for_a_body_that_nobody_reads(line, declared):
    """A client that announces one with a poll, and never sends it, has its answer."""
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111", declared))
    assert line.statuses(1) == [200]


def test_a_large_body_takes_the_long_way(line):
    """What has come of it until then is not lost."""
    body = b'{"prompt": "Rain", "lyrics": "' + b" " * 100_000 + b'"}'
    line.socket.sendall(line.order(f"Content-Length: {len(body)}") + body)
    assert line.statuses(1) == [400]
    assert line.world.requests[0].violations


@pytest.mark.parametrize("begun", [b"", b"{"], ids=["nothing", "something"])
def test_a_body_that_is_too_large_is_refused_before_it_comes(line, begun):
    """Nobody waits for three hundred megabytes."""
    line.socket.sendall(line.order("Content-Length: 300000000") + begun)
    assert line.statuses(1) == [413]


def test_a_request_that_ends_too_soon_is_in_the_journal(line, sides):
    """As it is where a task waits for the rest of the body."""
    line.socket.sendall(line.order("Content-Length: 1000") + b'{"prompt": ')
    line.socket.close()
    server = sides[0].server
    # The server notices when it notices; asked by a second connection, it has.
    for _ in range(1000):
        if line.world.requests:
            break
        httpx.get(f"{server.url}/_mock/health")
    assert line.world.requests[0].operation_id == "create_song"


def test_plain_requests_are_logged(line, sides, monkeypatch):
    """In the lines the slots would write."""
    lines = []
    log = RequestLog(lambda: 1_747_731_600_125, "json", lines.append)
    monkeypatch.setattr(sides[0].server._mock.fast_path, "_log", log)
    line.socket.sendall(2 * line.head("GET /v1/tempolor/music/user:1-tempolor:2-job:a%20b?auth_key=hidden"))
    assert line.statuses(2) == [404, 404]

    told = [json.loads(each) for each in lines]
    assert [each.pop("ms") >= 0 for each in told] == [True, True]
    assert (
        told[0]
        == told[1]
        == {
            "time": "2025-05-20T09:00:00.125Z",
            "method": "GET",
            "path": "/v1/tempolor/music/user:1-tempolor:2-job:a%20b?auth_key=***",
            "status": 404,
            "operation_id": "get_music",
            "world": "user:12345-***",
            "virtual_time": "2025-05-20T09:00:00.000Z",
        }
    )


@pytest.mark.parametrize(
    ("body", "status"), [(b'{"prompt": "Rain"}', 500), (b'{"prompt": ', 400)], ids=["good", "broken"]
)
def test_a_store_that_fails_is_a_500_on_a_living_connection(line, sides, body, status):
    """Whether the head is known or not, and whatever else is wrong with the request."""
    protocol, transport = protocol_on(sides[0].server, Clockwork())
    with mock.patch.object(sides[0].server._mock.worlds, "run_now", side_effect=RuntimeError("out of order")):
        for _ in range(2):
            protocol.data_received(line.order(f"Content-Length: {len(body)}") + body)
    assert [int(call.args[0].split()[1]) for call in transport.write.call_args_list] == [status] * 2
    assert not transport.close.called


def test_fault_rules_hit_plain_requests_too(line):
    """A world with rules lets no request take the short way."""
    line.world.fail_next(status=503)
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111") * 2)
    assert line.statuses(2) == [503, 200]
