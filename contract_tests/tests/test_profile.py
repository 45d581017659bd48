"""What is measured of a service, a mock plays; and what it plays is measured again."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from recorder import START_MS, Recorder
from stories import JOB, busy, call, error, music, order, read
from tempolor_contract.cli.drift import drift_command
from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_mock import Settings, create_app
from tempolor_mock.profile import with_profile

PROFILE = """
format = "tempolor-profile"
version = 1

[jobs]
per_request = 2
fail_rate = 0.3

[[jobs.seconds]]
operation = "create_song"
model = "v3.5"
quantiles = [4.0, 5.0, 12.0]

[[jobs.seconds]]
operation = "create_instrumental"
quantiles = [3.0]

[[jobs.progress]]
percent = 30
share = [0.4, 0.5]

[[jobs.progress]]
percent = 90
share = [0.7, 0.8]

[download_lag]
quantiles = [1.0, 2.0]

[callbacks.spacing]
quantiles = [1.0, 1.5]

[callbacks.retries]
pauses = [0.5, 4.0]

[lists]
page_size = 3

[links]
seconds = 90

[errors]
account_busy = "All {count} slots are taken"
upstream_busy = "TemPolor is full"
"""
STEP = 0.25
"""How often jobs are looked at, in seconds: what is measured by looking is as exact as that."""


@contextmanager
def playing(mock: httpx.BaseTransport, profile: Path) -> Iterator[Recorder]:
    """Run a mock with a profile, and record what it does."""
    policy = with_profile({"seed": 1}, {"seed"}, profile)
    app = create_app(Settings(frozen=True, policy=policy), wall=lambda: START_MS)
    transport = type(mock)(app)
    try:
        yield Recorder(transport, "user:778-profile")
    finally:
        app._renderings.close()
        transport.shut()


def live_with(client: Recorder, receiver: CallbackReceiver) -> None:
    """Order music and look at it until it has ended and its files are there, several times; read lists, be refused."""
    client.call("POST", "/accounts", {"requestParams": {"user_id": "111"}, "maxJobs": 40})
    for kind, count in (("song", 9), ("instrumental", 2)):
        jobs = []
        for number in range(count):
            reply = {"replyUrl": f"{receiver.url}?n={number}"} if number % 5 == 0 else {}
            jobs += client.call("POST", f"/music/{kind}", {"prompt": f"A ballad {number}", **reply})["jobs"]
        client.call("POST", f"/music/{kind}", {"prompt": "One too many", "maxJobs": 1})
        follow(client, receiver, jobs)
    client.call("GET", "/music")
    client.control("POST", "faults", {"effect": {"kind": "upstream_busy"}, "times": 1})
    client.call("POST", "/music/song", {"prompt": "A last one"})


def follow(client: Recorder, receiver: CallbackReceiver, jobs: list[str]) -> None:
    """Poll jobs until they have ended, then ask for their files until those are there."""
    running, wanted = set(jobs), set()
    while running or wanted:
        client.advance(STEP)
        arrived = receiver.received()
        client.exchanges += [replace(each, started=client.now_ms / 1000, elapsed=0.0) for each in arrived]
        for job in sorted(running):
            item = client.call("GET", f"/music/{job}")
            if item["status_final"]:
                running.remove(job)
                wanted |= {job} if item["status_name"] == "COMPLETED" else set()
        for job in sorted(wanted):
            if "url" in client.call("GET", f"/music/download/{job}"):
                wanted.remove(job)


def measured(tmp_path: Path, exchanges: list[Exchange]) -> dict[str, Any]:
    """Write the profile of a recording with the command, and read it as TOML and as the mock does."""
    recording, written = tmp_path / "recording", tmp_path / "measured.toml"
    recording.write_text("".join(json.dumps(each.to_json()) + "\n" for each in exchanges))
    result = CliRunner().invoke(
        drift_command, [str(recording), "--write-profile", str(written)], catch_exceptions=False
    )
    assert result.exit_code in {0, 1}, result.output
    with_profile({}, (), written)
    return tomllib.loads(written.read_text())


def test_what_a_profile_plays_is_measured_again(tmp_path, mock):
    """Within what looking every quarter of a second can tell, and what chance does to so few jobs."""
    (tmp_path / "profile.toml").write_text(PROFILE)
    refusals = iter([503, 503])
    with CallbackReceiver() as receiver, playing(mock, tmp_path / "profile.toml") as client:
        receiver.answer_with(lambda _request: next(refusals, 200))
        live_with(client, receiver)
        found = measured(tmp_path, client.exchanges)

    seconds = {each["operation"]: each["quantiles"] for each in found["jobs"]["seconds"]}
    progress = {each["percent"]: each["share"] for each in found["jobs"]["progress"]}
    assert found["jobs"]["per_request"] == 2
    assert 0.1 < found["jobs"]["fail_rate"] < 0.5
    assert 4 <= seconds["create_song"][0] <= 4.5
    assert 4.5 <= median(seconds["create_song"]) <= 7
    assert 9 <= seconds["create_song"][-1] <= 12
    assert set(seconds["create_instrumental"]) == {3.0}
    assert list(progress) == [30, 90]
    assert 0.4 <= progress[30][0] <= progress[30][-1] <= 0.5
    assert 0.7 <= progress[90][0] <= progress[90][-1] <= 0.8
    assert 1 - STEP <= found["download_lag"]["quantiles"][0] <= found["download_lag"]["quantiles"][-1] <= 2 + STEP
    assert 1.1 <= median(found["download_lag"]["quantiles"]) <= 1.9
    assert min(found["callbacks"]["spacing"]["quantiles"]) >= 1 - STEP
    assert max(found["callbacks"]["spacing"]["quantiles"]) <= 1.5 + STEP
    assert found["callbacks"]["retries"]["pauses"][0] == pytest.approx(0.5, abs=STEP)
    assert found["lists"]["page_size"] == 3
    assert found["links"]["seconds"] == 90
    assert found["errors"]["account_busy"] == "All {count} slots are taken"
    assert found["errors"]["upstream_busy"] == "TemPolor is full"


NOW = START_MS / 1000


def at(seconds: float, exchange: Exchange) -> Exchange:
    """Return an exchange that was over so many seconds after the beginning."""
    return replace(exchange, started=NOW + seconds, elapsed=0.0)


def shown(status: int, created: float, updated: float, job: str = JOB) -> Exchange:
    """Return a poll of a job that tells its own times."""
    return read(music(status, job=job, createTime=round(1000 * created), updateTime=round(1000 * updated)))


def test_many_jobs_have_the_quantiles_they_were_given(tmp_path):
    """From 10 to 20 seconds alike, by the times that the service tells."""
    exchanges = []
    for number in range(101):
        job, began = f"user:12345-tempolor:111-job:j{number}", 60.0 * number
        ended = NOW + began + 10 + number / 10
        exchanges += [
            at(began, order(job, model="v3")),
            at(began + 5, shown(0, NOW + began, NOW + began, job)),
            at(began + 30, shown(30, NOW + began, ended, job)),
        ]

    (found,) = measured(tmp_path, exchanges)["jobs"]["seconds"]

    assert (found["operation"], found["model"], found["samples"]) == ("create_song", "v3", 101)
    assert found["quantiles"] == pytest.approx(range(10, 21), abs=0.01)


@pytest.mark.parametrize(("looks", "quantiles"), [((9, 11), [10.0]), ((1, 11), None), ((11,), None)])
def test_without_times_of_its_own_a_job_ended_between_two_looks(tmp_path, looks, quantiles):
    """Where these are too far apart, nothing is known."""
    polls = [at(each, read(music(30 if each == looks[-1] else 0))) for each in looks]

    found = measured(tmp_path, [at(0, order()), *polls])

    assert [each["quantiles"] for each in found["jobs"].get("seconds", ())] == ([quantiles] if quantiles else [])


def test_a_service_with_a_clock_of_its_own_is_measured_by_it(tmp_path):
    """A mock at a hundred times the speed, say; how long its files took by the recorder's clock says nothing then."""
    download, url = f"/music/download/{JOB}", f"http://x/a.mp3?auth_key={round(NOW) + 90}-0-0-a"
    exchanges = [
        at(0, order()),
        at(0.2, shown(30, NOW - 9e6, NOW - 9e6 + 20)),
        at(0.3, call("GET", download, 404, error(404))),
        at(0.5, call("GET", download, 200, {"url": url, "remainSeconds": 0})),
    ]

    found = measured(tmp_path, exchanges)

    assert found["jobs"]["seconds"][0]["quantiles"] == [20.0]
    assert found["links"]["seconds"] == 89
    assert "download_lag" not in found


def test_a_text_has_no_secret_and_no_number_of_jobs(tmp_path):
    """Of several texts the most frequent one is written."""
    full = call("POST", "/music/song", 429, error(429, 'user:12345-8f3a9c2e7b1d4f60 is "full"'), sent={"prompt": "A"})
    refused = [at(1, busy(JOB)), at(2, full), at(3, full), at(4, call("POST", "/music/song", 429, error(429, "No")))]

    found = measured(tmp_path, refused)["errors"]

    assert found["account_busy"] == "Account is busy executing {count} jobs"
    assert found["upstream_busy"] == 'user:12345-*** is "full"'
