"""The control plane: health, reset, clock."""

import pytest
from tempolor_spec import __version__

START_MS = 1_747_731_600_125


def read_clock(client):
    """Return the world's clock."""
    return client.get("http://mock/_mock/clock").json()


def test_health_needs_no_token_and_names_the_instance(new_client):
    """`instance` tells one mock from another."""
    answers = []
    for _ in range(2):
        client = new_client(frozen=True)
        del client.headers["Authorization"]
        answers.append(client.get("http://mock/_mock/health").json())

    assert [(each["version"], each["store"]) for each in answers] == [(__version__, "memory")] * 2
    assert answers[0]["instance"] != answers[1]["instance"]


@pytest.mark.parametrize("path", ["health", "health/", "clock", "clock/"])
def test_control_calls_take_a_trailing_slash_too(client, path):
    """Alike with and without."""
    assert client.get(f"http://mock/_mock/{path}").status_code == 200


def test_a_new_world_shows_real_time(client):
    """The moment of the first call is where its clock begins."""
    assert read_clock(client) == {"now": START_MS, "nowUTC": "2025-05-20T09:00:00.125Z", "speed": 1.0, "frozen": True}


def test_the_clock_is_stopped_and_resumed(client):
    """Each call answers the clock as it is then."""
    resumed = client.control("clock/resume").json()
    frozen = client.control("clock/freeze").json()

    assert (resumed["frozen"], frozen["frozen"]) == (False, True)
    assert resumed["now"] == frozen["now"] == START_MS


def test_the_clocks_speed_can_be_set(client):
    """It stays frozen; only the speed changes."""
    answer = client.control("clock/speed", factor=60).json()

    assert (answer["speed"], answer["frozen"], answer["now"]) == (60.0, True, START_MS)


def test_advancing_answers_the_jobs_that_ended_in_order(client):
    """Id, moment and final status of each; then nothing more happens."""
    client.account("111")
    jobs = client.song()

    answer = client.control("clock/advance", seconds=60).json()

    assert answer["clock"]["now"] == START_MS + 60_000
    assert sorted(each["job_id"] for each in answer["transitions"]) == sorted(jobs)
    assert [each["at"] for each in answer["transitions"]] == sorted(each["at"] for each in answer["transitions"])
    assert {each["status"] for each in answer["transitions"]} == {"COMPLETED"}
    assert client.advance(60) == []


@pytest.mark.parametrize(("seconds", "moved_ms"), [(0, 0), (0.001, 1), (1.5, 1_500), (315_360_000, 315_360_000_000)])
def test_the_clock_moves_by_what_was_asked(client, seconds, moved_ms):
    """From a millisecond to ten years."""
    client.advance(seconds)

    assert read_clock(client)["now"] == START_MS + moved_ms


def test_advancing_again_and_again_reaches_no_moment_that_cannot_be_shown(client, refused):
    """A clock at the end of the calendar refuses to go on; it does not break."""
    for _ in range(900):
        answer = client.control("clock/advance", seconds=315_360_000)
        if answer.status_code != 200:
            break

    refused(answer, 400, "The clock cannot be moved beyond the year 9000; reset the world to begin again")
    assert read_clock(client)["nowUTC"].startswith("899")


@pytest.mark.parametrize(
    ("call", "body", "text"),
    [
        ("clock/advance", {}, "Parameter seconds is required"),
        ("clock/advance", {"seconds": "9"}, "seconds has incorrect format"),
        ("clock/advance", {"seconds": True}, "seconds has incorrect format"),
        ("clock/advance", {"seconds": None}, "seconds has incorrect format"),
        ("clock/speed", {}, "Parameter factor is required"),
        ("clock/speed", {"factor": "x"}, "factor has incorrect format"),
        ("reset", {"all": "yes"}, 'all: value is not of type "boolean"'),
        ("reset", {"All": True}, "All: not known. Known here: all"),
    ],
)
def test_a_control_call_with_a_wrong_body_is_a_400(client, refused, call, body, text):
    """In the same envelope as the service's, and what can be mistaken for another call is explained."""
    refused(client.control(call, **body), 400, text)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("clock/advance", {"seconds": -1}),
        ("clock/advance", {"seconds": -0.001}),
        ("clock/advance", {"seconds": 1e300}),
        ("clock/speed", {"factor": 0}),
        ("clock/speed", {"factor": -1}),
        ("clock/speed", {"factor": 1e9}),
    ],
)
def test_numbers_out_of_range_leave_the_clock_alone(client, call, body):
    """Time never runs backwards, and never faster than the mock can follow."""
    before = read_clock(client)

    answer = client.control(call, **body)

    assert answer.status_code == 400
    assert next(iter(body)) in answer.json()["error"]
    assert read_clock(client) == before


@pytest.mark.parametrize("call", ["clock/freeze", "clock/resume", "clock/advance", "clock/speed", "reset"])
def test_control_calls_on_a_world_need_its_token(client, refused, call):
    """Without one there is no world to act on."""
    del client.headers["Authorization"]

    body = {} if call == "reset" else {"seconds": 1, "factor": 1}
    refused(client.control(call, **body), 401, "Unauthorized")


@pytest.mark.parametrize("call", ["health", "reset", "clock/advance"])
def test_a_control_call_with_the_wrong_method_is_a_405(client, refused, call):
    """With `Allow`, like the service's paths."""
    answer = client.put(f"http://mock/_mock/{call}")

    refused(answer, 405, "Method Not Allowed")
    assert answer.headers["allow"] in {"GET, HEAD", "POST"}


def test_a_reset_without_a_body_empties_the_own_world(client):
    """`curl -X POST` sends none."""
    client.account("111")

    answer = client.post("http://mock/_mock/reset")

    assert (answer.status_code, answer.json()) == (200, {"worlds": 1})
    assert client.get("/accounts").status_code == 404


def test_a_reset_of_all_needs_no_token(new_client):
    """It empties every world of the mock, and says how many there were."""
    client = new_client("user:1-a", frozen=True)
    other = client.anonymous()
    client.account("111")
    other.get("http://mock/v1/tempolor/scheduler", headers={"Authorization": "Bearer user:2-b"})

    answer = other.post("http://mock/_mock/reset", json={"all": True})

    assert answer.json() == {"worlds": 2}
    assert client.get("/accounts").status_code == 404
    assert other.post("http://mock/_mock/reset", json={"all": True}).json() == {"worlds": 1}


def test_resetting_a_world_nobody_used_is_no_error(client):
    """There was nothing to empty."""
    assert client.control("reset").json() == {"worlds": 0}


@pytest.mark.parametrize("call", ["clock/freeze", "clock/advance", "reset"])
@pytest.mark.parametrize("given", [None, "", "wrong", "très-secret"], ids=["none", "empty", "wrong", "not-ascii"])
def test_a_control_token_is_asked_for_where_one_is_set(new_client, refused, call, given):
    """The API token alone does not turn anybody's clock."""
    client = new_client(control_token="secret")
    headers = {} if given is None else {"X-Mock-Control-Token": given.encode()}

    answer = client.post(f"http://mock/_mock/{call}", json={"seconds": 1}, headers=headers)

    refused(answer, 401, "Unauthorized")


def test_the_right_control_token_opens_the_control_plane(new_client):
    """Beside the API token, or alone for a reset of all."""
    client = new_client(control_token="secret")
    client.headers["X-Mock-Control-Token"] = "secret"

    assert client.control("clock/advance", seconds=1).status_code == 200
    del client.headers["Authorization"]
    assert client.control("reset", all=True).status_code == 200


def test_health_and_the_service_ask_for_no_control_token(new_client):
    """Readiness is for everybody, and the service's own paths know no such header."""
    client = new_client(control_token="secret")

    assert client.get("http://mock/_mock/health").status_code == 200
    assert client.get("/scheduler").status_code == 200


KNOWN, OTHER = "user:1-known", "user:2-other"
OWN_WORLD_ONLY = (
    "This mock was started with --token and without --control-token: "
    "control calls reach the world of the API token they carry, and no other"
)


@pytest.fixture
def two(new_client):
    """A mock that knows two tokens, both of which have been used; a client of the first."""
    client = new_client(KNOWN, tokens=(KNOWN, OTHER))
    client.account()
    client.get("/accounts", headers={"Authorization": f"Bearer {OTHER}"})
    return client


def handles(client, **headers):
    """Return the worlds that are listed, by their tokens."""
    worlds = client.get(client.base_url.join("/_mock/worlds"), headers=headers).raise_for_status().json()["worlds"]
    return {each["token"]: each["handle"] for each in worlds}


def test_where_tokens_are_secrets_a_token_shows_its_own_world_only(two, refused):
    """Whoever reaches the port sees nothing of it, and empties nothing."""
    assert list(handles(two)) == ["user:1-***"]
    assert two.anonymous().get(two.base_url.join("/_mock/worlds")).json() == {"worlds": []}
    refused(two.control("reset", all=True), 401, OWN_WORLD_ONLY)


def test_where_tokens_are_secrets_a_handle_needs_its_token(two, refused):
    """Handles stand in links, which are passed on."""
    mine = handles(two)["user:1-***"]
    world = two.base_url.join("/_mock/world")

    assert two.get(world, headers={"X-Mock-World": mine}).json()["handle"] == mine
    refused(two.anonymous().get(world, headers={"X-Mock-World": mine}), 401, OWN_WORLD_ONLY)
    foreign = {"X-Mock-World": mine, "Authorization": f"Bearer {OTHER}"}
    refused(two.get(world, headers=foreign), 401, OWN_WORLD_ONLY)


def test_a_control_token_reaches_every_world(new_client):
    """Then the list has them all, as without a list of tokens."""
    client = new_client(KNOWN, tokens=(KNOWN, OTHER), control_token="key")
    for token in (KNOWN, OTHER):
        client.get("/accounts", headers={"Authorization": f"Bearer {token}"})

    assert list(handles(client, **{"X-Mock-Control-Token": "key"})) == ["user:1-***", "user:2-***"]


def test_a_mock_that_is_alive_says_so_without_its_store(client):
    """Which process it is, too."""
    health, liveness = (client.get(f"http://mock/_mock/{path}").json() for path in ("health", "health/live"))

    assert (health["live"], health["ready"]) == (True, True)
    assert liveness == {"instance": health["instance"], "version": health["version"], "live": True}
