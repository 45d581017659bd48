"""What a connection remembers of the heads it was sent."""

import select
from unittest import mock

import pytest
from tempolor_mock.known_heads import LONGEST_HEAD, MOST_HEADS

from .servers import Clockwork, protocol_on


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
    while not select.select([line.socket], [], [], 0.05)[0]:
        line.world.advance(60)  # what has not yet come in does not wait for it yet
    assert line.statuses(2) == [404, 200]
