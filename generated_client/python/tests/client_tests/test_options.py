"""What can be said to a client and to a call, and what is refused."""

import inspect

import httpx
import httpx2
import pytest
from tempolor_client import AsyncTemPolor, TemPolor, errors

from .conftest import JOB, TOKEN
from .hostile import answer, error, html

TAKEN = answer(200, {"jobs": [JOB]})
EMPTY = answer(200, {"records": []})

MISSPELT = [
    (lambda client: client.songs.create("Rain", lyric="la"), "lyric.*did you mean 'lyrics'.*extra="),
    (lambda client: client.songs.create("Rain", timeuot=1), "did you mean 'timeout'"),
    (lambda client: client.songs.create_and_wait("Rain", lyric="la"), "did you mean 'lyrics'"),
    (lambda client: client.instrumentals.create("Calm", BPM=72), "did you mean 'bpm'"),
    (lambda client: client.music.list(kinds="song"), "did you mean 'kind'"),
    (lambda client: client.music.get(JOB, retries=1), "did you mean 'max_retries'"),
    (lambda client: client.music.download(JOB, "x", options={"time": 1}), "did you mean 'timeout'"),
    (lambda client: client.voices.clone(b"ID3", title="x"), "clone.*'title'"),
    (lambda client: client.midi.upload(b"MThd", nam="x"), "did you mean 'name'"),
    (lambda client: client.stems.split(b"ID3", name="x"), "split.*'name'"),
    (lambda client: client.voices.list(account="x"), "list.*'account'"),
    (lambda client: client.accounts.create({}, maxJobs=3), "did you mean 'max_jobs'"),
    (lambda client: client.operations.list_accounts(nonsense=1), "list_accounts.*'nonsense'"),
    (lambda client: client.request("GET", "/x", param={}), "did you mean 'params'"),
]


@pytest.mark.parametrize(("call", "words"), MISSPELT, ids=[words for _, words in MISSPELT])
def test_a_misspelt_keyword_is_an_error_before_anything_is_sent(run, hostile, call, words):
    """It would order another song than was meant; the message names the nearest one."""
    with pytest.raises(TypeError, match=words):
        run(call)

    assert hostile.requests == []


def test_every_call_of_the_document_refuses_a_keyword_it_does_not_know(run, hostile):
    """All 21, by the one door that they have."""
    calls = [name for name in dir(TemPolor("user:1-x", base_url=hostile.url).operations) if not name.startswith("_")]
    arguments = {"body": {}, "content_type": "audio/wav", "name": "x"}
    refused = []
    for name in calls:

        def call(client, name=name):
            method = getattr(client.operations, name)
            known = inspect.signature(method).parameters
            ids = ["user:1-x" for each in known.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
            given = {key: _body(value) for key, value in arguments.items() if key in known}
            return method(*ids, **given, nonsense=1)

        with pytest.raises(TypeError, match="nonsense"):
            run(call)
        refused.append(name)

    assert len(refused) == 21
    assert hostile.requests == []


class _body:  # noqa: N801 - stands for any body
    def __init__(self, value):
        self.value = value

    def to_dict(self):
        return {}


def test_extra_is_the_door_for_new_fields(run, hostile):
    """Whatever the service learns next."""
    hostile.then(TAKEN)

    run(lambda client: client.songs.create("Rain", extra={"mood": "calm"}))

    assert hostile.requests[0].json == {"prompt": "Rain", "mood": "calm"}


def test_a_client_with_other_options_shares_the_connections(run, hostile):
    """And leaves the first one as it was; closing it closes nothing."""
    hostile.always(answer(200, []))

    def calls(client):
        other = client.with_options(token="user:9-other", headers={"X-A": "1"}, timeout=5, max_retries=0)
        if run.kind == "sync":
            other.scheduler.running()
            other.close()
            return client.scheduler.running()

        async def both():
            await other.scheduler.running()
            await other.aclose()
            return await client.scheduler.running()

        return both()

    run(calls, headers={"X-B": "2"})

    first, second = hostile.requests
    assert (first.headers["authorization"], first.headers["x-a"], first.headers["x-b"]) == (
        "Bearer user:9-other",
        "1",
        "2",
    )
    assert (second.headers["authorization"], "x-a" in second.headers) == (f"Bearer {TOKEN}", False)
    assert hostile.all_connections == 1


def test_other_options_are_checked_as_the_first_ones(run):
    """Misspelt ones, numbers that are none, tokens that are none."""
    for options, kind in [
        ({"retries": 1}, TypeError),
        ({"busy_timeout": -1}, ValueError),
        ({"token": " "}, ValueError),
    ]:
        with pytest.raises(kind):
            run(lambda client, options=options: client.with_options(**options))


def test_a_call_nobody_knows_yet_can_be_made(run, hostile):
    """With the token, the query, JSON both ways, and the errors of all calls."""
    hostile.then(answer(200, {"new": 1}), answer(204), error(400, "name is required"), html(200))

    found = run(lambda client: client.request("post", "/music/remix", params={"a": "b c"}, json={"x": None}))
    nothing = run(lambda client: client.request("DELETE", f"/music/{JOB}"))

    assert (found.status, found.parsed, nothing.parsed) == (200, {"new": 1}, None)
    assert hostile.lines == ["POST /v1/tempolor/music/remix?a=b%20c", f"DELETE /v1/tempolor/music/{JOB}"]
    assert hostile.requests[0].json == {"x": None}
    assert hostile.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    with pytest.raises(errors.BadRequestError, match="Add it to the call"):
        run(lambda client: client.request("PUT", "/music/remix"))
    assert run(lambda client: client.request("GET", "/page")).parsed is None


def test_a_file_can_be_sent_to_a_call_nobody_knows_yet(run, hostile):
    """All of it, with its media type."""
    hostile.then(answer(200, {}))

    run(lambda client: client.request("POST", "/music/covers", file=b"PNG", media_type="image/png"))

    assert (hostile.requests[0].body, hostile.requests[0].headers["content-type"]) == (b"PNG", "image/png")


def test_an_unknown_call_that_may_order_something_is_not_sent_twice(run, hostile):
    """Only methods that read or delete are."""
    hostile.always(error(503, "x"))

    for method, times in [("POST", 1), ("PUT", 1), ("PATCH", 1), ("GET", 5)]:
        hostile.requests.clear()
        with pytest.raises(errors.ServerError):
            run(lambda client, method=method: client.request(method, "/x"))
        assert (method, len(hostile.requests)) == (method, times)


@pytest.mark.parametrize(
    "path", ["music", "", "//elsewhere/x/../y", "/a/../b", "/a?b=c", "http://elsewhere/", "/a#b", "/a b"]
)
def test_a_path_that_leads_elsewhere_is_refused(run, hostile, path):
    """The token would go with it."""
    with pytest.raises(errors.ConfigurationError, match="is no path below base_url"):
        run(lambda client: client.request("GET", path))

    assert hostile.requests == []


def test_an_http_client_of_ones_own_sends_everything_and_stays_open(run):
    """With its own headers; the token goes to the API alone."""
    seen = []

    def handler(request):
        seen.append(request)
        if request.url.host == "files":
            return httpx2.Response(200, content=b"song")
        return httpx2.Response(200, json={"url": "http://files/song"})

    kind = httpx2.Client if run.kind == "sync" else httpx2.AsyncClient
    own = kind(headers={"X-Mine": "1"}, transport=httpx2.MockTransport(handler))

    assert run(lambda client: client.music.file(JOB).read(), http_client=own) == b"song"

    assert not own.is_closed
    assert [(each.headers["x-mine"], "authorization" in each.headers) for each in seen] == [("1", True), ("1", False)]


@pytest.mark.parametrize("client", [TemPolor, AsyncTemPolor])
def test_an_http_client_of_another_kind_is_refused(client):
    """The older library has classes of the same names; and the two kinds of ours do not mix."""
    other = httpx2.AsyncClient if client is TemPolor else httpx2.Client

    for wrong in (httpx.Client, other):
        with pytest.raises(TypeError, match=r"has to be an httpx2\.(Async)?Client, not a"):
            client("user:1-x", http_client=wrong.__new__(wrong))


def test_a_timeout_can_be_a_number_or_say_each_part(run, hostile):
    """Of the client, or of one call."""
    seen = []

    def handler(request):
        seen.append(request.extensions["timeout"])
        return httpx2.Response(200, json=[])

    transport = httpx2.MockTransport(handler)
    parts = httpx2.Timeout(connect=1, read=2, write=3, pool=4)

    run(lambda client: client.scheduler.running(), transport=transport, timeout=parts)
    run(lambda client: client.scheduler.running(timeout=7), transport=transport, timeout=parts)
    run(lambda client: client.scheduler.running(timeout=httpx.Timeout(5, read=None)), transport=transport)

    assert seen == [
        {"connect": 1, "read": 2, "write": 3, "pool": 4},
        {"connect": 7, "read": 7, "write": 7, "pool": None},
        {"connect": 5, "read": None, "write": 5, "pool": 5},
    ]


@pytest.mark.parametrize("number", [-1, float("nan")])
@pytest.mark.parametrize("name", ["timeout", "max_retries", "busy_timeout"])
def test_a_number_below_0_or_none_at_all_is_refused(run, hostile, name, number):
    """A wait until nan has no end."""
    with pytest.raises(errors.ConfigurationError, match=f"{name} has to be 0 or more"):
        run(lambda client: client.scheduler.running(), **{name: number})
    with pytest.raises(errors.ConfigurationError, match=f"{name} has to be 0 or more"):
        run(lambda client: client.scheduler.running(**{name: number}))

    assert hostile.requests == []


def test_a_wait_until_nan_is_refused(run, hostile):
    """Before anything is asked."""
    for options in ({"timeout": float("nan")}, {"timeout": -1}, {"poll_interval": float("nan")}):
        with pytest.raises(errors.ConfigurationError):
            run(lambda client, options=options: client.music.wait(JOB, **options))

    assert hostile.requests == []
