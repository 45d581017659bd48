"""What is wrong with a request is called by its name."""

import gzip

import pytest

JSON = b"Content-Type: application/json"
FORM = b"Content-Type: multipart/form-data; boundary=X"
PROMPT = b'{"prompt":"Rain"}'


def part(value, *headers):
    """Return a form with one part, the prompt."""
    lines = b"".join(line + b"\r\n" for line in (b'Content-Disposition: form-data; name="prompt"', *headers))
    return b"--X\r\n" + lines + b"\r\n" + value + b"\r\n--X--\r\n"


@pytest.mark.parametrize(
    ("headers", "body", "named"),
    [
        ([JSON], b"\xef\xbb\xbf" + PROMPT, "begins with a byte order mark"),
        ([JSON], PROMPT.decode().encode("utf-16"), "is UTF-16"),
        ([JSON, b"Content-Encoding: gzip"], gzip.compress(PROMPT), "Content-Encoding gzip"),
        ([JSON], gzip.compress(PROMPT), "compressed by gzip"),
        ([b"Content-Type: multipart/form-data"], part(b"Rain"), "names no boundary"),
        ([FORM, b"Content-Encoding: br"], part(b"Rain"), "Content-Encoding br"),
        ([b"Content-Type: application/json; charset=ISO-8859-1"], PROMPT, "charset iso-8859-1"),
        ([FORM], part(b"Rain")[:-8], "ends before the closing delimiter"),
        ([FORM], part(b"Rain")[:-4], "ends before the closing delimiter"),
        ([FORM], part(b"\xff"), "Part prompt is not valid utf-8"),
        ([FORM], part(b"x", b"Content-Type: text/plain; charset=klingon"), "charset klingon, which is not known"),
        ([FORM], part(b"x", b"Content-Type: text/plain; charset=zlib"), "charset zlib, which is not known"),
        ([FORM], part(b"x", b"Content-Type: text/plain; charset=punycode"), "charset punycode, which is not known"),
        ([FORM], part(b"UmFpbg==", b"Content-Transfer-Encoding: base64"), "Content-Transfer-Encoding base64"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_body_that_cannot_be_read_is_named(raw, wire_client, headers, body, named):
    """And nothing is started."""
    reply = raw.request("POST", "/music/song", *headers, body=body)

    assert (reply.status, reply.json["code"]) == (400, 400)
    assert named in reply.json["error"]
    assert wire_client.get("/scheduler").json() == []


def test_a_transfer_coding_that_is_not_known_is_named(raw, refused_on_the_wire):
    """Its chunks could be read, but not what is in them."""
    coding = b"Transfer-Encoding: gzip, chunked"

    reply = raw.request("POST", "/music/song", JSON, coding, body=b"2\r\n{}\r\n0\r\n\r\n", length=False)

    refused_on_the_wire(reply, 400)
    assert "Transfer-Encoding gzip, chunked" in reply.json["error"]


@pytest.mark.parametrize("charset", ["ISO-8859-1", "utf-8", '"windows-1252"'])
def test_the_charset_of_a_part_is_honoured(raw, wire_client, charset):
    """Apache's builder of forms writes ISO-8859-1, and says so."""
    body = part("Größe".encode(charset.strip('"')), b"Content-Type: text/plain; charset=" + charset.encode())

    (job_id, _) = raw.request("POST", "/music/song", FORM, body=body).json["jobs"]

    assert wire_client.get(f"/music/{job_id}").json()["musicMaterial"]["otherInfo"] == "Größe"


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"GET /v1/tempolor/accounts HTTP/1.1\r\n", "Host is missing"),
        (b"GET /v1/tempolor/accounts HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "Host is there 2 times"),
        (b"GET http://a/v1/tempolor/accounts HTTP/1.1\r\n", "Host is missing"),
        (b"GET accounts HTTP/1.1\r\nHost: a\r\n", "characters in url"),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n", "no path: a:443"),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n", "no path: *"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n", "HTTP/2"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS"),
        (b"nonsense\r\n", "Invalid HTTP request"),
    ],
    ids=["no host", "two hosts", "absolute", "relative", "connect", "asterisk", "http2", "tls", "nonsense"],
)
def test_a_head_that_is_wrong_is_named(raw, refused_on_the_wire, head, named):
    """Whoever notices it."""
    reply = raw.send(head + b"\r\n")

    refused_on_the_wire(reply, 400)
    assert named in reply.json["error"]


def test_an_old_client_needs_no_host(raw):
    """HTTP/1.0 has none."""
    assert raw.send(b"GET /v1/tempolor/accounts HTTP/1.0\r\n" + raw._authorization + b"\r\n").status == 200


@pytest.mark.parametrize("path", ["/music?cursor=é", "/music/é", "/accounts/größe?x=ü"])
@pytest.mark.parametrize("pieces", [1, 2], ids=["one packet", "two"])
def test_raw_characters_in_an_address_are_refused_and_journalled(line, path, pieces):
    """With what they should look like."""
    ask = line.head(f"GET /v1/tempolor{path}")
    for place in range(pieces):
        line.socket.sendall(ask[place * 20 : None if place == pieces - 1 else 20])

    assert line.statuses(1) == [400]
    (entry,) = line.world.requests
    assert "must be percent-encoded: /v1/tempolor/" in entry.answer["error"]
    assert "%C3" in entry.answer["error"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([JSON], b'{"prompt":"x","bpm":80.0}'),
        ([JSON], b'{"prompt":"x","bpm":8e1}'),
        ([FORM], part(b"x")[:-7] + b'\r\n--X\r\nContent-Disposition: form-data; name="bpm"\r\n\r\n80.0\r\n--X--\r\n'),
    ],
    ids=["json", "exponent", "form"],
)
def test_a_whole_number_may_have_a_point(raw, wire_client, headers, body):
    """A service in JavaScript cannot see a difference."""
    (job_id, _) = raw.request("POST", "/music/instrumental", *headers, body=body).json["jobs"]

    assert wire_client.get(f"/music/{job_id}").json()["musicMaterial"]["bpm"] == 80
