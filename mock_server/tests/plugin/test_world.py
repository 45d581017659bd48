"""A world's methods, as a user's test calls them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from importlib import import_module

import httpx
import pytest
from tempolor_mock.testing import MockRefusedError, MockServer

START = datetime(2025, 5, 20, 9, 0, tzinfo=UTC)
PAST_EVERY_JOB = 60
NOBODY = "http://127.0.0.1:9/reports"


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    """Each of the HTTP clients that the transport is for."""
    return import_module(request.param) if request.param == "httpx" else pytest.importorskip(request.param)


@pytest.fixture
def client(tempolor_mock):
    """A client of the test's world, without a socket."""
    return client_of(httpx, tempolor_mock)


@pytest.fixture
def anyio_backend():
    """What the asynchronous tests run on."""
    return "asyncio"


def client_of(library, world, **options):
    """Return a client of a world, without a socket."""
    return library.Client(base_url=world.api_url, headers=world.headers, transport=world.transport, **options)


def order(client, **fields):
    """Order a song and return the ids of its jobs."""
    return client.post("/music/song", json={"prompt": "A harbour ballad"} | fields).raise_for_status().json()["jobs"]


def test_a_world_answers_at_its_address(tempolor_mock):
    """The token and the address are all that the code under test needs."""
    answer = httpx.get(f"{tempolor_mock.url}/v1/tempolor/accounts", headers=tempolor_mock.headers)

    assert (answer.status_code, answer.json()["error"]) == (404, "No accounts configured")
    assert tempolor_mock.headers == {"Authorization": f"Bearer {tempolor_mock.token}"}


def test_the_token_does_not_stand_in_callbacks(tempolor_mock):
    """Fixtures of tests that fail are printed."""
    assert tempolor_mock.token.split("-")[1] not in repr(tempolor_mock)


def test_a_world_begins_empty_at_a_fixed_moment(tempolor_mock):
    """Its clock stands still, so that dates are the same in each run."""
    clock = tempolor_mock.clock

    assert (clock.now, clock.frozen, clock.speed) == (START, True, 1)
    assert (tempolor_mock.requests, tempolor_mock.callbacks) == ([], [])


def test_advance_returns_what_it_caused(tempolor_mock, client):
    """Jobs that ended, in order, with the moments at which they did."""
    tempolor_mock.add_account()
    jobs = order(client)

    caused = tempolor_mock.advance(PAST_EVERY_JOB)

    assert {each.job_id for each in caused.transitions} == set(jobs)
    assert {each.status for each in caused.transitions} == {"COMPLETED"}
    assert all(START < each.at < tempolor_mock.clock.now for each in caused.transitions)
    assert tempolor_mock.clock.now == START + timedelta(seconds=PAST_EVERY_JOB)


def test_time_does_not_go_backwards(tempolor_mock):
    """The control plane's own words come out."""
    with pytest.raises(MockRefusedError, match="seconds"):
        tempolor_mock.advance(-1)


def test_callbacks_are_listed_with_their_attempts(tempolor_mock, client):
    """Oldest first, in what `advance` returns and in `callbacks` alike."""
    tempolor_mock.add_account()
    jobs = order(client, replyUrl=NOBODY)

    caused = tempolor_mock.advance(PAST_EVERY_JOB)

    assert {each.job_id for each in caused.callbacks} == set(jobs)
    first = tempolor_mock.callbacks[0]
    assert (first.url, first.status, first.outcome) == (NOBODY, "GENERATING", "failed")
    assert [attempt.error for attempt in first.attempts] == ["cannot connect: Connection refused"] * 4
    assert first.attempts[0].at == first.at


@pytest.mark.anyio
async def test_a_receiver_on_the_tests_own_loop_gets_callbacks(tempolor_mock):
    """`advance_async` lets the loop go on, so that the receiver can answer."""
    seen = []

    async def receive(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        seen.append(json.loads(await reader.readexactly(length))["status_name"])
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(receive, "127.0.0.1", 0) as receiver:
        port = receiver.sockets[0].getsockname()[1]
        tempolor_mock.add_account()
        order(client_of(httpx, tempolor_mock), replyUrl=f"http://127.0.0.1:{port}/")
        caused = await tempolor_mock.advance_async(PAST_EVERY_JOB)

    assert {each.outcome for each in caused.callbacks} == {"delivered"}
    assert seen.count("COMPLETED") == 2


@pytest.mark.parametrize(
    ("rule", "status", "error"),
    [
        ({}, 503, "Service Unavailable"),
        ({"status": 401}, 401, "Unauthorized"),
        ({"status": 418, "text": "I am a teapot"}, 418, "I am a teapot"),
        ({"status": 404, "operation": "get_account"}, 200, None),
        ({"effect": "quota_spent", "operation": "create_account"}, 200, None),
        ({"method": "GET"}, 503, "Service Unavailable"),
        ({"method": "POST"}, 200, None),
        ({"operation": ["get_account", "list_accounts"], "skip": 1}, 200, None),
    ],
    ids=["any", "documented", "own", "another operation", "another effect", "method", "another method", "skipped"],
)
def test_the_next_request_that_matches_goes_wrong(tempolor_mock, client, rule, status, error):
    """By status, by effect, or limited to some requests."""
    tempolor_mock.add_account()

    tempolor_mock.fail_next(**rule)

    answer = client.get("/accounts")
    assert (answer.status_code, answer.json().get("error")) == (status, error)


def test_a_rule_counts_and_ends(tempolor_mock, client):
    """As often as it was told to, or until it is deleted."""
    tempolor_mock.add_account()
    twice = tempolor_mock.fail_next(500, times=2, operation="list_accounts")
    always = tempolor_mock.fail_next(502, times=None, operation="list_accounts")

    statuses = [client.get("/accounts").status_code for _ in range(4)]
    counted = [(rule.applied, rule.remaining) for rule in (twice, always)]
    always.delete()

    assert statuses == [500, 500, 502, 502]
    assert counted == [(2, 0), (2, None)]
    assert client.get("/accounts").status_code == 200
    with pytest.raises(LookupError):
        _ = always.applied


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"operation": "create_sing"}, "there is no operation create_sing"),
        ({"status": 429, "operation": "list_accounts"}, "list_accounts has no answer 429"),
        ({"effect": "explode"}, "effect"),
        ({"effect": "delay"}, "effect.seconds is required"),
        ({"status": {1, 2}}, "this is no JSON"),
    ],
    ids=["operation", "answer", "effect", "field", "no JSON"],
)
def test_a_rule_that_cannot_be_is_refused(tempolor_mock, rule, words):
    """In words that say what there is, when the rule is made and not when it should have hit."""
    with pytest.raises(MockRefusedError, match=words):
        tempolor_mock.fail_next(**rule)


@pytest.mark.parametrize("slots", [None, 1, 2, 5])
def test_the_next_order_to_a_full_account_is_refused(tempolor_mock, client, slots):
    """With the 429 that lists the jobs in the way; nothing of the filling stands in the journal."""
    filled = tempolor_mock.fill_account(max_jobs=slots)

    answer = client.post("/music/song", json={"prompt": "x"})

    assert answer.status_code == 429
    (running,) = answer.json()["runningJobs"].values()
    assert [each["job_id"] for each in running] == filled
    assert len(tempolor_mock.requests) == 1
    assert client.get("/scheduler/available").json()["available"][0]["maxJobs"] == (slots or 2)


def test_a_full_account_gets_free_with_time(tempolor_mock, client):
    """Its jobs are like any other ones."""
    tempolor_mock.fill_account()

    tempolor_mock.advance(PAST_EVERY_JOB)

    assert len(order(client)) == 2


def test_every_account_is_filled_unless_one_is_named(tempolor_mock, client):
    """An order that names none would find the free one."""
    tempolor_mock.add_account("111", max_jobs=2)
    tempolor_mock.add_account("222", max_jobs=3)

    first = tempolor_mock.fill_account("111")
    assert client.post("/music/song", json={"prompt": "x"}).status_code == 200

    assert len(first) == 2
    assert set(first) < set(tempolor_mock.fill_account())
    assert client.post("/music/song", json={"prompt": "x"}).status_code == 429


def test_accounts_have_what_they_are_given(tempolor_mock, client):
    """The id, the limit and the parameters; a ticket is not shown."""
    made = tempolor_mock.add_account("111", max_jobs=4, ucid="9", service_ticket="hush")

    shown = client.get("/accounts/111").json()
    assert (made, shown["maxJobs"]) == ("111", 4)
    assert shown["requestParams"] == {"ucid": "9", "service_ticket": "***", "user_id": "111"}


@pytest.mark.parametrize("call", ["add_account", "fill_account"])
def test_an_account_has_a_slot_at_least(tempolor_mock, call):
    """Fewer are refused, and so is an id that could not be part of another one."""
    with pytest.raises(MockRefusedError, match="max_jobs must be at least 1"):
        getattr(tempolor_mock, call)("111", max_jobs=0)
    with pytest.raises(MockRefusedError, match="user_id has incorrect format"):
        getattr(tempolor_mock, call)("1:1")


def test_requests_are_listed_as_they_were_sent(tempolor_mock, client):
    """Oldest first, with answers, jobs and what broke the contract, without secrets."""
    tempolor_mock.add_account()
    jobs = order(client)
    client.get("/music", params={"type": "nothing"})
    client.post("/music/midi?name=x", content=b"\x00\x01", headers={"content-type": "audio/midi"})
    client.get("/nowhere")

    ordered, listed, sent, lost = tempolor_mock.requests

    assert (ordered.number, ordered.at, ordered.operation_id) == (1, START, "create_song")
    assert (ordered.method, ordered.path, ordered.query) == ("POST", "/v1/tempolor/music/song", "")
    assert (ordered.status, ordered.body, ordered.job_ids) == (200, {"prompt": "A harbour ballad"}, tuple(jobs))
    assert ordered.answer["jobs"] == jobs
    assert ordered.headers["authorization"] == "Bearer user:12345-***"
    assert (listed.status, listed.query, len(listed.violations)) == (400, "type=nothing", 1)
    assert (sent.body, sent.body_size) == (None, 2)
    assert (lost.operation_id, lost.body, lost.status) == (None, None, 404)


def test_what_forced_an_answer_is_told(tempolor_mock, client):
    """By a rule, or by a header of the request."""
    tempolor_mock.fail_next()
    client.get("/accounts")
    client.get("/accounts", headers={"Prefer": "code=401"})

    assert [bool(each.forced) for each in tempolor_mock.requests] == [True, True]


def test_a_world_can_be_saved_and_restored(tempolor_mock, client):
    """With its jobs and its clock, as often as one likes."""
    tempolor_mock.add_account("111")
    (job, _) = order(client)
    tempolor_mock.advance(5)
    saved = tempolor_mock.snapshot()
    tempolor_mock.advance(PAST_EVERY_JOB)

    tempolor_mock.restore(json.loads(json.dumps(saved)))

    assert client.get(f"/music/{job}").json()["status_name"] == "GENERATING"
    assert tempolor_mock.clock.now == START + timedelta(seconds=5)
    with pytest.raises(MockRefusedError, match="Not a snapshot"):
        tempolor_mock.restore({"version": 99})


def test_a_reset_begins_again(tempolor_mock, client):
    """Nothing is left, the clock is where it began, and the same calls give the same ids."""
    tempolor_mock.add_account()
    tempolor_mock.fail_next(500, operation="list_accounts")
    first = order(client)
    tempolor_mock.advance(7)

    tempolor_mock.reset()

    assert (tempolor_mock.requests, tempolor_mock.clock.now) == ([], START)
    assert client.get("/accounts").status_code == 404
    tempolor_mock.add_account()
    assert order(client) == first


def test_the_clock_can_be_let_go_and_stopped(tempolor_mock):
    """At a speed, too."""
    clock = tempolor_mock.clock

    clock.resume(speed=50)
    running = (clock.frozen, clock.speed)
    clock.freeze()

    assert running == (False, 50)
    assert clock.frozen
    assert clock.now == clock.now


@pytest.mark.tempolor(frozen=False, speed=1000, start="2031-02-03T04:05:06+00:00")
def test_a_marker_says_how_the_clock_begins(tempolor_mock):
    """Running, at a speed, at a moment."""
    clock = tempolor_mock.clock

    assert (clock.frozen, clock.speed) == (False, 1000)
    assert timedelta() <= clock.now - datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC) < timedelta(days=1)


@pytest.mark.tempolor(start="now")
def test_a_clock_may_begin_at_the_real_moment(tempolor_mock):
    """For code that compares dates with its own clock."""
    assert abs(datetime.now(UTC) - tempolor_mock.clock.now) < timedelta(minutes=5)


class TestOptions:
    """The test's own marker wins over its class's, which wins over the fixture."""

    pytestmark = pytest.mark.tempolor(jobs_per_request=1, seed=3)

    @pytest.fixture
    def tempolor_mock_options(self):
        """What a conftest.py may set for many tests."""
        return {"jobs_per_request": 4, "job_seconds": 9}

    def test_a_marker_wins_over_the_fixture(self, tempolor_mock, client):
        """One job instead of four; what the marker does not say stays."""
        tempolor_mock.add_account()

        assert len(order(client)) == 1
        assert [each.at for each in tempolor_mock.advance(9).transitions] == [START + timedelta(seconds=9)]

    @pytest.mark.tempolor(jobs_per_request=3)
    def test_the_nearest_marker_wins(self, tempolor_mock, client):
        """Three jobs instead of one."""
        tempolor_mock.add_account()

        assert len(order(client)) == 3


def test_more_worlds_can_be_had_by_name(tempolor_mock, tempolor_mock_servers, client):
    """Another user's world is on the same server and knows nothing of this one."""
    other = tempolor_mock_servers.world("somebody else")
    tempolor_mock.add_account()

    assert other.url == tempolor_mock.url
    assert other.token != tempolor_mock.token
    assert client_of(httpx, other).get("/accounts").status_code == 404
    assert client.get("/accounts").status_code == 200


def test_clients_need_no_socket(tempolor_mock, library):
    """Orders and files alike, in either library."""
    tempolor_mock.add_account()
    client = client_of(library, tempolor_mock)
    job, _ = order(client)
    tempolor_mock.advance(PAST_EVERY_JOB)
    cover = client.get(f"/music/{job}").json()["cover"]

    answer = client.get(cover, headers={"Range": "bytes=0-7"})

    assert (answer.status_code, len(answer.content)) == (206, 8)
    assert client.head(cover).content == b""
    client.close()


@pytest.mark.anyio
async def test_asynchronous_clients_need_no_socket(tempolor_mock, library):
    """The world's own methods work beside them."""
    tempolor_mock.add_account()
    async with library.AsyncClient(
        base_url=tempolor_mock.api_url, headers=tempolor_mock.headers, transport=tempolor_mock.transport
    ) as client:
        answer = await client.post("/music/song", json={"prompt": "x"})

    assert answer.status_code == 200
    assert len(tempolor_mock.advance(PAST_EVERY_JOB).transitions) == 2


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"effect": "drop"}, "RemoteProtocolError"),
        ({"effect": "reset"}, "ReadError"),
        ({"effect": "delay", "seconds": 30}, "ReadTimeout"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["effect"],
)
def test_connections_end_without_a_socket_as_they_do_with_one(tempolor_mock, library, rule, error):
    """With the error the client's library has for it."""
    tempolor_mock.fail_next(**rule)

    with client_of(library, tempolor_mock, timeout=0.1) as client, pytest.raises(getattr(library, error)):
        client.get("/accounts")


@pytest.mark.anyio
async def test_asynchronous_connections_end_too(tempolor_mock, library):
    """A drop and a time that runs out."""
    tempolor_mock.fail_next(effect="drop")
    tempolor_mock.fail_next(effect="delay", seconds=30)
    async with library.AsyncClient(
        base_url=tempolor_mock.api_url, headers=tempolor_mock.headers, transport=tempolor_mock.transport, timeout=0.1
    ) as client:
        with pytest.raises(library.RemoteProtocolError):
            await client.get("/accounts")
        with pytest.raises(library.ReadTimeout):
            await client.get("/accounts")


@pytest.mark.anyio
async def test_the_application_works_on_any_loop(tempolor_mock):
    """Whatever speaks ASGI may call it; files included, which are made on the mock's own loop."""
    tempolor_mock.add_account()
    async with httpx.AsyncClient(
        base_url=tempolor_mock.api_url, headers=tempolor_mock.headers, transport=httpx.ASGITransport(tempolor_mock.app)
    ) as client:
        job = (await client.post("/music/song", json={"prompt": "x"})).json()["jobs"][0]
        await tempolor_mock.advance_async(PAST_EVERY_JOB)
        cover = (await client.get(f"/music/{job}")).json()["cover"]
        assert (await client.get(cover)).status_code == 200


@pytest.mark.anyio
async def test_the_applications_lifespan_is_answered(tempolor_mock):
    """And ends nothing: the server goes on."""
    events = iter(["lifespan.startup", "lifespan.shutdown"])
    sent = []

    async def receive():
        return {"type": next(events)}

    async def send(message):
        sent.append(message["type"])

    await tempolor_mock.app({"type": "lifespan"}, receive, send)

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert tempolor_mock.clock.frozen


def test_a_server_needs_no_pytest():
    """It lives as long as its context, with the options a marker has."""
    with MockServer(jobs_per_request=1) as server:
        world = server.world("user:7-me")
        world.add_account()
        ordered = httpx.post(f"{world.api_url}/music/song", json={"prompt": "x"}, headers=world.headers)
        with pytest.raises(ValueError, match="is no token"):
            server.world("me")

    assert len(ordered.json()["jobs"]) == 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
