"""Receivers that misbehave, hang, or may get no callbacks."""

import asyncio
import base64
import socket

import pytest
from tempolor_mock.domain.policy import Policy

PAST_EVERY_JOB = 60
PAST_EVERY_RETRY = 3_600
POLICY = Policy()
CLOSED = "the connection was closed without an answer"


def advance(client, seconds):
    """Move the clock and return the callbacks that caused."""
    return client.control("clock/advance", seconds=seconds).raise_for_status().json()["callbacks"]


def first_attempts(client, receiver, ordered, behaviour):
    """Let the receiver do something once, answer 200 after that, and return the first callback of the job it hit."""

    async def once(receiver, received, writer):
        receiver.behave = then
        await behaviour(receiver, received, writer)

    then, receiver.behave = receiver.behave, once
    ordered(f"{receiver.url}/hook")
    caused = advance(client, PAST_EVERY_JOB)
    hit = receiver.received[0].job_id
    return next(each["attempts"] for each in caused if each["job_id"] == hit)


@pytest.mark.parametrize(
    "case",
    [
        (b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", {"status": 500}),
        (b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", {"status": 404}),
        (
            b"HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
            {"status": 302, "error": "redirects are not followed"},
        ),
        (
            b"HTTP/1.1 308 X\r\nLocation: http://192.0.2.1/\r\n\r\n",
            {"status": 308, "error": "redirects are not followed"},
        ),
        (b"", {"error": CLOSED}),
        (b"HTTP/1.1 200", {"error": CLOSED}),
        (b"\x00\xff" * 500, {"error": "the answer is not HTTP"}),
        (b"SSH-2.0-OpenSSH_9.6\r\n", {"error": "the answer is not HTTP"}),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", {"error": "the answer is not HTTP"}),
    ],
    ids=["500", "404", "302", "308", "closes", "half-a-line", "noise", "other-protocol", "huge-header"],
)
def test_a_bad_answer_is_a_failure_that_is_tried_again(client, receiver, ordered, acts, case):
    """The journal says what it was; the next try has better luck."""
    raw, told = case

    first, second = first_attempts(client, receiver, ordered, acts.saying(raw))

    assert {name: first[name] for name in first if name != "at"} == told
    assert second["status"] == 200
    assert {each.target for each in receiver.received} == {"/hook"}


@pytest.mark.parametrize("act", ["never_end", "begin_and_hang"])
def test_a_body_without_end_does_no_harm(client, receiver, ordered, acts, *, act, caplog):
    """The status counts, nobody reads on, and it is no error of the mock's."""
    (attempt,) = first_attempts(client, receiver, ordered, getattr(acts, act))

    assert attempt["status"] == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\ncut off",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.0 202 Accepted\r\n\r\n" + b"z" * 1_000_000,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nnot json",
    ],
    ids=["cut-off", "204", "no-length", "broken-gzip", "no-json"],
)
def test_any_2xx_will_do_whatever_its_body(client, receiver, ordered, acts, raw):
    """Nothing of it is used."""
    assert len(first_attempts(client, receiver, ordered, acts.saying(raw))) == 1


def test_a_closed_port_is_tried_again_and_given_up(client, receiver, ordered):
    """As any other failure."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ordered(f"http://127.0.0.1:{closed.getsockname()[1]}/")
        caused = advance(client, PAST_EVERY_RETRY)

    assert {each["outcome"] for each in caused} == {"failed"}
    assert {len(each["attempts"]) for each in caused} == {4}
    assert {attempt["error"] for each in caused for attempt in each["attempts"]} == {
        "cannot connect: Connection refused"
    }


def test_a_name_nobody_knows_is_told_as_such(client, ordered, monkeypatch):
    """It is the URL that is wrong then, and no receiver that is down."""

    def find_nothing(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    ordered("http://nowhere.example/hook")

    caused = advance(client, PAST_EVERY_JOB)

    assert {attempt["error"] for each in caused for attempt in each["attempts"]} == {"cannot find nowhere.example"}


def test_the_pauses_can_be_none(new_client, receiver, acts):
    """Then a callback that failed is given up at once."""
    client = new_client(policy=POLICY.with_changes(callback_backoff_seconds=()))
    client.account()
    receiver.behave = acts.answering(500)
    client.song(replyUrl=receiver.url)

    assert {len(each["attempts"]) for each in advance(client, PAST_EVERY_JOB)} == {1}


def test_a_hanging_receiver_costs_an_advance_one_timeout(new_client, receiver, acts):
    """What else is due to it stays due, and is sent, in order, by the next call."""
    client = new_client(callback_timeout_seconds=1.5)
    client.account(maxJobs=100)
    receiver.behave = acts.hang
    jobs = [job for _ in range(15) for job in client.song(replyUrl=receiver.url)]

    hung = advance(client, PAST_EVERY_JOB)
    receiver.behave, receiver.received = acts.ok, []
    sent = advance(client, 0)

    tried = [each["attempts"] for each in hung if each["attempts"]]
    assert 0 < len(tried) < len(jobs) == len(hung)
    assert {(len(each), each[0]["error"]) for each in tried} == {(1, "no answer within 1.5 seconds")}
    assert {each["outcome"] for each in hung} == {"due"}
    assert {each["outcome"] for each in sent} == {"delivered"}
    assert [[each.progress for each in receiver.of(job)] for job in jobs] == [[20, 40, 60, 80, 100]] * len(jobs)


def test_nobody_waits_for_a_receiver_that_hangs(run_mock, receiver, other_receiver, acts):
    """While 50 jobs wait for it, polls are answered and another receiver gets all its callbacks."""

    async def scenario():
        receiver.behave = acts.hang
        async with run_mock() as client:
            await client.account(maxJobs=200)
            for _ in range(25):
                await client.song(receiver.url)
            (first, _) = await client.song(other_receiver.url)
            advancing = asyncio.create_task(client.advance(PAST_EVERY_JOB))
            await receiver.arrived(lambda received: len(received) >= 16)
            await other_receiver.arrived(lambda received: sum(each.body["status_final"] for each in received) == 2)

            polled = (await client.get(f"/music/{first}")).json()["status_name"]
            waiting = not advancing.done()
            receiver.let_go()
            caused = (await advancing)["callbacks"]

            assert (polled, waiting) == ("COMPLETED", True)
            assert {each["outcome"] for each in caused} == {"delivered"}
            assert len(caused) == 52 * 5

    asyncio.run(scenario())


def test_what_waits_in_line_when_its_job_is_cancelled_is_not_sent(run_mock, receiver, acts):
    """Though it had been taken to be sent; what was on its way arrives."""

    async def scenario():
        receiver.behave = acts.hang
        async with run_mock() as client:
            await client.account(maxJobs=200)
            jobs = [job for _ in range(15) for job in await client.song(receiver.url)]
            advancing = asyncio.create_task(client.advance(5.5))
            on_their_way = {each.job_id for each in await receiver.arrived(lambda received: len(received) >= 16)}
            cancelled = [job for job in jobs if job not in on_their_way] + [min(on_their_way)]
            for job in cancelled:
                (await client.delete(f"/scheduler/{job}")).raise_for_status()
            receiver.let_go()
            await advancing
            await client.advance(PAST_EVERY_JOB)

            assert len(on_their_way) == 16
            assert {each.job_id for each in receiver.received} == on_their_way
            assert len(receiver.of(min(on_their_way))) == 1
            assert {len(receiver.of(job)) for job in on_their_way - set(cancelled)} == {5}

    asyncio.run(scenario())


FORBIDDEN = {
    "elsewhere": "http://192.0.2.1:{port}/",
    "everywhere": "http://0.0.0.0:{port}/",
    "everywhere-in-v6": "http://[::]:{port}/",
    "mapped": "http://[::ffff:192.0.2.1]:{port}/",
    "decimal": "http://3221225985:{port}/",
    "hex": "http://0xc0.0x0.0x2.0x1:{port}/",
    "userinfo": "http://127.0.0.1@192.0.2.1:{port}/",
    "userinfo-with-port": "http://127.0.0.1:{port}@192.0.2.1/",
    "link-local": "http://169.254.169.254/latest/meta-data",
    "name": "http://elsewhere.example:{port}/",
    "name-with-two-addresses": "http://both.example:{port}/",
    "name-in-the-dot-form": "http://elsewhere.example.:{port}/",
    "tls": "https://192.0.2.1:{port}/",
}
ADDRESSES = {
    "elsewhere.example": ["192.0.2.1"],
    "both.example": ["127.0.0.1", "192.0.2.1"],
    "here.example": ["127.0.0.1"],
}


@pytest.fixture
def names(monkeypatch):
    """Names that mean something here only."""
    real = socket.getaddrinfo

    def look_up(host, port, family=0, type=0, *rest):  # noqa: A002 - the real one's name
        known = ADDRESSES.get(str(host).rstrip(".").lower(), [host])
        return [found for address in known for found in real(address, port, family, type, *rest)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize("url", FORBIDDEN.values(), ids=FORBIDDEN)
def test_targets_elsewhere_never_get_a_connection(client, receiver, ordered, names, url):
    """The request is taken as by the service; its callbacks fail at once and say what to do."""
    ordered(url.format(port=receiver.port))

    caused = advance(client, PAST_EVERY_JOB)

    assert caused
    for each in caused:
        (attempt,) = each["attempts"]
        assert attempt["error"].startswith("host not allowed: ")
        assert "use --allow-callback-host" in attempt["error"]
        assert each["outcome"] == "failed"
    assert receiver.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/",
        "http://here.example:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://somebody:secret@127.0.0.1:{port}/",
    ],
    ids=["localhost", "own-name", "mapped", "decimal", "userinfo"],
)
def test_every_way_to_write_this_machine_is_fine(client, receiver, ordered, names, url):
    """What counts is where the connection goes."""
    ordered(url.format(port=receiver.port))

    assert {each["outcome"] for each in advance(client, PAST_EVERY_JOB)} == {"delivered"}


def test_who_is_named_in_the_url_is_told_to_the_receiver(client, receiver, ordered):
    """As a browser or curl would."""
    ordered(f"http://somebody:se%2Fcret@127.0.0.1:{receiver.port}/")
    advance(client, PAST_EVERY_JOB)

    told = {each.headers["authorization"] for each in receiver.received}
    assert told == {"Basic " + base64.b64encode(b"somebody:se/cret").decode()}


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("0.0.0.0", "http://0.0.0.0:{port}/"),
        ("Both.Example", "http://both.example:{port}/"),
        ("both.example", "http://BOTH.example.:{port}/"),
    ],
    ids=["address", "name", "other-spelling"],
)
def test_a_host_that_was_allowed_gets_callbacks(new_client, receiver, names, allowed, url):
    """By the name it has in the URL."""
    client = new_client(allowed_callback_hosts=(allowed,), callback_timeout_seconds=2)
    client.account()
    client.song(replyUrl=url.format(port=receiver.port))

    assert {each["outcome"] for each in advance(client, PAST_EVERY_JOB)} == {"delivered"}


def test_allowing_a_host_allows_no_other(new_client, receiver, names):
    """Not even one that has the same address."""
    client = new_client(allowed_callback_hosts=("192.0.2.1",))
    client.account()
    client.song(replyUrl=f"http://elsewhere.example:{receiver.port}/")

    assert {each["outcome"] for each in advance(client, PAST_EVERY_JOB)} == {"failed"}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/x",
        "mailto:me@example.com",
        "http://",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1\\@192.0.2.1/",
    ],
)
def test_what_is_no_web_address_fails_at_once(client, ordered, url):
    """If an order with it is taken at all."""
    client.account()
    response = client.post("/music/song", json={"prompt": "A", "replyUrl": url})

    caused = advance(client, PAST_EVERY_JOB)

    if response.status_code == 200:
        assert {each["attempts"][0]["error"] for each in caused} == {"not an http or https address"}
        assert {len(each["attempts"]) for each in caused} == {1}


def test_proxies_of_the_environment_are_not_used(client, receiver, ordered, monkeypatch):
    """They could reach what the mock must not."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    ordered(receiver.url)

    assert {each["outcome"] for each in advance(client, PAST_EVERY_JOB)} == {"delivered"}


@pytest.mark.parametrize(("given", "sent"), [("4", "5"), ("0", "1"), ("-1", "1"), ("many", "1")])
def test_a_callback_counts_how_many_led_to_it(client, receiver, ordered, given, sent):
    """One more than came with the order; what is no number counts as none."""
    client.headers["X-Tempolor-Mock-Depth"] = given
    ordered(receiver.url)
    advance(client, PAST_EVERY_JOB)

    assert {each.headers["x-tempolor-mock-depth"] for each in receiver.received} == {sent}


@pytest.mark.parametrize("depth", ["5", "999"])
def test_a_chain_of_callbacks_ends(client, receiver, ordered, depth):
    """Those that would be the sixth in a row are not sent."""
    client.headers["X-Tempolor-Mock-Depth"] = depth
    ordered(receiver.url)

    caused = advance(client, PAST_EVERY_JOB)

    assert {each["outcome"] for each in caused} == {"failed"}
    assert all(attempt["error"].startswith("loop: ") for each in caused for attempt in each["attempts"])
    assert receiver.received == []


def test_a_receiver_that_orders_songs_for_songs_is_stopped(run_mock, receiver, acts):
    """Where it passes the depth on, as it would with the headers of any trace."""

    async def scenario():
        async with run_mock() as client:

            async def order_again(receiver, received, writer):
                if received.body["status_final"]:
                    ordering = client.song(receiver.url)
                    client.headers["X-Tempolor-Mock-Depth"] = received.headers["x-tempolor-mock-depth"]
                    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(ordering, loop))
                await acts.ok(receiver, received, writer)

            loop = asyncio.get_running_loop()
            receiver.behave = order_again
            await client.account(maxJobs=100)
            await client.song(receiver.url)
            for _ in range(5):
                await client.advance(PAST_EVERY_JOB)
            before = len(receiver.received)
            caused = (await client.advance(PAST_EVERY_JOB))["callbacks"]

            assert before
            assert {each["outcome"] for each in caused} == {"failed"}
            assert len(receiver.received) == before

    asyncio.run(scenario())


def test_a_mock_that_is_told_to_report_to_itself_stays_alive(wire_client, server):
    """Its own refusals are failures like any other."""
    wire_client.account()
    wire_client.song(replyUrl=f"{server.url}/v1/tempolor/music/song")

    caused = advance(wire_client, PAST_EVERY_RETRY)

    assert {each["outcome"] for each in caused} == {"failed"}
    assert {attempt["status"] for each in caused for attempt in each["attempts"]} == {401}
    assert wire_client.get("/accounts").status_code == 200


@pytest.mark.parametrize(
    ("allowed", "origin", "sent"),
    [
        pytest.param((), "https://page.example", False, id="a page of another origin"),
        pytest.param((), "null", False, id="a page that hides its origin"),
        pytest.param((), "http://localhost.page.example", False, id="a name that looks like this machine"),
        pytest.param((), "http://localhost:3000", True, id="a page on this machine"),
        pytest.param((), "http://[::1]:3000", True, id="by its address"),
        pytest.param((), "http://mock", True, id="the mock's own page"),
        pytest.param((), None, True, id="no page"),
        pytest.param(("https://page.example",), "https://page.example", True, id="one that was allowed"),
        pytest.param(("https://page.example",), "https://other.example", False, id="not the one that was allowed"),
        pytest.param(("*",), "https://page.example", True, id="all are allowed"),
    ],
)
def test_requests_of_foreign_pages_get_no_callbacks(new_client, receiver, allowed, origin, sent):
    """Any page could make the mock post to programs on its machine; the request itself is taken, as by the service."""
    client = new_client(allowed_callback_origins=allowed)
    client.account()
    if origin is not None:
        client.headers["Origin"] = origin
    jobs = client.song(replyUrl=receiver.url)
    client.headers.pop("Origin", None)

    caused = advance(client, 60)

    assert {each["outcome"] for each in caused} == ({"delivered"} if sent else {"failed"})
    assert bool(receiver.received) is sent
    assert client.get(f"/music/{jobs[0]}").json()["status_name"] == "COMPLETED"
    if not sent:
        reasons = {attempt["error"] for each in caused for attempt in each["attempts"]}
        advice = f"use --allow-callback-origin {origin} to allow it"
        assert reasons == {f"origin not allowed: the request came from a page of {origin}; {advice}"}
        (entry,) = client.get(client.base_url.join("/_mock/requests?operation_id=create_song")).json()["requests"]
        assert "origin not allowed" in str(entry["jobs"])
