"""The proxy passes everything on untouched, and says what breaks the contract."""

import asyncio
import contextlib
import gzip
import json
import socket
import threading
from datetime import date
from functools import partial

import httpx
import pytest
from click.testing import CliRunner
from tempolor_contract import CATALOGUE, Exchange, Request, Response
from tempolor_contract.deviations import Deviation, Register
from tempolor_contract.proxy import Proxy, Sequence, Tape, Upstream
from tempolor_contract.proxy.command import proxy_command
from tempolor_contract.proxy.server import listen, make_server, serve
from tempolor_contract.proxy.session import Session
from tempolor_contract.stories import TOKEN
from tempolor_contract.traffic import HarWriter, check

BIG = bytes(range(256)) * 40_960
SECONDS_TO_BEAR = 20
TODAY = date(2026, 6, 1)


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
    listener = listen(0)
    server = make_server(app)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving
        await app.close()


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


@pytest.mark.parametrize("kind", ["down", "silent"])
def test_failing_upstream_is_a_502_in_the_envelope(kind):
    """What the upstream does not answer, the proxy answers, and does not blame the service for."""

    async def hang_up(*_):
        pass

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


@pytest.fixture
def recorded(tmp_path):
    """Pass a service's answers through a session that records; return what was told, the file and the result."""

    def run(*answers, register=None):
        told = []
        with HarWriter(tmp_path / "out.har") as writer:
            session = Session(
                "http://up.example/v1/tempolor",
                CATALOGUE,
                told.append,
                base="http://up.example/v1/tempolor",
                har=writer,
                register=register,
            )
            for number, (status, body) in enumerate(answers):
                request = Request(
                    method="POST",
                    url="http://up.example/v1/tempolor/accounts?token=hidden",
                    headers=(("authorization", f"Bearer {TOKEN}"), ("content-type", "application/json")),
                    body=b'{"requestParams": {"service_ticket": "hidden"}}',
                )
                response = Response(status=status, headers=(("content-type", "application/json"),), body=body)
                session.observe(Exchange(request, response, 1_747_731_600.0 + number, 0.1, "proxy"))
        return told, tmp_path / "out.har", session.result()

    return run


def test_violations_are_told_as_they_pass(recorded):
    """A wrong answer is told at once, a right one is not."""
    told, _, result = recorded((401, b'{"error": "Unauthorized", "code": 401}'), (418, b"{}"))

    assert [each.rule.id for each in told] == ["status-documented"]
    assert (result.exit_code, result.exchanges) == (1, 2)


def test_known_violations_are_not_told(recorded):
    """What a register excuses neither shows nor fails."""
    entry = Deviation("status-documented", "a teapot", since=TODAY, expires=TODAY)

    told, _, result = recorded((418, b"{}"), register=Register((entry,), TODAY))

    assert told == []
    assert result.exit_code == 0


def test_recording_is_read_by_check_and_keeps_no_secret(recorded):
    """The HAR gives the same verdict when it is checked, and tells neither token nor ticket nor signature."""
    _, file, result = recorded((401, b'{"error": "Unauthorized", "code": 401}'), (418, b"{}"))

    again = check([file], CATALOGUE)

    assert [tally.verdict for tally in again.tallies] == [tally.verdict for tally in result.tallies]
    assert "hidden" not in file.read_text()
    assert TOKEN not in file.read_text()


def test_nothing_that_passed_is_nothing_verified(recorded):
    """A proxy that saw nothing has not found the contract kept."""
    assert recorded()[2].exit_code == 2


@pytest.mark.parametrize(
    ("broken", "told"), [("_record", "could not be written on"), ("_judge", "could not be judged: ValueError: a bug")]
)
def test_what_goes_wrong_inside_stops_no_traffic(tmp_path, broken, told):
    """A full disk or a bug in a judge is told at the end, and the run is no success."""

    def fail(*_):
        raise OSError(28, "No space left on device") if broken == "_record" else ValueError("a bug")

    writer = HarWriter(tmp_path / "out.har")
    session = Session("http://up.example", CATALOGUE, print, har=writer)
    if broken == "_record":
        writer.write = fail
    else:
        session.har = None
        session.inspector.see = fail

    session.observe(exchange(1))
    session.observe(exchange(2))

    assert told in session.result().stopped
    assert session.result().exit_code == 2


def test_server_stops_when_it_is_told_to():
    """A violation can end the proxy, as --fail-fast has it; the answer that shows it still arrives."""
    answers, servers = [], []

    def ask(port):
        answers.append(httpx.get(f"http://127.0.0.1:{port}/v1/tempolor/accounts", trust_env=False, timeout=20))

    def ready(server):
        servers.append(server)
        threading.Thread(target=ask, args=[listener.getsockname()[1]], daemon=True).start()

    def tell(_violation):
        servers[0].should_exit = True

    session = Session("http://up.example", CATALOGUE, tell)
    teapot = httpx.MockTransport(lambda _: httpx.Response(418, json={}))
    with listen(0) as listener:
        serve(Proxy(Upstream.at("http://up.example"), session.observe, transport=teapot), listener, ready=ready)

    assert [each.status_code for each in answers] == [418]
    assert session.result().exit_code == 1


def test_small_answers_are_sent_at_once():
    """A listener that names its protocol gets TCP_NODELAY; without it each answer waits 40 ms for an ACK."""
    with listen(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def exchange(number):
    """Return any exchange."""
    return Exchange(Request(url=f"http://x/{number}"), None)


def test_exchanges_are_judged_in_the_order_in_which_they_began():
    """The one that began first is handed on first, though it ended last."""
    handed = []
    sequence = Sequence(handed.append, lambda: 0.0)
    first, second, third = (sequence.begin() for _ in range(3))

    sequence.end(third, exchange(3))
    sequence.end(second, None)
    waiting = sequence.waiting
    sequence.end(first, exchange(1))

    assert waiting == 1
    assert [each.request.url[-1] for each in handed] == ["1", "3"]


def test_exchange_that_takes_long_does_not_hold_up_the_others_for_ever():
    """After some seconds the others go first."""
    handed, now = [], [0.0]
    sequence = Sequence(handed.append, lambda: now[0], patience=5)
    first, second = sequence.begin(), sequence.begin()
    sequence.end(second, exchange(2))

    now[0] = 5.0
    sequence.flush()
    sequence.end(first, exchange(1))

    assert [each.request.url[-1] for each in handed] == ["2", "1"]


@pytest.mark.parametrize(
    ("body", "encoding", "kept"),
    [
        (b"abc", "", (b"abc", False)),
        (b"abc", "identity", (b"abc", False)),
        (gzip.compress(b"abc"), "gzip", (b"abc", False)),
        (gzip.compress(gzip.compress(b"abc")), "gzip, gzip", (b"abc", False)),
        (b"", "gzip", (b"", False)),
        (b"x" * 101, "", (b"", True)),
        (gzip.compress(b"x" * 101), "gzip", (b"", True)),
        (b"no gzip", "gzip", (b"", True)),
        (b"abc", "br", (b"", True)),
    ],
    ids=["plain", "identity", "gzip", "gzip-twice", "empty", "long", "long-inside", "not-gzip", "unknown"],
)
def test_copy_of_a_body_is_bounded(body, encoding, kept):
    """Short bodies are kept as what they say, others are marked as truncated, bombs among them."""
    tape = Tape(most_bytes=100)
    for byte in body:
        tape.add(bytes([byte]))

    assert tape.content(encoding) == kept
    assert tape.size == len(body)


@pytest.mark.parametrize(
    ("url", "origin", "base"),
    [
        ("https://api.useapi.net", "https://api.useapi.net", None),
        ("https://api.useapi.net/v1/tempolor/", "https://api.useapi.net", "https://api.useapi.net/v1/tempolor"),
        ("http://[::1]:4010", "http://[::1]:4010", None),
    ],
)
def test_address_of_the_upstream_is_read(url, origin, base):
    """With or without a path, requests go to the origin."""
    assert Upstream.at(url) == Upstream(origin, base)


@pytest.mark.parametrize(
    "url", ["", "useapi.net", "ftp://x", "http://", "http://x:y", "http://x:0", "http://u:p@x", "http://x?a=1"]
)
def test_address_that_is_none_is_refused(url):
    """A wrong address ends the command with 2 and one line."""
    ran = CliRunner().invoke(proxy_command, ["--upstream", url])

    assert ran.exit_code == 2
    assert "Traceback" not in ran.output
    assert "--upstream: " in ran.output


def test_what_cannot_run_says_so(tmp_path):
    """A taken port, a proxy of itself, a broken register and a folder for a file are each one clear line."""
    invoke = partial(CliRunner().invoke, proxy_command)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        upstream = ["--upstream", "http://127.0.0.1:9"]

        results = {
            "cannot listen": invoke([*upstream, "--port", port]),
            "its own upstream": invoke(["--upstream", f"http://localhost:{port}", "--port", port]),
            "No such file": invoke([*upstream, "--port", "0", "--deviations", str(tmp_path / "none.toml")]),
            "cannot write": invoke([*upstream, "--port", "0", "--har", str(tmp_path / "none" / "x.har")]),
            "there is no rule": invoke([*upstream, "--port", "0", "--rule", "none"]),
        }

    for told, ran in results.items():
        assert ran.exit_code == 2, ran.output
        assert told in ran.output
