"""The file itself: kept over a restart, shared by processes, and refused with one line where it cannot be used."""

import asyncio
import os
import sqlite3
import threading
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from tempolor_mock.domain import accounts, music
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import MusicRequest
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store import StoreError, open_store, sqlite_schema
from tempolor_mock.store.codec import CLOCK, JOB, UnreadableRecordError
from tempolor_mock.store.sqlite_schema import SCHEMA_VERSION

ALICE = Token("1", "alice")
SONG = MusicRequest(prompt="A ballad", model="v3")


def furnish(world, records):
    """Put something into each table."""
    world.accounts["111"] = records.account()
    world.jobs.put(records.job(world.count("jobs"), has_callbacks=True))
    world.callbacks.put(records.callback(1))
    world.midi.put(records.midi(1))
    world.blobs["midi/item1"] = b"MThd"
    world.clock = world.clock.moved_to(world.now_ms + 5, world.real_ms)


def seen(world):
    """Return what is in each table."""
    due = world.callbacks.due(world.now_ms, real_ms=world.real_ms, limit=9)
    return dict(world.accounts), [*world.jobs, *world.midi, *due], dict(world.blobs), world.now_ms, world.counters()


def test_a_store_that_is_opened_again_has_everything(keep, records):
    """Jobs, files, callbacks still due, accounts, counters and the clock."""
    first = keep("sqlite")
    first.run(lambda world: furnish(world, records))
    before = first.run(seen)
    first.close()

    assert keep("sqlite").run(seen) == before


def test_what_one_store_did_the_other_one_on_the_file_sees_at_once(keep, records):
    """Nothing is remembered between two transactions."""
    first, second = keep("sqlite"), keep("sqlite")
    second.run(seen)
    first.run(lambda world: furnish(world, records))

    assert second.run(seen) == first.run(seen)
    second.wait(second.store.reset(None))
    assert first.run(lambda world: len(world.accounts)) == 0


def test_capacity_is_counted_once_for_all_who_share_a_file(tmp_path):
    """However their requests meet, the account never runs more than it may."""
    place, policy = f"sqlite:{tmp_path / 'worlds.db'}", Policy(jobs_per_request=1)

    def open_one():
        return open_store(place, policy, CLOCK_AT_REST)

    async def order_many():
        store = open_one()
        for _ in range(15):
            with suppress(ServiceError):
                admitted.append(await store.transact(ALICE, lambda world: music.start(world, "song", SONG), real_ms=0))
        await store.close()

    async def configure():
        store = open_one()
        await store.transact(ALICE, lambda world: accounts.configure(world, {"user_id": "1"}, 20), real_ms=0)
        await store.close()

    asyncio.run(configure())
    admitted = []
    threads = [threading.Thread(target=lambda: asyncio.run(order_many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(admitted) == 20


def CLOCK_AT_REST(real_ms):  # noqa: N802 - stands in for a constant
    """Return a clock that stands still."""
    return CLOCK.decode(f'{{"real_ms": {real_ms}, "virtual_ms": {real_ms}, "frozen": true}}')


def test_stores_that_make_the_same_file_at_once_both_have_it(tmp_path):
    """One makes the tables, the others find them."""
    place, opened = f"sqlite:{tmp_path / 'worlds.db'}", []
    threads = [
        threading.Thread(target=lambda: opened.append(open_store(place, Policy(), CLOCK_AT_REST))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in opened:
        asyncio.run(store.close())

    assert len(opened) == 6


def test_waiting_for_another_process_leaves_the_event_loop_free(tmp_path, keep):
    """Others are served while one waits for the file."""
    kept, order = keep("sqlite"), []
    other = sqlite3.connect(tmp_path / "worlds.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def ask():
        await kept.store.transact(ALICE, lambda _world: order.append("asked"), real_ms=0)

    async def release():
        order.append("released")
        other.execute("ROLLBACK")

    async def meet():
        await asyncio.gather(ask(), release())

    kept.wait(meet())
    other.close()

    assert order == ["released", "asked"]


class Watch:
    """Stands in for `time`: it passes in pauses alone, and in the first of them something is done."""

    def __init__(self, meanwhile):
        self.pauses = []
        self._meanwhile = [meanwhile]

    def monotonic(self):
        """Return what all pauses took."""
        return sum(self.pauses)

    def sleep(self, seconds):
        """Pause."""
        self.pauses.append(seconds)
        while self._meanwhile:
            self._meanwhile.pop()()


@pytest.mark.parametrize(("is_soon", "pauses", "mode"), [(True, 1, "wal"), (False, 4, "delete")])
def test_the_log_is_made_once_nobody_reads_the_file(tmp_path, monkeypatch, is_soon, pauses, mode):
    """It is waited for, but not for ever; with the log, who reads holds up nobody any more."""
    file, other = (sqlite3.connect(tmp_path / "worlds.db", isolation_level=None, timeout=0) for _ in range(2))
    other.execute("CREATE TABLE worlds (id)")
    other.execute("BEGIN")
    other.execute("SELECT * FROM worlds").fetchall()
    watch = Watch(lambda: is_soon and other.execute("ROLLBACK"))
    monkeypatch.setattr(sqlite_schema, "time", watch)
    monkeypatch.setattr(sqlite_schema, "SECONDS_TO_OPEN", 0.035)

    with nullcontext() if is_soon else pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite_schema._write_ahead(file)
    found = file.execute("PRAGMA journal_mode").fetchone()
    for each in (file, other):
        each.close()

    assert (len(watch.pauses), found) == (pauses, (mode,))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("no/such/folder/worlds.db", "unable to open database file"),
        (".", "unable to open database file"),
        ("text.db", "file is not a database"),
        ("foreign.db", "it is a database of another program"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, place, reason):
    """The line names the file and the reason."""
    (tmp_path / "text.db").write_text("This is a text and no database at all.\n" * 99)
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE bookmarks (url TEXT)")
    foreign.close()

    with pytest.raises(StoreError, match=reason) as caught:
        open_store(f"sqlite:{tmp_path / place}", Policy(), CLOCK_AT_REST)

    assert str(caught.value).count(f"cannot keep worlds in {tmp_path / place}: ") == 1
    assert "\n" not in str(caught.value)


def test_a_foreign_database_is_left_as_it_was(tmp_path):
    """Not a byte of it changes."""
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE bookmarks (url TEXT)")
    foreign.close()
    before = path.read_bytes()

    with pytest.raises(StoreError):
        open_store(f"sqlite:{path}", Policy(), CLOCK_AT_REST)

    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="may write everything")
def test_a_file_that_may_not_be_written_is_refused(tmp_path, keep):
    """At start, not with the first request."""
    keep("sqlite").close()
    (tmp_path / "worlds.db").chmod(0o400)

    with pytest.raises(StoreError, match="readonly"):
        keep("sqlite")


def test_a_file_that_was_cut_off_is_refused(tmp_path, keep, records):
    """At start, not with the first request that meets the gap."""
    kept, path = keep("sqlite"), tmp_path / "worlds.db"
    kept.run(lambda world: furnish(world, records))
    kept.close()
    path.write_bytes(path.read_bytes()[:9_000])

    with pytest.raises(StoreError, match="malformed"):
        keep("sqlite")


def test_a_file_of_another_layout_is_refused_with_the_way_out(tmp_path, keep):
    """The message tells how to take the worlds along."""
    keep("sqlite").close()
    with sqlite3.connect(tmp_path / "worlds.db") as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()

    with pytest.raises(StoreError, match=rf"version {SCHEMA_VERSION + 1}, .*GET /_mock/snapshot"):
        keep("sqlite")


@pytest.mark.parametrize("name", ["", "Memory", "sqlite", "sqlite:", "mysql://db/worlds", "worlds.db"])
def test_a_store_nobody_knows_is_refused_with_those_there_are(name):
    """In one line."""
    with pytest.raises(StoreError, match=r"use memory, sqlite:FILE or postgresql://\.\.\.$"):
        open_store(name, Policy(), CLOCK_AT_REST)


RECORD = """{"number":1,"id":{"number":"1","user_id":"111","kind":"job","item_id":"item1"},"kind":"song",
"created_ms":1747731600125,"plan":{"steps":[{"age_ms":0,"status":0,"progress":0},
{"age_ms":10000,"status":0,"progress":50},{"age_ms":20000,"status":30,"progress":100}]},"download_lag_ms":2000,
"request":{"prompt":"A harbour ballad","model":"v3.5"},"seconds":90,"seed":7,"material":{"title":"Harbour",
"style":"Folk","mood":"","instruments":"","scene":"Film","key":"C:major","bpm":96,"chords":"","seconds":90,"seed":7}}"""


def test_a_record_of_this_version_can_still_be_read(records):
    """Where this fails because a record changed its shape, `SCHEMA_VERSION` must change as well."""
    assert SCHEMA_VERSION == 3
    assert JOB.decode(RECORD) == records.job(1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RECORD.replace('"seed":7}', '"seed":"7"}'), r"Job: Expected `int`, got `str` - at `\$\.material\.seed`"),
        (RECORD.replace('"number":1,', ""), r"Job: Object missing required field `number`"),
        (RECORD.replace('"status":30', '"status":31'), r"Job: Invalid enum value 31 - at `\$\.plan\.steps"),
        (RECORD[:-9], "Job: "),
    ],
)
def test_a_record_that_is_none_is_told_with_its_path(text, words):
    """The error names the class, the mistake and the place."""
    with pytest.raises(UnreadableRecordError, match=words):
        JOB.decode(text)


def test_the_file_is_one_path(tmp_path):
    """Nothing else is left beside it once the store is closed."""
    path = Path(tmp_path, "worlds.db")
    asyncio.run(open_store(f"sqlite:{path}", Policy(), CLOCK_AT_REST).close())

    assert [each.name for each in tmp_path.iterdir()] == ["worlds.db"]
