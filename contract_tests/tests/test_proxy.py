"""The proxy passes everything on untouched, as it comes."""

import asyncio
import contextlib
import gzip
import json
import socket

import httpx
import pytest
from stories import TOKEN
from tempolor_contract.exchanges.proxy import Proxy, Tape, Upstream
from tempolor_contract.exchanges.proxy.server import Door, listen, make_server, serve_doors

BIG = bytes(range(256)) * 40_960
SECONDS_TO_BEAR = 20


class Service:
    """A service on a socket of its own, played by a function that gets a reader, a writer and the request's head."""

    def __init__(self, play) -> None:
        self._play = play
        self.heads = []

    async def __aenter__(self):
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        """Stop listening."""
        self._server.close()

    async def _serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            await self._play(reader, writer, head)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def running(app):
    """Serve a proxy on loopback, and yield its port."""
    door = Door(listen(0), app)
    server = make_server(door)
    serving = asyncio.create_task(serve_doors(server, door))
    try:
        yield door.listener.getsockname()[1]
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving


@contextlib.asynccontextmanager
async def between(play, observe=lambda _: None):
    """Yield a client whose requests pass a proxy to a service, and the service."""
    async with (
        Service(play) as service,
        running(Proxy(Upstream.at(f"http://127.0.0.1:{service.port}/v1/tempolor"), observe)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=SECONDS_TO_BEAR) as client,
    ):
        yield client, service


def in_time(test):
    """Run an asynchronous test; one that hangs fails."""

    async def bounded(*args, **kwargs):
        async with asyncio.timeout(SECONDS_TO_BEAR):
            await test(*args, **kwargs)

    def run(*args, **kwargs):
        asyncio.run(bounded(*args, **kwargs))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    run.__wrapped__ = test
    return run


def answer(body, *headers, status="200 OK"):
    """Return a play that answers at once."""

    async def play(_reader, writer, _head):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return play


@in_time
async def test_answer_comes_back_byte_for_byte():
    """Status, headers and a compressed body are those of the upstream; hop-by-hop headers are not."""
    body = gzip.compress(b"[]" * 1000)
    seen = []
    play = answer(body, "Content-Encoding: gzip", "X-Odd: Value", "X-Odd: twice", "Keep-Alive: 5", status="418 Odd")

    async with between(play, seen.append) as (client, _), client.stream("GET", "/v1/tempolor/accounts") as got:
        raw = b"".join([chunk async for chunk in got.aiter_raw()])

    assert (got.status_code, raw) == (418, body)
    assert got.headers.get_list("x-odd") == ["Value", "twice"]
    assert "keep-alive" not in got.headers
    assert "date" not in got.headers
    assert seen[0].response.body == b"[]" * 1000


@in_time
async def test_request_goes_on_as_it_came():
    """Path, query, method and headers arrive unchanged; only Host is the upstream's, hop-by-hop headers are dropped."""
    headers = {"Range": "bytes=5-9", "Authorization": f"Bearer {TOKEN}", "X-Hop": "1", "Connection": "close, X-Hop"}
    async with between(answer(b"")) as (client, service):
        url = str(client.base_url) + "/v1/tempolor/music/user%3A1-tempolor:1-job%3a2//?a=%2F&a=&b=ü"
        await client.request("PROPFIND", url, headers=headers)

    head = service.heads[0].decode()
    assert head.startswith("PROPFIND /v1/tempolor/music/user%3A1-tempolor:1-job%3a2//?a=%2F&a=&b=%C3%BC HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{service.port}\r\n" in head
    assert "range: bytes=5-9\r\n" in head
    assert f"authorization: Bearer {TOKEN}\r\n" in head
    assert "x-hop" not in head
    assert "via" not in head


@pytest.mark.parametrize("chunked", [False, True])
def test_upload_streams_through(chunked):
    """Ten megabytes arrive as they were sent, framed as they were; of them nothing but the size is kept."""

    async def play(reader, writer, head):
        if chunked:
            received = bytearray()
            while size := int(await reader.readline(), 16):
                received += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            received = await reader.readexactly(len(BIG))
        same = bytes(received) == BIG and (b"transfer-encoding: chunked" in head.lower()) is chunked
        await answer(json.dumps(same).encode())(reader, writer, head)

    async def pieces():
        for start in range(0, len(BIG), 100_000):
            yield BIG[start : start + 100_000]

    @in_time
    async def run():
        async with between(play, seen.append) as (client, _):
            got = await client.post("/v1/tempolor/music/midi", content=pieces() if chunked else BIG)
            assert got.json() is True

    seen = []
    run()
    assert seen[0].request.truncated
    assert seen[0].request.body == b""


@in_time
async def test_upload_is_on_its_way_before_it_is_complete():
    """The upstream has the beginning of a body while the client still keeps the rest to itself."""
    begun = asyncio.Event()

    async def play(reader, writer, head):
        assert await reader.readexactly(6) == b"before"
        begun.set()
        assert await reader.readexactly(5) == b"after"
        await answer(b"ok")(reader, writer, head)

    async def pieces():
        yield b"before"
        await begun.wait()
        yield b"after"

    async with between(play) as (client, _):
        got = await client.post("/v1/tempolor/music/midi", content=pieces(), headers={"Content-Length": "11"})

    assert got.text == "ok"


@in_time
async def test_download_is_there_before_it_is_complete():
    """The client has the beginning of a chunked answer while the upstream still keeps the rest to itself."""
    read = asyncio.Event()

    async def play(_reader, writer, _head):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nbefore\r\n")
        await read.wait()
        writer.write(b"5\r\nafter\r\n0\r\n\r\n")

    chunks = []
    async with between(play) as (client, _), client.stream("GET", "/file") as got:
        async for chunk in got.aiter_raw():
            chunks.append(chunk)
            read.set()

    assert b"".join(chunks) == b"beforeafter"
    assert len(chunks) == 2


@in_time
async def test_range_of_a_large_file_passes():
    """A 206 of ten megabytes is passed on whole, and judged by its head alone."""
    seen = []
    play = answer(BIG, f"Content-Range: bytes 0-{len(BIG) - 1}/99999999", status="206 Partial Content")

    async with between(play, seen.append) as (client, _):
        got = await client.get("/file.wav", headers={"Range": "bytes=0-"})

    assert got.status_code == 206
    assert got.content == BIG
    assert seen[0].response.truncated


@in_time
async def test_upstream_that_dies_in_the_middle_breaks_the_answer():
    """The client sees that the body is incomplete, and the exchange proves nothing."""
    seen = []

    async def play(_reader, writer, _head):
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"result"')

    async with between(play, seen.append) as (client, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/v1/tempolor/accounts")

    assert seen[0].response is None
    assert seen[0].fault.startswith("broken off after 9 bytes")


async def hang_up(*_):
    """Close the connection without an answer."""


@pytest.mark.parametrize("kind", ["down", "silent"])
def test_failing_upstream_is_a_502_in_the_envelope(kind):
    """What the upstream does not answer, the proxy answers, and does not blame the service for."""

    @in_time
    async def run():
        async with between(hang_up, seen.append) as (client, service):
            if kind == "down":
                await service.__aexit__()
            got = await client.get("/v1/tempolor/accounts")
            assert got.status_code == 502
            assert got.json()["code"] == 502
            assert "could not be reached" in got.json()["error"]
            assert got.headers["x-tempolor-proxy"] == "upstream-failed"

    seen = []
    run()
    assert seen[0].response is None
    assert seen[0].fault


@in_time
async def test_target_that_is_no_path_is_refused():
    """There is no address to write down for it."""
    seen = []
    async with between(hang_up, seen.append) as (client, service):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()

    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["error"].endswith("no path: *")
    assert (service.heads, seen) == ([], [])


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /v1/tempolor/accounts\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
    ],
    ids=["no version", "TLS", "broken chunk"],
)
def test_what_is_no_http_is_refused_in_the_envelope(sent):
    """A client that reads errors reads this one too."""

    @in_time
    async def run():
        async with between(hang_up) as (client, _service):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
            writer.write(sent)
            answers.append((await reader.read()).partition(b"\r\n\r\n"))
            writer.close()

    answers = []
    run()
    head, _, body = answers[0]
    assert head.startswith(b"HTTP/1.1 400")
    assert b"x-tempolor-proxy: refused" in head
    assert json.loads(body)["code"] == 400
    assert "http://" in json.loads(body)["error"]


@in_time
async def test_whole_address_is_a_path_of_the_upstream():
    """As clients of a forward proxy write it."""
    seen = []
    async with between(hang_up, seen.append) as (client, service):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(b"GET http://x/v1/tempolor/accounts?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await reader.read()
        writer.close()

    assert [head.partition(b" HTTP")[0] for head in service.heads] == [b"GET /v1/tempolor/accounts?a=b"]
    assert [each.request.url for each in seen] == [f"http://127.0.0.1:{service.port}/v1/tempolor/accounts?a=b"]


@in_time
async def test_two_lengths_are_refused_before_the_upstream_sees_them():
    """Content-Length beside Transfer-Encoding is what smuggled requests are made of; nothing is passed on or judged."""
    seen = []
    async with between(hang_up, seen.append) as (client, service):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(
            b"POST /v1/tempolor/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        )
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()

    assert head.startswith(b"HTTP/1.1 400")
    assert "send one of them" in json.loads(body)["error"]
    assert (service.heads, seen) == ([], [])


@in_time
async def test_client_that_leaves_lets_go_of_the_upstream():
    """The upstream's connection ends with the client's, and the exchange says why."""
    gone, over = asyncio.Event(), asyncio.Event()
    seen = []

    async def play(reader, writer, _head):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
        await writer.drain()
        await reader.read()
        gone.set()

    def observe(exchange):
        seen.append(exchange)
        over.set()

    async with between(play, observe) as (client, _):
        async with client.stream("GET", "/v1/tempolor/accounts"):
            pass
        await gone.wait()
        await over.wait()

    assert seen[0].fault == "the client went away"


def test_small_answers_are_sent_at_once():
    """A listener that names its protocol gets TCP_NODELAY; without it each answer waits 40 ms for an ACK."""
    with listen(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize(
    ("body", "encoding", "kept"),
    [
        (b"abc", "", (b"abc", False)),
        (b"abc", "identity", (b"abc", False)),
        (gzip.compress(b"abc"), "gzip", (b"abc", False)),
        (gzip.compress(gzip.compress(b"abc")), "gzip, gzip", (b"abc", False)),
        (b"", "gzip", (b"", False)),
        (b"x" * 50 + b"y" * 51, "identity", (b"x" * 50 + b"y" * 10, True)),
        (gzip.compress(b"x" * 101), "gzip", (b"", True)),
        (bytes(range(256)), "gzip", (b"", True)),
        (b"no gzip", "gzip", (b"", True)),
        (b"abc", "br", (b"", True)),
    ],
    ids=[
        "plain",
        "identity",
        "gzip",
        "gzip-twice",
        "empty",
        "long",
        "long-inside",
        "long-and-encoded",
        "not-gzip",
        "unknown",
    ],
)
def test_copy_of_a_body_is_bounded(body, encoding, kept):
    """Short bodies are kept as what they say; of others the beginning, marked as truncated, and nothing of bombs."""
    tape = Tape(most_bytes=100, beginning=60)
    for byte in body:
        tape.add(bytes([byte]))

    assert tape.content(encoding) == kept
    assert tape.size == len(body)
