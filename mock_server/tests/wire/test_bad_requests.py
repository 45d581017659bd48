"""Requests whose line, headers or framing are bad, on a real socket: a 4xx in the envelope, never a 5xx or a hang."""

import httpx
import pytest

JSON = b"Content-Type: application/json"
JOB = "user:12345-tempolor:111-job:000000000000000"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/accounts/999", 404),
        ("/accounts/%00", None),
        ("/accounts/%ff%fe", None),
        ("/accounts/%zz", None),
        ("/accounts/%", None),
        ("/accounts/..%2f..%2fetc%2fpasswd", None),
        ("/music/%00", 400),
        ("/music/" + JOB.replace("000000000000000", "%00"), None),
        ("/music/" + JOB.replace("000000000000000", "%ff"), None),
        ("/music/" + "a" * 60_000, 400),
        ("/music?cursor=%00", 400),
        ("/music?cursor=%ff", 400),
        ("/music?user_id=%00", None),
        ("/music?user_id=%ff", 400),
        ("/music?user_id=%ed%a0%80", 400),
        ("/music?type=%F0%9F%8E%B5", 400),
        ("/music?cursor=" + "a" * 60_000, 400),
        ("/music?type=song&type=", None),
        ("/music?" + "a=1&" * 10_000 + "type=x", 400),
        ("/music?type[]=song&type=x", 400),
        ("/music?&&==&type=x", 400),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_bad_path_or_query_is_refused(raw, refused_on_the_wire, path, status):
    """Escapes that are none, NUL bytes, what is not UTF-8, and far too much of anything."""
    if path == "/music?type=song&type=":
        assert raw.request("GET", path).status == 200
    else:
        refused_on_the_wire(raw.request("GET", path), status)


@pytest.mark.parametrize(
    "line",
    [
        b"garbage",
        b"GET",
        b"GET /v1/tempolor/accounts",
        b"GET /v1/tempolor/accounts HTTP/3.0",
        b"GET /v1/tempolor/accounts HTTP/1.1 more",
        b"GET /v1/tempolor/acc ounts HTTP/1.1",
        b"GET /v1/tempolor/acc\x00ounts HTTP/1.1",
        b"GET /v1/tempolor/accounts/\xff\xfe HTTP/1.1",
        b"GET /v1/tempolor/music?user_id=\xff HTTP/1.1",
        b"GET /v1/tempolor/music/" + b"a" * 200_000 + b" HTTP/1.1",
        b"GET /v1/tempolor/music?cursor=" + b"a" * 200_000 + b" HTTP/1.1",
        b"get /v1/tempolor/accounts HTTP/1.1",
        b"FROBNICATE /v1/tempolor/accounts HTTP/1.1",
        b"CONNECT 127.0.0.1:80 HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["garbage", "method-alone", "no-version", "version-3", "too-many-words", "space", "nul", "path-bytes",
         "query-bytes", "endless-path", "endless-query", "lower-case", "unknown-method", "connect", "asterisk", "http2",
         "tls"],
)  # fmt: skip
def test_a_bad_request_line_is_refused(raw, refused_on_the_wire, line):
    """Whoever notices it, the parser included, answers in the envelope."""
    refused_on_the_wire(raw.send(line + b"\r\nHost: 127.0.0.1\r\n\r\n"))


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: abc",
        b"Content-Length: -1",
        b"Content-Length: 99999999999999999999999",
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked\r\nX: a\x00b",
        b"No colon",
        b" folded: yes",
        b"Bad name: x",
        b"X: a\x00b",
    ],
    ids=lambda header: header.decode("latin-1").replace("\r\n", " ").replace("\x00", "NUL"),
)
def test_bad_framing_is_refused(raw, refused_on_the_wire, header):
    """Lengths that are none or contradict each other, and headers that are none."""
    refused_on_the_wire(raw.request("POST", "/accounts", JSON, header, body=b"{}", length=False), 400)


@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n", b"ffffffffffffffffff\r\n{}"])
def test_a_bad_chunk_is_refused(raw, refused_on_the_wire, chunk):
    """A chunk's length is a hexadecimal number."""
    reply = raw.request("POST", "/music/song", JSON, b"Transfer-Encoding: chunked", body=chunk, length=False)

    refused_on_the_wire(reply, 400)


@pytest.mark.parametrize(
    "host",
    [b"", b"Host:", b"Host: \xff\xfe", b"Host: <script>", b"Host: a b", b"Host: x\r\nHost: y", b"Host: [::1",
     b"Host: @", b"Host: " + b"h" * 10_000, b"Host: x:99999", b"Host: x/../y?z#"],
    ids=["none", "empty", "bytes", "markup", "space", "two", "bracket", "at", "long", "port", "path"],
)  # fmt: skip
@pytest.mark.parametrize("path", [b"/scheduler", b"/music/artist-voices"])
def test_a_weird_host_breaks_nothing(raw, server, host, path):
    """Served, or refused in the envelope; answers hold links that start with the host, and are JSON all the same."""
    lines = host + b"\r\n" if host else b""

    reply = raw.send(b"GET /v1/tempolor" + path + b" HTTP/1.1\r\n" + lines + raw._authorization + b"\r\n")

    assert reply.status == 200 or 400 <= reply.status < 500
    assert reply.headers["content-type"] == "application/json"
    assert reply.json is not None
    assert httpx.get(f"{server.url}/_mock/health", timeout=5).status_code == 200


@pytest.mark.parametrize("host", [b"a b", b"x/../y?z#", b"<script>", b"[::1", b"me@x"])
def test_a_host_that_cannot_be_is_a_400(raw, refused_on_the_wire, host):
    """As RFC 9112 wants it."""
    refused_on_the_wire(raw.send(b"GET /v1/tempolor/scheduler HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"), 400)


def test_headers_have_a_limit(raw, refused_on_the_wire):
    """The journal would have to keep them."""
    refused_on_the_wire(raw.request("GET", "/scheduler", b"X-Long: " + b"a" * 300_000), 431)


@pytest.mark.parametrize("header", [b"X-Long: " + b"a" * 200_000, b"\r\n".join([b"X-Many: a"] * 5_000)])
def test_huge_headers_do_no_harm(raw, server, header):
    """Served or refused in the envelope, and the next client is served."""
    reply = raw.request("GET", "/scheduler", header)

    assert reply.status == 200 or reply.json["code"] == reply.status in range(400, 500)
    assert httpx.get(f"{server.url}/_mock/health", timeout=5).status_code == 200


@pytest.mark.parametrize(
    "token",
    [b"Bearer \xff\xfe", b"Bearer user:1-\xe9", b"Bearer user:1-a\tb", b"Bearer " + b"a" * 50_000, b"\xff", b"Bearer"],
    ids=["bytes", "latin-1", "tab", "endless", "byte", "alone"],
)
def test_a_malformed_token_is_a_401(raw, refused_on_the_wire, token):
    """Also where it is no text."""
    lines = b"Host: x\r\nAuthorization: " + token + b"\r\n\r\n"

    refused_on_the_wire(raw.send(b"GET /v1/tempolor/accounts HTTP/1.1\r\n" + lines), 401)


ORDER = (
    b"POST /v1/tempolor/music/song HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer user:1-x\r\n"
    b"Content-Type: application/json\r\n"
)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /v1/temp",
        b"GET /v1/tempolor/accounts HTTP/1.1\r\nHost: x\r\n",
        ORDER + b'Content-Length: 100\r\n\r\n{"prompt":',
        ORDER + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
    ids=["nothing", "line", "headers", "body", "chunk"],
)
def test_a_request_that_ends_early_ends_the_connection(raw, server, sent):
    """There is nobody to answer any more; whoever comes next is served."""
    reply = raw.send(sent, close=True)

    assert reply is None or reply.status in range(400, 500)
    assert httpx.get(f"{server.url}/_mock/health", timeout=5).status_code == 200


def test_head_is_a_405_without_a_body(raw):
    """Nobody documents HEAD on the service's paths; the length is that of the body it would have."""
    reply = raw.request("HEAD", "/accounts")

    assert (reply.status, reply.body) == (405, b"")
    assert reply.headers["allow"] == "GET, POST"


def test_an_upgrade_to_a_websocket_is_refused(raw, refused_on_the_wire):
    """The mock speaks HTTP alone, and says so in the envelope, or ignores the wish."""
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="

    reply = raw.request(
        "GET", "/scheduler", b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", key
    )

    if reply.status != 200:
        refused_on_the_wire(reply)


def test_many_requests_follow_each_other_on_one_connection(wire_client):
    """A refusal does not spoil the connection for the next request."""
    statuses = [
        wire_client.post("/music/song", content=content, headers={"Content-Type": "application/json"}).status_code
        for content in (b"{", b"", b'{"prompt":"x"}', b"[") * 3
    ]

    assert statuses == [400, 400, 404, 400] * 3


def test_requests_in_one_packet_are_answered_in_order(raw):
    """Pipelining: the second of two requests is not lost."""
    first = b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    last = b"GET /_mock/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    answered = raw.converse(first + last)

    assert [part.split(b" ", 1)[0] for part in answered.split(b"HTTP/1.1 ")[1:]] == [b"404", b"200"]
