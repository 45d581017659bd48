"""`GET /_mock/metrics`, read by the library of Prometheus and checked by its own tool."""

import shutil
import sqlite3
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from tempolor_mock.domain.policy import Policy
from tempolor_mock.domain.room import Limits
from tempolor_mock.store import sqlite

from ..stores import STORES

CONTROL = {"X-Mock-Control-Token": "opensesame"}


def scrape(client, **headers):
    """Return the text of the metrics."""
    return client.get(client.base_url.join("/_mock/metrics"), headers=headers).raise_for_status().text


def samples(client):
    """Return every sample by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name.removeprefix("tempolor_mock_"), *map(sample.labels.get, sorted(sample.labels))): sample.value
        for family in parse_text(scrape(client))
        for sample in family.samples
    }


def test_requests_are_counted_by_operation_and_status(new_client):
    """Unknown paths have one name, and so have files: no client can make labels."""
    client = new_client(max_json_bytes=1 << 20)
    client.account()
    job_id = client.completed_song()
    client.get(f"/music/{job_id}")
    client.get("/music/nonsense")
    client.get("/a/b")
    client.get("/c/d")
    client.get(client.link(job_id)).raise_for_status()

    found = samples(client)
    assert {key[1:]: value for key, value in found.items() if key[0] == "requests_total"} == {
        ("create_account", "200"): 1,
        ("create_song", "200"): 1,
        ("advance_clock", "200"): 1,
        ("get_music", "200"): 1,
        ("get_music", "400"): 1,
        ("unknown", "404"): 2,
        ("download_music", "200"): 1,
        ("get_file", "200"): 1,
    }
    assert found["request_duration_seconds_count", "get_music"] == 2
    assert found["request_duration_seconds_bucket", "+Inf", "get_music"] == 2
    assert 0 < found["request_duration_seconds_sum", "get_music"] < 2


@pytest.mark.parametrize("store", STORES)
def test_jobs_are_counted_by_what_became_of_them(new_client, place_of, store):
    """Whatever the store, and once: whoever finds a job at its end counts it, looking on by polls or by an advance."""
    client = new_client(policy=Policy(fail_rate=1.0), store=place_of(store))
    client.account()
    client.song()
    client.advance(60)
    client.get("/music/nonsense")
    client.get("/accounts")

    found = samples(client)
    assert {key[1]: value for key, value in found.items() if key[0] == "jobs_total"} == {
        "started": 2,
        "completed": 0,
        "failed": 2,
    }
    assert (found["worlds",], found["store_up",]) == (1, 1)
    assert (found["store_transaction_seconds_count",] > 0) is (store != "memory")


def test_callbacks_are_counted_by_outcome_and_attempts_by_answer(new_client):
    """One that nobody takes is tried again, and given up."""
    client = new_client(policy=Policy(callback_backoff_seconds=(1.0,)))
    client.account()
    client.song(replyUrl="http://127.0.0.1:9/nobody")
    client.advance(60)

    found = samples(client)
    callbacks = len(client.get("http://mock/_mock/callbacks?limit=1000").json()["callbacks"])
    assert found["callbacks_total", "failed"] == callbacks
    assert found["callback_attempts_total", "error"] == 2 * callbacks


def test_every_bound_that_is_reached_is_counted(new_client):
    """By name, so that an alert can say which option to turn."""
    policy = Policy(total_generations=2, world_bytes=3_000)
    client = new_client(policy=policy, max_json_bytes=2_000, limits=Limits(worlds=2), journal_bytes=20_000)
    client.account()
    client.song()
    client.post("/music/song", json={"prompt": "One too many"})
    client.post("/music/song", json={"prompt": "x" * 3_000})
    for number in range(5):
        client.post("/accounts", json={"requestParams": {"user_id": str(number), "text": "x" * 900}})
    for number in range(2):
        client.get("/accounts", headers={"Authorization": f"Bearer user:{number}-other"})

    found = {key[1]: value for key, value in samples(client).items() if key[0] == "bounds_reached_total" and value}
    assert found.pop("journal") > 0
    assert found == {"generations": 1, "body": 1, "world_bytes": 4, "worlds": 1}


def test_statuses_that_nobody_knows_share_a_label(new_client):
    """A fault rule can answer any status; two hundred of them make no two hundred series."""
    client = new_client(policy=Policy())
    for status in (471, 472, 473, 418):
        client.control("faults", effect={"kind": "status", "status": status, "text": "odd"}, times=1)
    for _ in range(4):
        client.get("/accounts")

    found = samples(client)
    assert (found["requests_total", "list_accounts", "other"], found["requests_total", "list_accounts", "418"]) == (
        3,
        1,
    )


def test_the_control_token_is_wanted_and_may_come_as_a_bearer_token(new_client):
    """Prometheus sends no header of another name before its version 3; neither token opens anything else so."""
    client = new_client("user:1-known", control_token="opensesame")
    url = "http://mock/_mock/metrics"

    statuses = [
        client.get(url, headers=headers).status_code
        for headers in (
            CONTROL,
            {"Authorization": "Bearer opensesame"},
            {"Authorization": "Bearer user:1-known"},
            {"X-Mock-Control-Token": "wrong", "Authorization": "Bearer opensesame"},
        )
    ]
    assert statuses == [200, 200, 401, 401]
    assert client.get("http://mock/_mock/worlds", headers={"Authorization": "Bearer opensesame"}).status_code == 401


def test_openmetrics_is_there_for_whoever_accepts_it(client):
    """Both formats hold the same, and no label tells a token."""
    answer = client.get("http://mock/_mock/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    names = {family.name for family in parse_openmetrics(answer.text)}
    assert {"tempolor_mock_requests", "tempolor_mock_build_info", "process_resident_memory_bytes"} <= names
    assert client.api_token not in answer.text
    assert 'tempolor_mock_build_info{revision="2025-05",store="memory",version="' in answer.text


def test_a_store_that_is_away_is_told(new_client, tmp_path, monkeypatch):
    """Everything else is there all the same."""
    monkeypatch.setattr(sqlite, "LONGEST_WAIT_SECONDS", 0.01)
    client = new_client(store=f"sqlite:{tmp_path / 'worlds.db'}")
    client.get("/accounts")
    blocker = sqlite3.connect(tmp_path / "worlds.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    found = samples(client)
    blocker.close()

    assert (found["store_up",], ("worlds",) in found) == (0, False)
    assert found["requests_total", "list_accounts", "404"] == 1


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian's prometheus) is not installed")
def test_promtool_finds_nothing_to_say(client):
    """Names, units and help texts are as Prometheus wants them."""
    client.account()
    client.song()
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=scrape(client), capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")
