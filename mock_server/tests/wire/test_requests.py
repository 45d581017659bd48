"""Requests in all the ways in which they may come: in parts, in a row, with a body that is late, or never comes."""

from unittest import mock

import httpx
import pytest

from .servers import Clockwork, protocol_on


def test_a_request_may_come_byte_by_byte(line):
    """Its parts are put together again."""
    body = b'{"prompt": "The sea at night"}'
    for byte in line.order(f"Content-Length: {len(body)}") + body:
        line.socket.send(bytes([byte]))
    assert line.statuses(1) == [200]


def test_a_body_in_chunks_is_taken(line):
    """Its length need not be known beforehand."""
    line.socket.sendall(line.order("Transfer-Encoding: chunked") + b'9\r\n{"prompt"\r\n')
    line.socket.sendall(b'9\r\n: "Rain"}\r\n0\r\nTrailer: x\r\n\r\n' + line.head("GET /v1/tempolor/accounts"))
    assert line.statuses(2) == [200, 200]


def test_requests_that_repeat_a_head_differ_in_their_bodies(line):
    """What a head says is read once; one request may come in parts, and two in one packet."""
    bodies = [b'{"requestParams": {}, "maxJobs": %d}' % limit for limit in (11, 22, -1, 33)]
    head = line.head(
        "POST /v1/tempolor/accounts", "Content-Type: application/json", f"Content-Length: {len(bodies[0])}"
    )
    for body in bodies:
        line.socket.sendall(head + body)
    line.socket.sendall(head + bodies[0][:5])
    line.socket.sendall(bodies[0][5:] + 2 * (head + bodies[1]))
    assert line.statuses(7) == [200, 200, 400, 200, 200, 200, 200]
    assert [entry.body["maxJobs"] for entry in line.world.requests[-7:]] == [11, 22, -1, 33, 11, 22, 22]


@pytest.mark.parametrize("declared", ["Content-Length: 10", "Transfer-Encoding: chunked"], ids=["length", "chunks"])
def test_nobody_waits_for_a_body_that_nobody_reads(line, declared):
    """A client that announces one with a poll, and never sends it, has its answer."""
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111", declared))
    assert line.statuses(1) == [200]


def test_a_body_that_nobody_reads_is_passed_over(line):
    """The next request begins behind it, not in it."""
    hidden = line.head("DELETE /v1/tempolor/accounts/111")
    ask = line.head("GET /v1/tempolor/accounts/111", f"Content-Length: {len(hidden)}")
    line.socket.sendall(ask)
    assert line.statuses(1) == [200]
    line.socket.sendall(hidden + line.head("GET /v1/tempolor/accounts/111"))
    assert line.statuses(1) == [200]


@pytest.mark.parametrize("begun", [b"", b"{"], ids=["nothing", "something"])
def test_a_body_that_is_too_large_is_refused_before_it_comes(line, begun):
    """Nobody waits for three hundred megabytes."""
    line.socket.sendall(line.order("Content-Length: 300000000") + begun)
    assert line.statuses(1) == [413]


@pytest.mark.parametrize("length", [2, 300_000_000], ids=["short", "too long"])
def test_a_client_that_asks_whether_to_send_a_body_is_told(line, length):
    """Yes, or at once why not: `100 Continue` is no answer to a body that will be refused."""
    line.socket.sendall(line.order(f"Content-Length: {length}", "Expect: 100-continue"))
    stream = line.socket.makefile("rb")
    told = stream.readline()
    if length > 2:
        assert told == b"HTTP/1.1 413 Request Entity Too Large\r\n"
    else:
        assert (told, stream.readline()) == (b"HTTP/1.1 100 Continue\r\n", b"\r\n")
        line.socket.sendall(b"{}")
        assert stream.readline() == b"HTTP/1.1 400 Bad Request\r\n"


def test_a_request_that_ends_too_soon_is_in_the_journal(line, mock_server):
    """With what was wrong with it."""
    line.socket.sendall(line.order("Content-Length: 1000") + b'{"prompt": ')
    line.socket.close()
    # The server notices when it notices; asked by a second connection, it has.
    for _ in range(1000):
        if line.world.requests:
            break
        httpx.get(f"{mock_server.url}/_mock/health")
    (entry,) = line.world.requests
    assert (entry.operation_id, entry.violations) == ("create_song", ("The request ended before its body did",))


@pytest.mark.parametrize("lines", [b"\r\n", b"\r\n\r\n"], ids=["one", "two"])
def test_empty_lines_before_a_request_are_passed_over(line, lines):
    """As RFC 9112 asks of servers."""
    line.socket.sendall(2 * (lines + line.head("GET /v1/tempolor/accounts")))
    assert line.statuses(2) == [200, 200]


@pytest.mark.parametrize(
    ("body", "status"), [(b'{"prompt": "Rain"}', 500), (b'{"prompt": ', 400)], ids=["good", "broken"]
)
def test_a_store_that_fails_is_a_500_on_a_living_connection(line, mock_server, body, status):
    """Whether the head is known or not, and whatever else is wrong with the request."""
    protocol, transport = protocol_on(mock_server, Clockwork())
    with mock.patch.object(mock_server._mock.worlds.store, "transact_now", side_effect=RuntimeError("out of order")):
        for _ in range(2):
            protocol.data_received(line.order(f"Content-Length: {len(body)}") + body)
    assert [int(call.args[0].split()[1]) for call in transport.write.call_args_list] == [status] * 2
    assert not transport.close.called


def test_a_known_head_meets_new_fault_rules(line):
    """What was read from a head says nothing of the world."""
    ask = line.head("GET /v1/tempolor/accounts/111")
    line.socket.sendall(ask)
    assert line.statuses(1) == [200]
    line.world.fail_next(status=503)
    line.socket.sendall(ask + ask)
    assert line.statuses(2) == [503, 200]


def test_a_request_waits_its_turn(line):
    """Behind an answer that is still to come."""
    ask = line.head("GET /v1/tempolor/accounts/111")
    line.world.fail_next(effect="delay", seconds=60)
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/999"))
    line.socket.sendall(ask)
    line.world.advance(60)
    assert line.statuses(2) == [404, 200]
