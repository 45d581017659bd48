"""Snapshots that were written by hand, or by another version: a 400 that says what is wrong and where."""

import copy
import json

import pytest

SNAPSHOT = "http://mock/_mock/snapshot"


@pytest.fixture
def client(client, mid):
    """A world with an account, two songs with a `replyUrl`, a MIDI file and a fault rule."""
    client.account("111")
    client.song(replyUrl="http://127.0.0.1:9/cb")
    client.advance(10)
    client.post(
        "/music/midi", params={"name": "Theme"}, content=mid, headers={"Content-Type": "audio/midi"}
    ).raise_for_status()
    client.control("faults", effect={"kind": "delay", "seconds": 5}).raise_for_status()
    return client


def at(*path):
    """Return what changes a value in a snapshot: `at("jobs", 0, "number")(snapshot, 5)`."""

    def change(snapshot, value):
        for step in path[:-1]:
            snapshot = snapshot[step]
        if value is GONE:
            del snapshot[path[-1]]
        else:
            snapshot[path[-1]] = value

    return change


GONE = object()
JOB = ("jobs", 0)


@pytest.mark.parametrize(
    ("change", "value", "error"),
    [
        (at("format"), GONE, "Expected 'tempolor-mock/world', got None - at `$.format`"),
        (at("format"), "mockoon", "Expected 'tempolor-mock/world', got 'mockoon' - at `$.format`"),
        (at("version"), 3, "This mock reads the versions 1 and 2, not 3 - at `$.version`"),
        (at("version"), "1", "This mock reads the versions 1 and 2, not '1' - at `$.version`"),
        (
            at(*JOB, "recorded"),
            {"item": [], "at_ms": 5},
            "Expected `object`, got `array` - at `$.jobs[0].recorded.item`",
        ),
        (at("version"), True, "Expected `int`, got `bool` - at `$.version`"),
        (at("jobs"), GONE, "Object missing required field `jobs`"),
        (at("jobs"), {}, "Expected `array`, got `object` - at `$.jobs`"),
        (at("weather"), [], "Object contains unknown field `weather`"),
        (at(*JOB, "colour"), "red", "Object contains unknown field `colour` - at `$.jobs[0]`"),
        (at(*JOB, "number"), "1", "Expected `int`, got `str` - at `$.jobs[0].number`"),
        (at(*JOB, "number"), 0, "Expected `int` >= 1 - at `$.jobs[0].number`"),
        (at(*JOB, "number"), 2, "2 is there twice - at `$.jobs[1].number`"),
        (at(*JOB, "number"), 99, "Expected at most `counters.jobs`, which is 2 - at `$.jobs[0].number`"),
        (at(*JOB, "number"), 2**60, "Expected `int` <= 9007199254740991 - at `$.jobs[0].number`"),
        (at(*JOB, "kind"), "opera", "Invalid enum value 'opera' - at `$.jobs[0].kind`"),
        (at(*JOB, "id", "item_id"), "a:b", "Expected `str` matching regex"),
        (at(*JOB, "request", "cloned_voice_id"), "user:1-tempolor:1-voice:a/b", "Expected `str` matching regex"),
        (at(*JOB, "request", "midi_id"), "user:1-tempolor:1/2-midi:a", "Expected `str` matching regex"),
        (at(*JOB, "created_ms"), 10**18, "Expected `int` <= 250000000000000 - at `$.jobs[0].created_ms`"),
        (at(*JOB, "plan", "steps"), [], "Expected `array` of length >= 2 - at `$.jobs[0].plan.steps`"),
        (at(*JOB, "plan", "steps", 1, "status"), 7, "Invalid enum value 7 - at `$.jobs[0].plan.steps[1].status`"),
        (
            at(*JOB, "plan", "steps", 1, "status"),
            30,
            "Expected a final status in the last step and in no other - at `$.jobs[0].plan.steps`",
        ),
        (
            at(*JOB, "plan", "steps", 1, "age_ms"),
            10**9,
            "Expected ages that begin with 0 and do not fall - at `$.jobs[0].plan.steps`",
        ),
        (
            at(*JOB, "plan", "steps", 0, "age_ms"),
            1,
            "Expected ages that begin with 0 and do not fall - at `$.jobs[0].plan.steps`",
        ),
        (at("counters"), {}, "Expected at most `counters.jobs`, which is 0 - at `$.jobs[0].number`"),
        (
            at(*JOB, "settled_steps"),
            6,
            "Expected a step of the plan, and not the last one of a job that is active - at `$.jobs[0].settled_steps`",
        ),
        (at(*JOB, "material", "seconds"), 10**9, "Expected `int` <= 600 - at `$.jobs[0].material.seconds`"),
        (
            at(*JOB, "material", "key"),
            "H:dur",
            "Expected `str` matching regex '^[A-G][#b]?:(major|minor)$' - at `$.jobs[0].material.key`",
        ),
        (at("callbacks", 0, "step"), 6, "Expected a step of the job's plan - at `$.callbacks[0].step`"),
        (
            at("callbacks", 0, "job_id", "item_id"),
            "other",
            "Expected a job of this snapshot - at `$.callbacks[0].job_id`",
        ),
        (at("callbacks", 0, "outcome"), "lost", "Invalid enum value 'lost' - at `$.callbacks[0].outcome`"),
        (at("clock", "speed"), 0, "Expected `float` >= 0.001 - at `$.clock.speed`"),
        (at("clock", "now_ms"), -1, "Expected `int` >= 0 - at `$.clock.now_ms`"),
        (at("counters", "jobs"), -1, "Expected `int` >= 0 - at `$.counters[...]`"),
        (at("blobs"), {}, "Object missing required field `midi/"),
        (at("blobs", "stems/1"), "no base64!", "Invalid base64 encoded string - at `$.blobs[...]`"),
        (at("faults", 0, "effect", "kind"), "rain", "Invalid enum value 'rain' - at `$.faults[0].effect.kind`"),
        (
            at("faults", 0, "effect"),
            {"kind": "delay"},
            "Object missing required field `seconds` - at `$.faults[0].effect`",
        ),
        (at("faults", 0, "probability"), 2, "Expected `float` <= 1.0 - at `$.faults[0].probability`"),
        (at("accounts", 0, "max_jobs"), 0, "Expected `int` >= 1 - at `$.accounts[0].max_jobs`"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_changed(client, change, value, error):
    """The first mistake, in the envelope of every refusal."""
    before = client.get(SNAPSHOT).json()
    snapshot = copy.deepcopy(before)
    change(snapshot, value)
    refusal = client.put(SNAPSHOT, json=snapshot)

    assert refusal.status_code == 400
    assert refusal.json()["error"].startswith(f"Not a snapshot of a world: {error}")
    assert client.get(SNAPSHOT).json() == before


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("callbacks", {"step": 5}),
        ("callbacks", {"outcome": "failed", "job_id": {"user_id": "111", "item_id": "deleted"}}),
        ("jobs", {"settled_steps": 5}),
        ("jobs", {"settled_steps": 6, "active": False}),
    ],
    ids=["last-step", "finished-callback-of-no-job", "last-step-ahead", "settled"],
)
def test_what_just_fits_is_no_mistake(client, part, changes):
    """To the last step of a plan, and beyond the life of a job."""
    snapshot = client.get(SNAPSHOT).json()
    snapshot[part][0] |= changes

    assert client.put(SNAPSHOT, json=snapshot).status_code == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("[]", "Request body must be a JSON object"),
        ("null", "Request body must be a JSON object"),
        ("{", "Request body is not valid JSON"),
        ("", "Not a snapshot of a world: Expected 'tempolor-mock/world', got None - at `$.format`"),
        (json.dumps({"format": ["x"]}), "Not a snapshot of a world: Expected 'tempolor-mock/world', got ['x']"),
    ],
)
def test_a_body_that_is_no_snapshot_at_all_is_refused(client, body, error):
    """Whatever it is."""
    refusal = client.put(SNAPSHOT, content=body, headers={"Content-Type": "application/json"})

    assert refusal.status_code == 400
    assert refusal.json()["error"].startswith(error)


def test_a_snapshot_needs_a_token(client):
    """There is no world without one."""
    for method in ("GET", "PUT"):
        refusal = client.request(method, SNAPSHOT, headers={"Authorization": "", "Content-Type": "application/json"})
        assert refusal.status_code == 401
