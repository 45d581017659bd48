"""Offers to speak another protocol: they are ignored, and the request is answered with its body (RFC 9110, 7.8)."""

import json
import shutil
import subprocess

import pytest

OFFERS = {
    "h2c": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
    "websocket": (
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ),
    "tls": ("Connection: upgrade", "Upgrade: TLS/1.2"),
}
BODY = b'{"prompt": "The sea at night"}'
FRAMED = {
    "length": (f"Content-Length: {len(BODY)}", BODY),
    "chunks": ("Transfer-Encoding: chunked", b'9\r\n{"prompt"\r\n15\r\n' + BODY[9:] + b"\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("pieces", [1, 2, 3], ids=["one packet", "two packets", "many packets"])
@pytest.mark.parametrize("framing", FRAMED)
@pytest.mark.parametrize("offer", OFFERS)
def test_a_body_beside_an_offer_is_read(line, offer, framing, pieces):
    """However it comes; the next request on the connection begins behind it."""
    declared, body = FRAMED[framing]
    head = line.order(*OFFERS[offer], declared)
    parts = [[head + body], [head, body], [bytes([byte]) for byte in head + body]][pieces - 1]
    for part in parts:
        line.socket.sendall(part)
    assert line.statuses(1) == [200]
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111"))
    assert line.statuses(1) == [200]


@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_without_a_body_is_answered(line, offer):
    """Once, and so is what follows in the same packet."""
    ask = line.head("GET /v1/tempolor/accounts/111", *OFFERS[offer])
    line.socket.sendall(ask + line.head("GET /v1/tempolor/accounts/999") + ask)
    assert line.statuses(3) == [200, 404, 200]


@pytest.mark.parametrize("offer", OFFERS)
def test_a_body_that_looks_like_a_request_is_none(line, offer):
    """It is refused as what it is, and deletes nothing."""
    hidden = line.head("DELETE /v1/tempolor/accounts/111")
    line.socket.sendall(line.order(*OFFERS[offer], f"Content-Length: {len(hidden)}") + hidden)
    line.socket.sendall(line.head("GET /v1/tempolor/accounts/111"))
    assert line.statuses(2) == [400, 200]
    assert [entry.method for entry in line.world.requests[-2:]] == ["POST", "GET"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_with_http2_posts(mock_server, line):
    """At its defaults curl offers h2c with the first request of a connection."""
    command = ["curl", "--silent", "--http2", f"{mock_server.url}/v1/tempolor/music/song"]
    command += ["-H", f"Authorization: Bearer {line.world.token}", "-H", "Content-Type: application/json"]
    done = subprocess.run([*command, "-d", BODY], capture_output=True, check=True, timeout=20)
    assert json.loads(done.stdout)["result"] is True


JAVA = """
import java.net.URI;
import java.net.http.*;

class Post {
    public static void main(String[] given) throws Exception {
        var client = HttpClient.newHttpClient();
        for (var body : new HttpRequest.BodyPublisher[] {
            HttpRequest.BodyPublishers.ofString(given[2]),
            HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(given[2].getBytes())),
        }) {
            var request = HttpRequest.newBuilder(URI.create(given[0])).header("Authorization", "Bearer " + given[1])
                .header("Content-Type", "application/json").POST(body).build();
            System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
    }
}
"""


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_javas_own_client_posts(mock_server, line, tmp_path):
    """At its defaults it offers h2c; a body of known length goes with it, and one of unknown length in chunks."""
    source = tmp_path / "Post.java"
    source.write_text(JAVA)
    command = ["java", str(source), f"{mock_server.url}/v1/tempolor/music/song", line.world.token, BODY.decode()]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert done.stdout.split() == [b"200", b"200"]
