"""Connections of many requests: their order, their rest and their end."""

from unittest import mock

from tempolor_mock.server import KEEP_ALIVE_SECONDS

from .servers import Clockwork, protocol_on


def test_pipelined_requests_are_answered_in_order(line):
    """Also where one of them takes the long way."""
    plain = line.head("GET /v1/tempolor/accounts/111")
    missing = line.head("GET /v1/tempolor/accounts/999")
    preferring = line.head("GET /v1/tempolor/accounts/111", "Prefer: code=401")
    line.socket.sendall(plain + preferring + missing + plain + preferring + preferring + missing)
    assert line.statuses(7) == [200, 401, 404, 200, 401, 401, 404]


def test_who_asks_to_close_the_connection_finds_it_closed(line):
    """After the answer."""
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111", "Connection: close"))
    assert line.statuses(1) == [200]
    assert line.socket.recv(1) == b""


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
