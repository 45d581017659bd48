"""What a client can make a connection cost, and how long it can keep one."""

import socket

import httpx
import pytest
from tempolor_mock.http1 import protocol as http1

from ..conftest import serving
from .servers import Clockwork, protocol_on

SIXTY_MEGABYTES = 60 << 20
SECONDS = "0.2"


def exchanged(port, *pieces):
    """Send pieces as far as they are taken, and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except ConnectionError:
            pass  # It need not take all.
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    ("begun", "status"),
    [
        (b"GET /v1/tempolor/", 414),
        (b"GET /v1/tempolor/accounts?cursor=", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-", 404),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", 404),
    ],
    ids=["path", "query", "header name", "header value", "trailer", "chunk extension"],
)
def test_a_head_without_end_is_refused_at_once(server, begun, status):
    """Its client reads why, and the connection ends; others are served meanwhile."""
    answered = exchanged(server.port, begun, *[b"a" * (1 << 20)] * (SIXTY_MEGABYTES >> 20))

    assert answered.startswith(b"HTTP/1.1 %d " % status)
    assert httpx.get(f"{server.url}/_mock/health").status_code == 200


def test_of_requests_sent_ahead_only_so_much_is_read(line, mock_server):
    """While the client takes no answers nothing more is read, and nothing is carried out; then all are answered."""
    protocol, transport = protocol_on(mock_server, Clockwork())
    ask = line.head("GET /v1/tempolor/accounts")
    protocol.pause_writing()
    protocol.data_received(ask * 10_000)
    assert transport.pause_reading.called
    assert not transport.write.called
    assert len(protocol._waiting) <= http1.SLICE_BYTES // len(ask) + 1

    protocol.resume_writing()
    assert transport.write.call_count == 10_000
    assert transport.resume_reading.called


@pytest.fixture(scope="module")
def impatient():
    """A server that waits for nothing long, and has room for three connections."""
    options = ("--head-timeout", SECONDS, "--body-timeout", SECONDS, "--idle-timeout", "0.5", "--max-connections", "3")
    with serving("--port", "0", *options) as started:
        yield started


ORDER = (
    b"POST /v1/tempolor/music/song HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer user:1-x\r\n"
    b"Content-Type: application/json\r\n"
)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"HTTP/1.1 408 "),
        (ORDER + b"Content-Length: 20\r\n\r\n{", b"HTTP/1.1 408 "),
        (ORDER + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", b"HTTP/1.1 408 "),
        (b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", b"HTTP/1.1 404 "),
        (b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 404 "),
    ],
    ids=["nothing", "half a head", "half a body", "half a chunk", "no body that nobody reads", "no second request"],
)
def test_a_connection_on_which_nothing_goes_on_ends(impatient, sent, told):
    """After the time its option gives, with an answer where something was asked."""
    assert exchanged(impatient.port, sent)[: len(told) or None] == told


def test_a_connection_too_many_is_refused(impatient):
    """With a reason; it is served when another one has ended."""
    address = ("127.0.0.1", impatient.port)
    others = [socket.create_connection(address, timeout=5) for _ in range(3)]
    for each in others:
        each.sendall(b"GET /_mock/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert each.recv(12) == b"HTTP/1.1 200"
    refused = exchanged(impatient.port)
    for each in others:
        each.close()

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"--max-connections" in refused
