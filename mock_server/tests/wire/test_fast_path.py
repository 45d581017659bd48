"""Plain requests take a short way past the slots; nobody can tell from an answer or from the journal."""

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tempolor_mock.known_heads import LONGEST_HEAD, MOST_HEADS
from tempolor_mock.middleware.log import RequestLog
from tempolor_mock.server import KEEP_ALIVE_SECONDS, configured
from tempolor_mock.testing import MockServer
from uvicorn.server import ServerState

SECONDS = 5
START = "2025-05-20T09:00:00Z"
TAKES_ITS_TIME = ("durationMs", "received")
"""What the journal says of the real time a request came and took."""

PATHS = (
    "/accounts",
    "/accounts/111",
    "/accounts/999/",
    "/music?type=song",
    "/music?type=rubbish&user_id=",
    "/music?type=instrumental&cursor=1",
    "/music/song",
    "/music/instrumental",
    "/music/{job}",
    "/music/{job}/",
    "/music/{escaped}",
    "/music/rubbish",
    "/music/download/{job}?file_format=mp3",
    "/music/download/{job}",
    "/scheduler",
    "/scheduler/available",
    "/scheduler/{job}",
    "/music/midi",
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


@dataclass(frozen=True)
class Step:
    """One request; `job` in its path stands for one of those that were started before."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    in_one_piece: bool = True

    def sent(self, token: str, job: str) -> list[bytes]:
        """Return what is sent: head and body together, or one after the other."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Host": "mock"}
        if self.body is not None:
            headers["Content-Length"] = str(len(self.body))
        path = self.path.format(job=job, escaped=job.replace(":", "%3A"))
        lines = [f"{name}: {value}" for name, value in (headers | self.headers).items()]
        head = "\r\n".join((f"{self.method} /v1/tempolor{path} HTTP/1.1", *lines, "", "")).encode()
        body = self.body or b""
        return [head + body] if self.in_one_piece else [head, body]


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


class Side:
    """One of two equal servers, spoken to over one connection for as long as the server keeps it."""

    def __init__(self, server: MockServer) -> None:
        self.server = server
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def ask(self, step: Step, token: str, job: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request and return what came back, without the date."""
        self._socket = self._socket or connected(self.server)
        for piece in step.sent(token, job):
            self._socket.sendall(piece)
        with http.client.HTTPResponse(self._socket, method=step.method) as response:
            response.begin()
            shown = [(name, value) for name, value in response.getheaders() if name != "date"]
            found = response.status, shown, response.read()
        if response.will_close:
            self.close()
        return found

    def journal(self, token: str) -> list[dict[str, Any]]:
        """Return what the journal says of a world's requests, without real time."""
        headers = {"Authorization": f"Bearer {token}"}
        entries = httpx.get(f"{self.server.url}/_mock/requests", headers=headers).json()["requests"]
        return [{name: value for name, value in entry.items() if name not in TAKES_ITS_TIME} for entry in entries]


def connected(server: MockServer) -> socket.socket:
    """Return a connection that sends at once what it is given."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    found = socket.create_connection((host, int(port)), timeout=SECONDS)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


@pytest.fixture(scope="module")
def sides() -> Iterator[tuple[Side, Side]]:
    """Two servers of the same seed, on the second of which all requests take the long way."""
    with MockServer(frozen=True, seed=7) as short, MockServer(frozen=True, seed=7) as long:
        long._mock.fast_path = None
        sides = Side(short), Side(long)
        yield sides
        for side in sides:
            side.close()


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


class Line:
    """A connection to the server with the short way, in a world with the account 111."""

    def __init__(self, server: MockServer) -> None:
        self.world = server.world(f"user:12345-{uuid4()}")
        self.world.add_account("111")
        self.socket = connected(server)

    def head(self, line: str, *headers: str) -> bytes:
        """Return the bytes of a request's head."""
        lines = (f"{line} HTTP/1.1", "Host: mock", f"Authorization: Bearer {self.world.token}", *headers)
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def order(self, *headers: str) -> bytes:
        """Return the head of an order for a song."""
        return self.head("POST /v1/tempolor/music/song", "Content-Type: application/json", *headers)

    def statuses(self, count: int) -> list[int]:
        """Return the statuses of so many answers, in the order in which they come."""
        found = []
        with self.socket.makefile("rb") as stream:
            for _ in range(count):
                found.append(int(stream.readline().split()[1]))
                lines = dict(line.split(b": ", 1) for line in iter(stream.readline, b"\r\n"))
                stream.read(int(lines.get(b"content-length", 0)))
        return found


@pytest.fixture
def line(sides) -> Iterator[Line]:
    """A connection of the test's own, closed at its end."""
    found = Line(sides[0].server)
    with found.socket:
        yield found


def test_pipelined_requests_are_answered_in_order(line):
    """Also where one of them takes the long way."""
    plain = line.head("GET /v1/tempolor/accounts/111")
    missing = line.head("GET /v1/tempolor/accounts/999")
    preferring = line.head("GET /v1/tempolor/accounts/111", "Prefer: code=401")
    line.socket.sendall(plain + preferring + missing + plain + preferring + preferring + missing)
    assert line.statuses(7) == [200, 401, 404, 200, 401, 401, 404]


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


class Clockwork:
    """An event loop's time and timers, in the test's hands."""

    def __init__(self):
        self.now = 0.0
        self.timers = []

    def time(self):
        """Return the loop's time."""
        return self.now

    def call_later(self, delay, call):
        """Keep a timer."""
        self.timers.append((self.now + delay, call))
        return mock.Mock()

    def until(self, moment):
        """Let time pass, and what falls due happen."""
        while self.timers and self.timers[0][0] <= moment:
            self.now, call = self.timers.pop(0)
            call()
        self.now = moment


def protocol_on(server, loop):
    """Return a connection's protocol and its transport, without a socket."""
    transport = mock.Mock()
    transport.get_extra_info.return_value = None
    transport.is_closing.return_value = False
    config = configured(server._mock)
    config.load()
    protocol = config.http_protocol_class(config=config, server_state=ServerState(), app_state={}, _loop=loop)
    protocol.connection_made(transport)
    return protocol, transport


def test_an_idle_connection_is_closed(sides):
    """So long after its last answer as uvicorn says, and with no more than one timer at a time."""
    loop = Clockwork()
    protocol, transport = protocol_on(sides[0].server, loop)
    request = b"GET /v1/tempolor/accounts HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer user:1-idle\r\n\r\n"
    protocol.data_received(request)
    for moment in range(0, 70, 10):
        loop.until(moment)
        protocol.data_received(request)
        assert len(loop.timers) == 1
    assert transport.write.call_count == 8

    loop.until(60 + KEEP_ALIVE_SECONDS - 1)
    assert not transport.close.called
    loop.until(60 + KEEP_ALIVE_SECONDS)
    assert transport.close.called


def test_a_connection_on_which_a_request_arrives_is_not_idle(line, sides):
    """However slowly it comes."""
    loop = Clockwork()
    protocol, transport = protocol_on(sides[0].server, loop)
    ask = line.head("GET /v1/tempolor/accounts")
    protocol.data_received(ask)
    loop.until(KEEP_ALIVE_SECONDS - 1)
    protocol.data_received(ask[:40])
    loop.until(3 * KEEP_ALIVE_SECONDS)
    assert not transport.close.called
    protocol.data_received(ask[40:])
    assert transport.write.call_count == 2
    loop.until(4 * KEEP_ALIVE_SECONDS)
    assert transport.close.called


def test_a_request_on_its_way_is_answered_before_the_server_stops(line, sides):
    """Its body is still to come; the connection ends with the answer."""
    loop = mock.Mock()
    loop.create_task.side_effect = lambda work, **_: work.close() or mock.Mock()
    protocol, transport = protocol_on(sides[0].server, loop)
    protocol.data_received(line.order("Content-Length: 20") + b'{"prompt"')
    protocol.shutdown()
    assert not transport.close.called
    assert loop.create_task.called
    assert protocol.cycle.keep_alive is False


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


def test_who_asks_to_close_the_connection_finds_it_closed(line):
    """After the answer."""
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111", "Connection: close"))
    assert line.statuses(1) == [200]
    assert line.socket.recv(1) == b""


def test_a_head_is_read_once(line, sides):
    """Requests that repeat it differ in their bodies; one that comes in parts, or two at once, are answered as ever."""
    protocol, transport = protocol_on(sides[0].server, Clockwork())
    bodies = [b'{"requestParams": {}, "maxJobs": %d}' % limit for limit in (11, 22, -1, 33)]
    head = line.head(
        "POST /v1/tempolor/accounts", "Content-Type: application/json", f"Content-Length: {len(bodies[0])}"
    )
    with mock.patch.object(protocol._fast_path, "read", wraps=protocol._fast_path.read) as read:
        for body in bodies:
            protocol.data_received(head + body)
        assert read.call_count == 1
        protocol.data_received(head + bodies[0][:5])
        protocol.data_received(bodies[0][5:])
        protocol.data_received(2 * (head + bodies[1]))
    statuses = [int(call.args[0].split()[1]) for call in transport.write.call_args_list]
    assert statuses == [200, 200, 400, 200, 200, 200, 200]
    limits = [entry.body["maxJobs"] for entry in line.world.requests[-7:]]
    assert limits == [11, 22, -1, 33, 11, 22, 22]


def test_few_heads_are_remembered(line, sides):
    """However many a client sends on one connection."""
    protocol, _ = protocol_on(sides[0].server, Clockwork())
    for number in range(100):
        protocol.data_received(line.head("GET /v1/tempolor/accounts", f"X-Number: {number}"))
    assert len(protocol._heads) == MOST_HEADS


def test_long_heads_are_not_remembered(line, sides):
    """They cost memory on every connection."""
    protocol, _ = protocol_on(sides[0].server, Clockwork())
    protocol.data_received(line.head("GET /v1/tempolor/accounts", f"X-Long: {'x' * LONGEST_HEAD}"))
    assert len(protocol._heads) == 0


@pytest.mark.parametrize(
    "headers",
    [("Connection: close",), ("Transfer-Encoding: chunked",), ("Expect: 100-continue",), ("Prefer: code=401",)],
    ids=lambda headers: headers[0],
)
def test_special_heads_are_not_remembered(line, sides, headers):
    """What they ask for is more than an answer."""
    loop = mock.Mock()
    loop.create_task.side_effect = lambda work, **_: work.close() or mock.Mock()
    protocol, _ = protocol_on(sides[0].server, loop)
    protocol.data_received(line.head("GET /v1/tempolor/accounts", *headers) + b"0\r\n\r\n" * ("chunked" in headers[0]))
    assert len(protocol._heads) == 0


@pytest.mark.parametrize("lines", [b"\r\n", b"\r\n\r\n"], ids=["one", "two"])
def test_empty_lines_before_a_request_are_no_head(line, sides, lines):
    """The parser skips them; what is remembered is what it took for a head."""
    protocol, transport = protocol_on(sides[0].server, Clockwork())
    for _ in range(3):
        protocol.data_received(lines + line.head("GET /v1/tempolor/accounts"))
    assert transport.write.call_count == 3
    assert len(protocol._heads) == 0


def test_a_known_head_meets_new_fault_rules(line):
    """What was read from a head says nothing of the world."""
    ask = line.head("GET /v1/tempolor/accounts/111")
    line.socket.sendall(ask)
    assert line.statuses(1) == [200]
    line.world.fail_next(status=503)
    for expected in (503, 200):
        line.socket.sendall(ask)
        assert line.statuses(1) == [expected]


def test_a_known_head_waits_its_turn(line):
    """Behind an answer that is still to come."""
    ask = line.head("GET /v1/tempolor/accounts/111")
    line.socket.sendall(ask)
    assert line.statuses(1) == [200]
    line.world.fail_next(effect="delay", seconds=60)
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/999"))
    line.socket.sendall(ask)
    line.world.advance(60)
    assert line.statuses(2) == [404, 200]
