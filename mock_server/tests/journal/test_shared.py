"""The journal in a store's database: shared by processes, there after a restart, held up by nobody."""

import asyncio
import shutil
import sqlite3
import time
from contextlib import ExitStack

import pytest
from tempolor_mock.domain.clock import Clock
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.policy import Policy
from tempolor_mock.journal import Counts, Wording, open_journal, sqlite, stored
from tempolor_mock.settings import Settings
from tempolor_mock.store import open_store

from ..conftest import Client, serving
from ..postgresql import NOT_THERE, Cluster, programs
from ..stores import LASTING_STORES

WORLD, OTHER = Token("1", "shared"), Token("2", "other")


@pytest.fixture(params=LASTING_STORES)
def store(request, place_of):
    """The name of a store that processes can share."""
    return place_of(request.param)


def test_every_process_shows_the_same_journal(open_one, entry):
    """What was answered before is there wherever one asks, and in one order for all."""
    first, second = open_one(), open_one()
    first.append(WORLD, entry(path="/1"), entry(path="/2"))
    second.append(WORLD, entry(path="/3"))
    assert first.counts(WORLD) == Counts(3, 3, 0)
    first.append(WORLD, entry(path="/4"))
    assert second.counts(WORLD) == Counts(4, 4, 0)

    shown = [
        [each.run(each.journal.get(WORLD, number)).facts["path"] for number in range(1, 5)] for each in (first, second)
    ]
    assert shown[0] == shown[1]
    assert sorted(shown[0]) == ["/1", "/2", "/3", "/4"]


def test_it_is_there_after_a_restart(open_one, entry):
    """Numbers go on; an end in good order loses nothing that was answered."""
    first, second = open_one(), open_one()
    first.append(WORLD, entry())
    first.run(first.journal.close())

    second.append(WORLD, entry())
    assert second.numbers(WORLD) == [2, 1]


def test_processes_that_write_at_once_number_without_gaps(open_one, entry):
    """They take turns."""
    first, second = open_one(), open_one()

    async def append_both():
        for _ in range(50):
            first.journal.append(WORLD, entry())
            second.journal.append(WORLD, entry())
            await asyncio.sleep(0.001)
        return await asyncio.gather(first.journal.counts(WORLD), second.journal.counts(WORLD))

    assert first.run(append_both()) == [Counts(100, 100, 0)] * 2
    assert first.numbers(WORLD) == list(range(100, 0, -1))


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_nothing_waits_while_the_file_cannot_be_written(open_one, entry, tmp_path, monkeypatch, caplog):
    """Readers get a 503, answers go on; what the buffer has no room for is counted, and the rest is written later."""
    monkeypatch.setattr(sqlite, "LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(stored, "RETRY_AFTER_SECONDS", 0.01)
    opened = open_one(100_000)
    opened.append(OTHER, entry())
    assert opened.numbers(OTHER) == [1]
    blocker = sqlite3.connect(tmp_path / "worlds.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    opened.append(OTHER, entry())
    begun = time.perf_counter()
    opened.append(WORLD, *(entry(1_000) for _ in range(100)))
    assert time.perf_counter() - begun < 1
    with pytest.raises(ServiceError, match="cannot keep its worlds now") as refusal:
        opened.counts(WORLD)
    assert (refusal.value.code, refusal.value.headers) == (503, (("Retry-After", "1"),))
    assert 0 < opened.journal.dropped < 100
    blocker.execute("ROLLBACK")

    dropped = opened.journal.dropped
    assert opened.counts(WORLD) == Counts(100, 100 - dropped, dropped)
    assert opened.numbers(WORLD)[0] == 100
    assert opened.numbers(OTHER) == [2, 1]
    assert [record.levelname for record in caplog.records].count("ERROR") <= 1
    blocker.close()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_is_written_holds_no_secret(new_client, tmp_path, store):
    """The file is copied and sent about; what the journal shows is all that is in it of a request."""
    client = new_client(store=store)
    client.post("/music/song", json={"prompt": "A song", "password": "hunter2"}, headers={"X-Api-Key": "opensesame"})
    client.get("/music/user:7-somebodyelse?auth_key=alibaba")

    (first, second) = client.get("http://mock/_mock/requests").json()["requests"]
    assert (first["path"], first["query"]) == ("/v1/tempolor/music/user:7-***", "auth_key=***")
    assert second["request"]["body"]["password"] == "***"
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"A song" in written
    assert [each for each in (b"hunter2", b"opensesame", b"somebodyelse", b"alibaba") if each in written] == []


def control(client, call, method="GET"):
    """Make a control call and return what it answers."""
    return client.request(method, client.base_url.join(f"/_mock/{call}")).raise_for_status().json()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_mocks_on_one_file_show_one_journal(store):
    """Whichever of them is asked; reset and emptying count for all."""
    arguments = ("--port", "0", "--frozen", "--store", store, "--log", "off")
    with serving(*arguments) as one, serving(*arguments) as other, ExitStack() as stack:
        first, second = (
            stack.enter_context(Client("user:1-shared", base_url=f"{each.url}/v1/tempolor")) for each in (one, other)
        )
        first.account()
        job_id, *_ = second.song()

        shown = [control(each, "requests") for each in (first, second)]
        assert shown[0] == shown[1]
        assert [each["operation_id"] for each in shown[0]["requests"]] == ["create_song", "create_account"]
        assert job_id in {job["job_id"] for job in shown[0]["requests"][0]["jobs"]}
        assert control(second, "world")["requests"] == {"last": 2, "kept": 2, "dropped": 0}

        assert control(second, "requests", "DELETE") == {"deleted": 2}
        assert control(first, "requests")["last"] == 2
        first.control("reset")
        assert control(second, "requests")["last"] == 0


@pytest.mark.slow
def test_the_journal_outlives_a_database_that_goes_away(tmp_path, entry, monkeypatch):
    """What is answered meanwhile waits in memory, reading is a 503, and afterwards everything is there."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip(NOT_THERE)
    monkeypatch.setattr(stored, "RETRY_AFTER_SECONDS", 0.1)
    cluster = Cluster.create(bin_folder)
    cluster.start()
    with asyncio.Runner() as runner:
        store = open_store(cluster.url, Policy(), lambda real_ms: Clock(real_ms, real_ms, 1, frozen=False))
        journal = open_journal(store, Wording(Settings(), "this"), 1 << 20)

        async def append(count):
            for _ in range(count):
                journal.append(WORLD, entry())

        runner.run(append(3))
        assert runner.run(journal.counts(WORLD)) == Counts(3, 3, 0)
        cluster.stop("immediate")
        runner.run(append(4))
        with pytest.raises(ServiceError, match="cannot keep its worlds now"):
            runner.run(journal.counts(WORLD))
        cluster.start()

        assert runner.run(journal.counts(WORLD)) == Counts(7, 7, 0)
        runner.run(journal.close())
        runner.run(store.close())
    cluster.stop()
    shutil.rmtree(cluster.folder)
