"""A world made from a recording answers as the recording does, and goes on from the same place."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorder import BASE, START_MS, Recorder
from stories import (
    ACCOUNT,
    JOB,
    JOB2,
    VOICE,
    account,
    available,
    busy,
    call,
    callback,
    music,
    order,
    page,
    read,
    row,
    stored,
    story,
)
from stories import MIDI as MIDI_ID
from tempolor_contract.cli.world import world_command
from tempolor_contract.document.reader import Reader
from tempolor_contract.document.router import default_router
from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.measuring.behaviour import Behaviour
from tempolor_contract.measuring.profile import as_toml
from tempolor_contract.recovery.rebuild import Rebuilder
from tempolor_mock import Policy, Settings, create_app
from tempolor_mock.domain.clock import iso
from tempolor_mock.store import snapshots

_TRACK = b"\0\xff\x51\3\x07\xa1\x20\0\x90\x3c\x64\x83\x60\x80\x3c\0\0\xff\x2f\0"
MIDI = b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0%c" % len(_TRACK) + _TRACK


@pytest.fixture
def recorder(mock, request) -> Callable[..., Recorder]:
    """Make recorders, each of a fresh world with a token of this test's own."""
    own = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    return lambda name="", **options: Recorder(mock, f"user:778-{own}{name}", **options)


def ndjson(file: Path, exchanges: list[Exchange]) -> Path:
    """Write exchanges, one a line."""
    file.write_text("".join(json.dumps(exchange.to_json()) + "\n" for exchange in exchanges))
    return file


def rebuilt(*files: Path, to: Path, code: int = 0, **options: str) -> tuple[Any, dict[str, Any]]:
    """Run the command, and return the snapshot and what was told."""
    given = [text for name, value in options.items() for text in (f"--{name}", value)]
    result = CliRunner().invoke(
        world_command,
        [*map(str, files), "--write-snapshot", str(to), "--format", "json", *given],
        catch_exceptions=False,
    )
    assert result.exit_code == code, result.output
    return json.loads(to.read_text()), json.loads(result.stdout)


def without_links(value: Any) -> Any:
    """Return a JSON value without links."""
    if isinstance(value, dict):
        return {name: without_links(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_links(each) for each in value]
    return "" if isinstance(value, str) and value.startswith("http") else value


def ids_in(value: Any, name: str) -> set[str]:
    """Return every id of a kind in an answer."""
    if isinstance(value, dict):
        own = {value[name]} if isinstance(value.get(name), str) else set()
        return own.union(*(ids_in(each, name) for each in value.values()))
    return set().union(*(ids_in(each, name) for each in value)) if isinstance(value, list) else set()


READS = (
    ("/accounts", {}),
    ("/music", {"type": "song", "user_id": "111"}),
    ("/music", {"type": "instrumental", "user_id": "111"}),
    ("/music", {"type": "song", "user_id": "222"}),
    ("/music/midi", {"user_id": "111"}),
    ("/music/cloned-voices", {"user_id": "111"}),
    ("/scheduler", {}),
    ("/scheduler/available", {}),
)


class History:
    """Steps that a client may take; each is named by a number."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.jobs: list[str] = []
        self.call = recorder.call

    def take(self, step: int, which: int) -> None:
        """Take a step, with some job or account that `which` chooses."""
        account = ("111", "222")[which % 2]
        job = self.jobs[which % len(self.jobs)] if self.jobs else ""
        match step:
            case 0:
                self.call(
                    "POST",
                    "/accounts",
                    {"requestParams": {"user_id": account, "service_ticket": "s3cr3t"}, "maxJobs": 2 + which % 3},
                )
            case 1 | 2:
                kind = ("song", "instrumental")[step - 1]
                sent = {"prompt": f"A ballad about {which}", "replyRef": f"r{which}" if which % 2 else ""}
                answer = self.call(
                    "POST", f"/music/{kind}", sent | {"replyUrl": "http://127.0.0.1:9/cb" if which % 3 else ""}
                )
                self.jobs += answer.get("jobs", [])
            case 3 | 4 if job:
                self.call("GET", f"/music/{job}")
            case 5 if job:
                self.call("DELETE", f"/scheduler/{job}")
            case 6 if job:
                self.call("DELETE", f"/music/{job}")
            case 7:
                self.call("POST", "/music/midi", MIDI, name=f"Theme {which}", user_id=account)
            case 8 if job:
                self.call("GET", f"/music/download/{job}")
            case 9:
                self.call("GET", *READS[which % len(READS)][:1], **READS[which % len(READS)][1])
            case 10:
                self.call("DELETE", f"/accounts/{account}")
            case _:
                self.recorder.advance(1 + which % 12)


def polled(exchanges: list[Exchange]) -> dict[str, Any]:
    """Return what polls and lists showed last of each job, unless it or its account was deleted."""
    last: dict[str, Any] = {}
    for exchange in exchanges:
        path, method = exchange.request.url.removeprefix(BASE), exchange.request.method
        if method == "GET" and exchange.status == 200 and path.startswith(("/music/user:", "/music?")):
            answer = exchange.response.json
            last |= {f"/music/{item['job_id']}": item for item in answer.get("records", [answer])}
        elif method == "DELETE" and exchange.status < 300 and not path.startswith("/scheduler"):
            gone = path.rpartition("/")[2]
            last = {each: item for each, item in last.items() if not each.endswith(gone) and f":{gone}-" not in each}
    return last


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 50)), min_size=4, max_size=40),
    st.booleans(),
    st.booleans(),
)
def test_any_history_is_played_again(tmp_path, recorder, steps, apart, sweep):
    """Polls of the recording's ids give its answers; where all was looked at in the end, all else is the same too."""
    source = recorder("source", apart=apart)
    history = History(source)
    for step, which in [(0, 0), *steps]:
        history.take(step, which)
    if sweep:
        look_at_all(source, history.jobs)
    wanted = [exchange.response.json for exchange in source.exchanges[-len(READS) :]]

    snapshot, _ = rebuilt(source.record(tmp_path / "a.har"), to=tmp_path / "world.json")
    played = playing(recorder("played"), snapshot)

    assert_polls(played, source.exchanges)
    if sweep:
        for (path, query), answer in zip(READS, wanted, strict=True):
            assert without_links(played.call("GET", path, **query)) == without_links(answer)


def look_at_all(source: Recorder, jobs: list[str]) -> None:
    """Poll every job and read every list."""
    for job in jobs:
        source.call("GET", f"/music/{job}")
    for path, query in READS:
        source.call("GET", path, **query)


def playing(client: Recorder, snapshot: Any) -> Recorder:
    """Load a snapshot, with a clock that stands still."""
    client.control("PUT", "snapshot", snapshot | {"clock": snapshot["clock"] | {"frozen": True}})
    return client


def assert_polls(played: Recorder, exchanges: list[Exchange]) -> None:
    """Assert that polls give the recorded answers, but for links."""
    for path, item in polled(exchanges).items():
        assert without_links(played.call("GET", path)) == without_links(item)


@pytest.mark.parametrize("revision", ["2026-03", "2026-08"])
def test_any_moment_of_a_recording_is_played_again(tmp_path, mock, recorder, revision):
    """The world as it was then, of a service where jobs fail, by the mock's own option."""
    settings = {"frozen": True, "policy": Policy(revision=revision, fail_rate=0.5, seed=7)}
    with service(mock, **settings) as transport:
        source = Recorder(transport, "user:778-source")
        history = History(source)
        for step in (0, 1, 3, 13, 3, 2, 13, 4, 7, 13, 3, 9, 13, 3):
            history.take(step, 11)
    file = source.record(tmp_path / "a.har")

    for end in (3, 5, len(source.exchanges)):
        until = iso(round(source.exchanges[end - 1].started * 1000))
        snapshot, _ = rebuilt(file, to=tmp_path / f"{end}.json", until=until)
        played = playing(recorder(f"{end}"), snapshot)
        assert_polls(played, source.exchanges[:end])
        assert played.control("GET", "clock")["nowUTC"] == until


@contextmanager
def service(mock: httpx.BaseTransport, **settings: Any) -> Iterator[httpx.BaseTransport]:
    """Run another mock in this process."""
    app = create_app(Settings(**settings), wall=lambda: START_MS)
    transport = type(mock)(app)
    try:
        yield transport
    finally:
        app._renderings.close()
        transport.shut()


def test_what_ran_at_the_end_goes_on(tmp_path, recorder):
    """It shows the recorded title and what was recorded of its request, and ends when such jobs end."""
    source = recorder("source")
    source.call("POST", "/accounts", {"requestParams": {"user_id": "111"}, "maxJobs": 2})
    first = source.call("POST", "/music/song", {"prompt": "A first song"})["jobs"]
    source.advance(30)
    for job in first:
        source.call("GET", f"/music/{job}")
    second = source.call("POST", "/music/song", {"prompt": "A second song"})["jobs"]
    source.advance(10)
    shown = source.call("GET", f"/music/{second[0]}")
    refused = source.call("POST", "/music/song", {"prompt": "A third song"})

    snapshot, told = rebuilt(source.record(tmp_path / "a.har"), to=tmp_path / "world.json")
    played = playing(recorder("played"), snapshot)

    assert without_links(played.call("POST", "/music/song", {"prompt": "A third song"})) == refused
    played.advance(30)
    item = played.call("GET", f"/music/{second[0]}")
    assert item["status_name"] == "COMPLETED"
    assert item["cover"].startswith("http")
    for name in ("titleEn", "createTime", "ltmMaterialExtendDto"):
        assert item[name] == shown[name]
    assert item["musicMaterial"] == shown["musicMaterial"] | {"waveformUrl": item["musicMaterial"]["waveformUrl"]}
    assert played.call("GET", f"/music/download/{second[0]}")["url"].startswith("http://mock/files/")
    (guess,) = (each for each in told["guesses"] if each["about"] == "jobs.plan")
    assert guess["count"] == 2
    assert "as long as the 2 seen to end took" in guess["told"]
    assert told["world"]["running"] == 2
    assert played.call("POST", "/music/song", {"prompt": "A fourth song"})["remainNum"] == 3000 - 6


FOREIGN = {
    "titleEn": "Epic Orchestral",
    "cover": None,
    "mood": ["new", {"field": 1}],
    "createTime": 1_747_731_600_000,
    "musicMaterial": {"key": "H:major", "bpm": 999, "dur": None, "style": "Orchestral", "depth": {"a": 1}},
    "ltmMaterialExtendDto": {"prompt": "A cinematic piece", "modelShowName": "v9"},
}


def test_a_service_that_shows_other_fields_is_played_as_it_is(tmp_path, recorder):
    """Unknown fields, values and types stay; what time changes is added when it does."""
    generating = {
        name: value
        for name, value in (music(0, 40, **FOREIGN) | {"progress": "soon"}).items()
        if name != "status_final"
    }
    exchanges = story(stored(), order(prompt="A cinematic piece"), read(generating))
    file = ndjson(tmp_path / "a", exchanges)

    snapshot, _ = rebuilt(file, to=tmp_path / "world.json")
    played = playing(recorder(), snapshot)
    before = played.call("GET", f"/music/{JOB.replace('12345', '778')}")
    played.advance(60)
    after = played.call("GET", f"/music/{JOB.replace('12345', '778')}")

    assert before == generating | {"job_id": before["job_id"]}
    assert (after["status_name"], after["progress"]) == ("COMPLETED", 100)
    assert after["cover"].startswith("http")
    for name in ("titleEn", "mood", "createTime"):
        assert after[name] == FOREIGN[name]
    assert after["musicMaterial"] == FOREIGN["musicMaterial"] | {"waveformUrl": after["musicMaterial"]["waveformUrl"]}


def test_a_callback_that_its_receiver_refused_is_due_again(tmp_path, recorder):
    """And one that was taken is not."""
    sent = {"replyUrl": "http://127.0.0.1:9/hook?token=s3cr3t"}
    refused = callback(music(0, 20, createTime=1_747_731_600_500))
    refused = replace(refused, response=replace(refused.response, status=503))
    file = ndjson(tmp_path / "a", story(stored(), order(**sent), callback(music(0, 0)), refused))

    snapshot, told = rebuilt(file, to=tmp_path / "world.json")
    shown = playing(recorder(), snapshot).control("GET", "callbacks")["callbacks"]

    assert sorted(each["outcome"] for each in shown) == ["delivered", "due"]
    assert told["world"]["pending_callbacks"] == 1
    assert "s3cr3t" not in json.dumps(snapshot)
    assert any("has a secret" in each["told"] for each in told["guesses"])


def test_uploads_keep_their_bytes(tmp_path, recorder):
    """Those that were recorded; for others the mock has something to play."""
    source = recorder("source")
    source.call("POST", "/accounts", {"requestParams": {"user_id": "111"}})
    source.call("POST", "/music/midi", MIDI, name="Theme")
    listed = source.call("GET", "/music/midi")
    elsewhere = listed["records"][0] | {"midiItemId": "user:778-tempolor:111-midi:other"}
    answer = json.dumps(listed | {"records": [*listed["records"], elsewhere]}).encode()
    last = source.exchanges[-1]
    source.exchanges[-1] = replace(last, response=replace(last.response, body=answer))

    snapshot, told = rebuilt(source.record(tmp_path / "a.har"), to=tmp_path / "world.json")
    played = playing(recorder("played"), snapshot)

    files = {each["midiItemId"]: each["midiUrl"] for each in played.call("GET", "/music/midi")["records"]}
    contents = {
        name.rpartition(":")[2]: httpx.Client(transport=played.mock).get(url).content for name, url in files.items()
    }
    assert contents.pop("other").startswith(b"MThd")
    assert list(contents.values()) == [MIDI]
    assert [each["count"] for each in told["guesses"] if each["about"] == "midi"] == [1]


def test_no_secret_of_the_recording_is_in_the_snapshot(tmp_path):
    """Neither its token nor what an account was configured with, whatever recorded it."""
    token = "user:12345-8f3a9c2e7b1d4f60"
    answer = account(requestParams={"service_ticket": "ST-1-secret", "region": "us"})
    exchanges = [
        call("POST", "/accounts", 200, answer, sent={"requestParams": answer["requestParams"]}, token=token),
        call("POST", "/music/song", 200, {"jobs": [JOB]}, sent={"prompt": f"my token is {token}"}, token=token),
    ]

    rebuilt(ndjson(tmp_path / "a", story(*exchanges)), to=tmp_path / "world.json")

    text = (tmp_path / "world.json").read_text()
    assert "8f3a9c2e7b1d4f60" not in text
    assert "ST-1-secret" not in text
    assert '"region":"us"' in text


def test_a_token_is_chosen_where_there_are_several(tmp_path):
    """By its beginning; without a choice nothing is written."""
    other = replace(
        stored("222"), request=replace(stored("222").request, headers=(("Authorization", "Bearer user:9-x"),))
    )
    file = ndjson(tmp_path / "a", story(stored(), other))

    snapshot, told = rebuilt(file, to=tmp_path / "world.json", token="user:9")
    refused = CliRunner().invoke(world_command, [str(file), "--write-snapshot", str(tmp_path / "no.json")])

    assert [each["user_id"] for each in snapshot["accounts"]] == ["222"]
    assert told["token"] == "user:9-demo"
    assert refused.exit_code == 2
    assert (
        "2 tokens are in it: user:12345-... (1 calls), user:9-... (1 calls); choose one with --token" in refused.output
    )
    assert not (tmp_path / "no.json").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file or directory"),
        (b"", "the file is empty"),
        (b"hello", "not a cassette"),
        (b'{"log":{"entries":[]}}', "no request to the API among 0"),
        (b'{"request":{"method":"GET","url":"http://x/y"},"response":null}\n', "among 1; --base says where it is"),
    ],
)
def test_a_recording_of_no_world_is_one_line(tmp_path, content, told):
    """It ends with 2, and writes nothing."""
    file = tmp_path / "a"
    if content is not None:
        file.write_bytes(content)

    result = CliRunner().invoke(world_command, [str(file), "--write-snapshot", str(tmp_path / "no.json")])

    assert result.exit_code == 2
    assert told in result.output
    assert result.output.count("\n") == 1
    assert not (tmp_path / "no.json").exists()


def test_a_moment_before_the_recording_shows_nothing(tmp_path):
    """And one after it is its end: nothing is known of later."""
    file = ndjson(tmp_path / "a", story(stored(), order()))

    _, told = rebuilt(file, to=tmp_path / "world.json", until="2030-01-01T00:00:00Z")
    result = CliRunner().invoke(
        world_command, [str(file), "--write-snapshot", str(tmp_path / "no.json"), "--until", "2020-01-01T00:00:00Z"]
    )

    assert told["now"] == "2025-05-20T09:00:01.500Z"
    assert result.exit_code == 2
    assert "answered by the moment that --until names" in result.output


def test_what_comes_before_a_broken_place_is_there(tmp_path):
    """The exit code and a line tell that something is missing."""
    file = ndjson(tmp_path / "a", story(stored(), order()))
    file.write_text(file.read_text() + "{oops\n")

    snapshot, told = rebuilt(file, to=tmp_path / "world.json", code=2)

    assert len(snapshot["jobs"]) == 1
    assert "line 3" in told["stopped"]


def test_the_text_says_what_to_do_next(tmp_path):
    """The command of the mock, the token, and each guess with its ids."""
    file = ndjson(tmp_path / "a", story(stored(), order()))

    result = CliRunner().invoke(world_command, [str(file), "--write-snapshot", str(tmp_path / "world.json")])

    assert result.exit_code == 0
    assert f"Play     tempolor mock --snapshot {tmp_path / 'world.json'}" in result.output
    assert "Token    user:12345-demo" in result.output
    assert (
        "Guessed  jobs.item x 1: it was never shown: what it is called and how it sounds is the mock's (a1)"
        in result.output
    )


def test_an_order_without_its_body_still_began_its_jobs(tmp_path):
    """Some tools leave bodies out; what was asked for is what the item shows then."""
    bare = order(JOB, prompt="Not recorded")
    bare = replace(bare, request=replace(bare.request, body=b"", truncated=True))
    file = ndjson(tmp_path / "a", [stored(), bare, read(music(0, ltmMaterialExtendDto={"prompt": "A ballad"}))])

    snapshot, told = rebuilt(file, to=tmp_path / "world.json")

    assert [each["request"]["prompt"] for each in snapshot["jobs"]] == ["A ballad"]
    assert {"jobs.request", "clock"} <= {each["about"] for each in told["guesses"]}


NUMBERS = st.integers(-5, 2**63)
TEXTS = st.text(max_size=5)
SHAPES = st.sampled_from([None, True, [[]], {"a": {}}])
JUNK = st.one_of(NUMBERS, TEXTS, SHAPES, st.floats(allow_nan=False))
EVERYTHING = (
    stored(),
    order(JOB, replyUrl="http://me.example/hook", maxJobs=3),
    read(music(0, 20, createTime=1_747_731_601_000, updateTime=1_747_731_601_000, musicMaterial={"key": "C:major"})),
    callback(music(0, 60), replyUrl="http://me.example/hook"),
    read(music(30, ltmMaterialExtendDto={"prompt": "A"})),
    page("/music", music(30), music(0, job=JOB2), cursor="more"),
    page("/music/midi", {"midiItemId": MIDI_ID, "name": "Theme"}),
    page("/music/cloned-voices", {"clonedVoiceItemId": VOICE, "name": "Alto", "status": 30, "createTime": 1}),
    available((ACCOUNT, 3, 1, 2), executing=[row(JOB2)]),
    busy(JOB),
    call("GET", f"/music/download/{JOB}", 200, {"url": "http://x/a?auth_key=1747731600-0", "remainSeconds": 5}),
    call("GET", "/accounts", 200, {ACCOUNT: account()}),
)


def spoiled(value: Any, place: int, junk: Any) -> tuple[Any, int]:
    """Return a JSON value with its part of that number replaced, and how many parts are still to be passed."""
    if place == 0:
        return junk, -1
    place -= 1
    if isinstance(value, dict | list):
        value = value.copy()
        for key, each in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
            value[key], place = spoiled(each, place, junk)
            if place < 0:
                break
    return value, place


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(EVERYTHING) - 1), st.integers(0, 30), JUNK, st.booleans())
def test_a_strange_answer_spoils_no_snapshot(which, place, junk, dated):
    """Whatever stands where something else should, the rest is there, and a mock can load it; so can be measured."""
    exchanges = list(EVERYTHING)
    broken = exchanges[which]
    message = broken.request if broken.source == "callback" else broken.response
    body = json.dumps(spoiled(json.loads(message.body), place, junk)[0]).encode()
    part = "request" if broken.source == "callback" else "response"
    exchanges[which] = replace(broken, **{part: replace(message, body=body)})
    rebuilder, reader, behaviour = Rebuilder(), Reader(default_router()), Behaviour()
    for each in story(*exchanges) if dated else exchanges:
        rebuilder.see(each)
        behaviour.see(reader.read(each))

    snapshot = msgspec.json.encode(rebuilder.rebuild(None, "http://127.0.0.1:4010").snapshot)

    assert snapshots.read(json.loads(snapshot)).jobs
    assert tomllib.loads(as_toml(behaviour, ""))["evidence"]["samples"] == (len(exchanges) if dated else 0)
