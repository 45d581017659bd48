"""A world saved over HTTP and loaded again, here or elsewhere: it goes on as if nothing had happened."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from ..stores import STORES

SNAPSHOT = "http://mock/_mock/snapshot"
FAULTS = "http://mock/_mock/faults"


class Place:
    """An application with a store of its own, and clients of its worlds."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def another(self, token: str) -> Any:
        """Return a client of another world of the same application."""
        return type(self.client)(token, transport=self.client._transport, base_url=self.client.base_url)


@pytest.fixture
def place(new_client, place_of) -> Iterator[Callable[..., Place]]:
    """Start applications in this process: `place("sqlite")`."""
    opened = []

    def start(store: str = "memory", **settings: Any) -> Place:
        client = new_client("user:12345-alice", store=place_of(store, str(len(opened))), **settings)
        opened.append(client)
        return Place(client)

    yield start
    for client in opened:
        transport = client._transport
        transport._runner.run(transport._asgi.app.worlds.store.close())


@pytest.fixture
def lived_in(wav, mid):
    """Put something of every kind into a world, in every state."""

    def live(client):
        client.account("111", maxJobs=4)
        client.account("222", maxJobs=1)
        client.song(user_id="111", replyUrl="http://127.0.0.1:9/cb", replyRef="first")
        client.advance(60)
        client.post(
            "/music/midi", params={"name": "Theme", "user_id": "111"}, content=mid, headers=AS_MIDI
        ).raise_for_status()
        uploaded = client.get("/music/midi", params={"user_id": "111"}).json()["records"][0]["midiItemId"]
        client.post(
            "/music/cloned-voices", params={"name": "Alto", "user_id": "111"}, content=wav, headers=AS_WAV
        ).raise_for_status()
        client.song(user_id="111", midiItemId=uploaded)
        client.advance(3)
        client.control("faults", match={"prompt": "rain"}, effect={"kind": "job_stalls"}, times=1).raise_for_status()
        client.song("Rain in May", user_id="222", maxJobs=2)
        return client

    return live


AS_MIDI = {"Content-Type": "audio/midi"}
AS_WAV = {"Content-Type": "audio/wav"}


def told(client):
    """Return everything the API tells of a world, but for links, which are signed by its token."""
    queries = [("/music", {"type": "song"}), ("/music", {"type": "instrumental"}), ("/music/midi", {})]
    queries.append(("/music/cloned-voices", {}))
    listings = [client.get(path, params={"user_id": "111", **query}).json() for path, query in queries]
    told = [client.get("/accounts").json(), *listings, client.get("/scheduler/available").json()]
    return without_links(told)


def without_links(value):
    """Return a JSON value without links."""
    if isinstance(value, dict):
        return {name: without_links(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_links(each) for each in value]
    return "" if isinstance(value, str) and "/files/" in value else value


def saved(client):
    """Return a world's snapshot."""
    return client.get(SNAPSHOT).raise_for_status().json()


@pytest.mark.parametrize(("source", "target"), [*pairwise([*STORES, STORES[0]])])
def test_a_world_is_the_same_in_another_store(place, lived_in, source, target):
    """Whatever the API tells, and what happens next: the ids of new jobs, their titles and their ends."""
    first, second = lived_in(place(source).client), place(target).client
    second.put(SNAPSHOT, json=saved(first)).raise_for_status()

    assert told(second) == told(first)
    assert saved(second) == saved(first)
    assert second.song(user_id="222", maxJobs=9) == first.song(user_id="222", maxJobs=9)
    assert second.advance(60) == first.advance(60)
    assert second.delete(FAULTS).json() == first.delete(FAULTS).json()
    assert second.advance(60) == first.advance(60)
    assert told(second) == told(first)
    assert saved(second) == saved(first)


def test_files_come_along(place, lived_in, mid):
    """The uploaded MIDI file is there under its new link."""
    first, second = lived_in(place().client), place("sqlite").client
    second.put(SNAPSHOT, json=saved(first)).raise_for_status()

    link = second.get("/music/midi", params={"user_id": "111"}).json()["records"][0]["midiUrl"]
    assert second.get(link).content == mid


def test_music_on_a_file_that_is_none_cannot_be_had(place, lived_in):
    """Snapshots may be written by hand; uploads cannot be rubbish."""
    client = lived_in(place().client)
    snapshot = saved(client)
    blobs = {name: "cnViYmlzaA==" if name.startswith("midi/") else blob for name, blob in snapshot["blobs"].items()}
    client.put(SNAPSHOT, json=snapshot | {"blobs": blobs}).raise_for_status()
    client.advance(60)
    (based_on_it,) = (job["id"]["item_id"] for job in snapshot["jobs"][2:3])
    job_id = f"user:12345-tempolor:111-job:{based_on_it}"
    link = client.get(f"/music/download/{job_id}", params={"file_format": "wav"}).json()["url"]
    answer = client.get(link)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("What this piece is based on cannot be read: ")


def test_a_load_answers_what_was_loaded(place, lived_in):
    """And where the clock stands."""
    first, second = lived_in(place().client), place().client
    answer = second.put(SNAPSHOT, json=saved(first)).json()

    assert answer.pop("clock")["now"] == first.now_ms()
    assert answer == {"accounts": 2, "jobs": 6, "callbacks": 10, "midi": 1, "voices": 1, "faults": 1, "blobs": 2}


def test_loading_replaces_what_was_there(place, lived_in):
    """Nothing of the old world is left, not even its counters."""
    target = place()
    empty = saved(target.another("user:12345-bob"))
    lived_in(target.client)
    target.client.put(SNAPSHOT, json=empty).raise_for_status()

    after = saved(target.client)
    assert {**after, "clock": None} == {**empty, "clock": None}
    assert target.client.get("/accounts").status_code == 404


def test_other_worlds_are_left_alone(place, lived_in):
    """Only the world of the token sent is replaced."""
    target = place()
    other = lived_in(target.another("user:12345-bob"))
    before = saved(other)
    target.client.put(SNAPSHOT, json={**before, "jobs": [], "callbacks": []}).raise_for_status()

    assert saved(other) == before


def test_ids_get_the_number_of_the_user_who_loads(place, lived_in):
    """They work for that user, also where one names another."""
    source = place()
    first, second = lived_in(source.client), source.another("user:777-carol")
    second.put(SNAPSHOT, json=saved(first)).raise_for_status()

    jobs = second.get("/music", params={"type": "song", "user_id": "111"}).json()["records"]
    assert all(job["job_id"].startswith("user:777-tempolor:111-job:") for job in jobs)
    assert second.get(f"/music/{jobs[0]['job_id']}").status_code == 200
    second.advance(60)
    link = second.link(jobs[0]["job_id"], file_format="wav")
    assert second.head(link).status_code == 200
    assert "12345" not in json.dumps(saved(second)["jobs"])


def test_virtual_time_goes_on_where_it_was_saved(place, lived_in):
    """Also in a mock whose own clocks run."""
    first, second = lived_in(place().client), place(frozen=False, speed=5).client
    snapshot = saved(first)
    second.put(SNAPSHOT, json=snapshot).raise_for_status()

    assert second.now_ms() == first.now_ms() == snapshot["clock"]["now_ms"]
    assert second.control("clock/resume").json()["frozen"] is False


def test_neither_token_nor_secret_is_in_a_snapshot(place):
    """Not even those a client posted."""
    client = place().client
    secret = "ticket-0815"
    body = {"requestParams": {"user_id": "111", "service_ticket": secret}}
    client.post("/accounts", json=body).raise_for_status()
    text = client.get(SNAPSHOT).text

    assert secret not in text
    assert "alice" not in text
    assert "12345" not in text


def test_a_secret_written_into_a_snapshot_is_not_kept(place):
    """It is redacted like one that was posted."""
    client = place().client
    client.account("111")
    snapshot = saved(client)
    snapshot["accounts"][0]["request_params"]["service_ticket"] = "ticket-0815"
    client.put(SNAPSHOT, json=snapshot).raise_for_status()

    assert "ticket-0815" not in client.get(SNAPSHOT).text + client.get("/accounts").text


def test_an_account_of_any_name_comes_back(place):
    """Whatever may stand in an id."""
    client = place().client
    client.account("ü -job.1%20")
    client.song()
    before = saved(client)
    client.put(SNAPSHOT, json=before).raise_for_status()

    assert saved(client) == before


def test_a_snapshot_may_be_as_large_as_an_upload(place):
    """Files make it larger than any other JSON body may be; past the limit of uploads it gets the 413."""
    client = place(max_json_bytes=10_000, max_upload_bytes=3_000_000).client
    snapshot = saved(client)
    snapshot["blobs"]["stems/1"] = "QUJD" * 500_000

    assert client.put(SNAPSHOT, json=snapshot).json()["blobs"] == 1
    assert saved(client) == snapshot
    snapshot["blobs"]["stems/2"] = "QUJD" * 500_000
    assert client.put(SNAPSHOT, json=snapshot).status_code == 413


def test_worlds_can_begin_as_a_snapshot(place, lived_in, tmp_path):
    """Each token's own copy, and again after a reset."""
    first = lived_in(place().client)
    (tmp_path / "demo.json").write_text(json.dumps(saved(first)))
    target = place("sqlite", snapshot=tmp_path / "demo.json")
    bob = target.another("user:12345-bob")

    assert told(target.client) == told(bob) == told(first)
    bob.delete("/accounts/111")
    assert told(target.client) == told(first)
    bob.control("reset")
    assert told(bob) == told(first)


@pytest.mark.parametrize(
    ("given", "clock"),
    [
        ({"frozen": False}, (False, 3.0)),
        ({"frozen": True}, (True, 3.0)),
        ({"frozen": False, "speed": 9.0}, (False, 9.0)),
    ],
    ids=["as-saved", "stopped", "faster"],
)
def test_a_clock_that_was_asked_for_wins_over_the_saved_one(place, tmp_path, given, clock):
    """`--frozen` and `--speed` say how new worlds begin, with a snapshot too."""
    snapshot = saved(place().client)
    snapshot["clock"] |= {"frozen": False, "speed": 3.0}
    (tmp_path / "demo.json").write_text(json.dumps(snapshot))
    shown = place(snapshot=tmp_path / "demo.json", **given).client.get("http://mock/_mock/clock").json()

    assert (shown["frozen"], shown["speed"]) == clock


def test_health_tells_the_store(place):
    """By its name."""
    names = [place(store).client.get("http://mock/_mock/health").json()["store"] for store in STORES]

    assert names == STORES
