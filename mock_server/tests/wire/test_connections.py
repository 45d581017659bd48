"""Connections of many requests: their order, their rest and their end."""

import httpx
from tempolor_mock.settings import Settings

from .servers import Clockwork, protocol_on

HEAD_SECONDS = Settings().head_timeout_seconds
IDLE_SECONDS = Settings().idle_timeout_seconds


def test_pipelined_requests_are_answered_in_order(line):
    """Also where one of them asks for another answer."""
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


def test_an_idle_connection_is_closed(mock_server):
    """So long after its last answer as the option says, and with no more than one timer at a time."""
    loop = Clockwork()
    protocol, transport = protocol_on(mock_server, loop)
    request = b"GET /v1/tempolor/accounts HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer user:1-idle\r\n\r\n"
    for moment in range(0, 70, 10):
        loop.until(moment)
        protocol.data_received(request)
        assert len(loop.timers) == 1
    assert transport.write.call_count == 7

    loop.until(60 + IDLE_SECONDS - 1)
    assert not transport.close.called
    loop.until(60 + IDLE_SECONDS)
    assert transport.close.called


def test_a_head_that_stays_half_is_a_408(line, mock_server):
    """However slowly it comes; a connection that rested before has its full time."""
    loop = Clockwork()
    protocol, transport = protocol_on(mock_server, loop)
    ask = line.head("GET /v1/tempolor/accounts")
    protocol.data_received(ask)
    loop.until(IDLE_SECONDS - 1)
    protocol.data_received(ask[:40])
    loop.until(IDLE_SECONDS + HEAD_SECONDS - 2)
    protocol.data_received(ask[40:60])
    assert transport.write.call_count == 1
    loop.until(IDLE_SECONDS + HEAD_SECONDS - 1)
    assert transport.write.call_args.args[0].startswith(b"HTTP/1.1 408 ")
    loop.until(IDLE_SECONDS + HEAD_SECONDS + 2)
    assert transport.close.called


def test_a_request_on_its_way_is_answered_before_the_server_stops(line, mock_server):
    """Its body is still to come; the connection ends with the answer."""
    line.socket.sendall(line.order("Content-Length: 20") + b'{"prompt"')
    mine = line.socket.getsockname()
    for _ in range(1000):  # The server begins when it begins; asked by a second connection, it has.
        httpx.get(f"{mock_server.url}/_mock/health")
        connections = list(mock_server._host._server.server_state.connections)
        [found] = [each for each in connections if each._transport.get_extra_info("peername") == mine]
        if found._answering:
            break
    mock_server._loop.call_soon_threadsafe(found.shutdown)
    line.socket.sendall(b': "Rain"}  ')
    assert line.statuses(1) == [200]
    assert line.socket.recv(1) == b""
