"""Bodies that are not what they should be, on a real socket: always a 4xx in the envelope, never a 5xx or a hang."""

import json

import httpx
import pytest

JSON = b"Content-Type: application/json"
BOUNDARY = b"Content-Type: multipart/form-data; boundary=X"
TEN_MEGABYTES = 10 << 20

BROKEN_JSON = {
    "brace": b"{",
    "not-json": b"hello",
    "single-quotes": b"{'prompt':'x'}",
    "trailing-comma": b'{"prompt":"x",}',
    "two-values": b'{"prompt":"x"}{"prompt":"y"}',
    "control-character": b'{"prompt":"a\nb"}',
    "nul-byte": b'{"prompt":"a\x00b"}',
    "nothing-but-nul": b"\x00",
    "nan": b'{"prompt":"x","bpm":NaN}',
    "infinity": b'{"prompt":"x","bpm":1e999999}',
    "endless-number": b'{"prompt":"x","bpm":' + b"9" * 100_000 + b"}",
    "invalid-utf8": b'{"prompt":"\xff\xfe"}',
    "overlong-utf8": b'{"prompt":"\xc0\xaf"}',
    "utf8-surrogate": b'{"prompt":"\xed\xa0\x80"}',
    "lone-surrogate": b'{"prompt":"\\ud800"}',
    "utf16": '{"prompt":"x"}'.encode("utf-16"),
    "byte-order-mark": b'\xef\xbb\xbf{"prompt":"x"}',
    "deep-array": b"[" * 100_000,
    "deep-object": b'{"a":' * 100_000,
    "deep-and-closed": b'{"prompt":"x","a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "empty-object": b"{}",
    "empty": b"",
    "spaces": b"   ",
    "array": b"[]",
    "array-of-orders": b'[{"prompt":"x"}]',
    "number": b"5",
    "null": b"null",
    "nul-in-text": b'{"prompt":"a\\u0000b"}',
    "wrong-type": b'{"prompt":{"a":1}}',
    "html": b"<html></html>",
    "form": b"prompt=x",
}


@pytest.mark.parametrize("path", ["/music/song", "/music/instrumental"])
@pytest.mark.parametrize("body", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_an_order_that_is_no_order_is_a_400(raw, refused_on_the_wire, path, body):
    """Whatever is wrong with the JSON, the refusal is the service's own."""
    refused_on_the_wire(raw.request("POST", path, JSON, body=body), 400)


@pytest.mark.parametrize(
    "body",
    [
        b'{"requestParams":{"user_id":"a\\u0000b"}}',
        b'{"requestParams":{"user_id":"\\ud800"}}',
        b'{"requestParams":{"a":' + b"[" * 400 + b"]" * 400 + b"}}",
        b'{"requestParams":' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}",
    ],
    ids=["nul", "surrogate", "deep-array", "deep-object"],
)
def test_parameters_that_could_not_be_shown_again_are_refused(raw, wire_client, refused_on_the_wire, body):
    """Nothing is stored that would break every later answer."""
    reply = raw.request("POST", "/accounts", JSON, body=body)

    assert wire_client.get("/accounts").status_code == 200
    refused_on_the_wire(reply, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"--X\r\n",
        b"--X--\r\n",
        b'--X\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx',
        b'--Y\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n--Y--\r\n',
        b'--X\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n\xff\xfe\r\n--X--\r\n',
        b'--X\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\x00b\r\n--X--\r\n',
        b"--X\r\nContent-Disposition: form-data\r\n\r\nx\r\n--X--\r\n",
        b"--X\r\n\r\nx\r\n--X--\r\n",
        b'--X\r\nContent-Disposition: form-data; name="prompt"; filename="a.txt"\r\n\r\nx\r\n--X--\r\n',
        b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 2_000 + b"--X--\r\n",
        b"--X\r\nA: " + b"a" * 100_000 + b"\r\n\r\nx\r\n--X--\r\n",
    ],
    ids=["empty", "text", "boundary", "end-alone", "no-end", "other-boundary", "invalid-utf8", "nul", "no-name",
         "no-headers", "file", "two-thousand-fields", "endless-header"],
)  # fmt: skip
def test_a_form_that_is_no_form_is_a_400(raw, refused_on_the_wire, body):
    """A broken one and one without a prompt alike."""
    refused_on_the_wire(raw.request("POST", "/music/song", BOUNDARY, body=body), 400)


def test_what_stands_before_a_form_counts_for_nothing(raw):
    """Mail programs explain themselves there (RFC 2046, 5.1.1)."""
    part = b'--X\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nA waltz\r\n--X--\r\n'

    reply = raw.request("POST", "/music/song", BOUNDARY, body=b"This is a form, and --X is no delimiter.\r\n" + part)

    assert reply.json["result"] is True


@pytest.mark.parametrize(
    "media_type",
    [b"", b"multipart/form-data", b"multipart/form-data; boundary=", b"application/x-www-form-urlencoded", b"\xff\xfe",
     b"multipart/form-data; boundary=" + b"x" * 5_000, b"multipart/mixed; boundary=X"],
    ids=["empty", "no-boundary", "empty-boundary", "urlencoded", "bytes", "long-boundary", "mixed"],
)  # fmt: skip
def test_another_media_type_is_a_400(raw, refused_on_the_wire, media_type):
    """Also where it is no media type at all."""
    body = b'--X\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n--X--\r\n'

    refused_on_the_wire(raw.request("POST", "/music/song", b"Content-Type: " + media_type, body=body), 400)


@pytest.mark.parametrize("path", ["/accounts", "/music/song", "/music/instrumental"])
def test_ten_megabytes_of_json_are_a_413(wire_client, path):
    """With their length told beforehand."""
    body = json.dumps({"requestParams": {}, "prompt": "x" * TEN_MEGABYTES}).encode()

    answer = wire_client.post(path, content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()) == (413, {"error": "Request body is too large", "code": 413})


def test_ten_megabytes_in_chunks_are_a_413(wire_client):
    """Without a length, the body is refused as soon as it is too long."""
    chunks = (b"x" * 65_536 for _ in range(TEN_MEGABYTES // 65_536))

    answer = wire_client.post("/music/song", content=chunks, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()) == (413, {"error": "Request body is too large", "code": 413})


def test_ten_megabytes_of_a_form_are_a_413(wire_client):
    """The limit is the same as for JSON."""
    answer = wire_client.post("/music/song", files={"prompt": (None, b"x" * TEN_MEGABYTES)})

    assert (answer.status_code, answer.json()["code"]) == (413, 413)


def test_a_client_that_reads_only_after_sending_everything_sees_the_413(server, wire_client):
    """Most clients send the whole body first: a connection that is reset meanwhile hides the answer from them."""
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {wire_client.api_token}"}
    request = urllib.request.Request(f"{server.url}/v1/tempolor/music/song", b"x" * TEN_MEGABYTES, headers)

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=5)

    assert refusal.value.code == 413
    refusal.value.close()


def test_ten_megabytes_to_nowhere_are_a_404(wire_client):
    """A body nobody wants is not read into memory."""
    answer = wire_client.post("/nothing", content=b"x" * TEN_MEGABYTES)

    assert (answer.status_code, answer.json()["code"]) == (404, 404)


def test_ten_megabytes_without_a_token_are_a_401(wire_client):
    """Nor is one of somebody unknown."""
    del wire_client.headers["Authorization"]

    answer = wire_client.post("/music/song", content=b"x" * TEN_MEGABYTES, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (401, 401)


@pytest.mark.parametrize("path", ["/music/cloned-voices", "/music/stems-splitter"])
def test_ten_megabytes_of_noise_are_a_400(wire_client, path):
    """Uploads may be that large, but must be sound."""
    wire_client.account("111")

    answer = wire_client.post(
        path, params={"name": "x"}, content=b"\x00\xff" * (TEN_MEGABYTES // 2), headers={"Content-Type": "audio/mpeg"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 400)


def test_an_upload_beyond_the_limit_is_a_413_before_it_is_sent(raw, refused_on_the_wire):
    """Its declared length is enough."""
    reply = raw.request("POST", "/music/midi?name=x", b"Content-Type: audio/midi", b"Content-Length: 9999999999")

    refused_on_the_wire(reply, 413)
    assert httpx.Headers(reply.headers)["connection"] == "close"
