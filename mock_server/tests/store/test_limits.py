"""Worlds are kept within bounds: the ones that were not used for longest go."""

import json
import sqlite3

import pytest
from tempolor_mock.domain import accounts, room
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.room import Limits
from tempolor_mock.store import Totals, snapshots

from ..stores import LASTING_STORES, STORES
from .conftest import START_MS

ALICE, BOB, CAROL = Token("1", "alice"), Token("2", "bob"), Token("3", "carol")
LATER_MS = 120_000


@pytest.fixture(params=STORES)
def small(request, keep):
    """Each store in turn, with room for two worlds and 100 bytes, and the tokens it says it dropped."""
    kept = keep(request.param, limits=Limits(worlds=2, bytes=100), world_bytes=80)
    kept.dropped = []
    kept.store.dropped = kept.dropped.append
    return kept


def use(kept, token, size=0):
    """Use a world, some time later, and keep some bytes more in it."""
    kept.real_ms += LATER_MS
    kept.run(lambda world: (size and room.keep(world, f"file {kept.real_ms}", b"x" * size), world.count("uses")), token)


def test_the_world_that_was_not_used_for_longest_goes(small):
    """For a new one; it is told, so that what was kept beside it can be forgotten."""
    for token in (ALICE, BOB, ALICE, CAROL):
        use(small, token)

    assert small.dropped == [BOB]
    assert set(small.wait(small.store.tokens())) == {ALICE, CAROL}
    assert small.wait(small.store.find_token(BOB.handle)) is None


def test_worlds_go_when_others_keep_too_much(small):
    """However few there are."""
    use(small, ALICE, 60)
    use(small, BOB, 40)
    assert (small.dropped, small.wait(small.store.totals())) == ([], Totals(2, 100))
    use(small, BOB, 1)

    assert (small.dropped, small.wait(small.store.totals())) == ([ALICE], Totals(1, 41))


@pytest.mark.parametrize("store", STORES)
def test_the_world_in_use_stays_and_all_others_go_where_it_takes_all_there_is(keep, store):
    """Those that were not used for longest first."""
    kept = keep(store, limits=Limits(worlds=3, bytes=100))
    kept.store.dropped = (dropped := []).append
    for token, size in ((BOB, 40), (ALICE, 40), (CAROL, 140)):
        assert dropped == []
        use(kept, token, size)

    assert (dropped, kept.wait(kept.store.totals())) == ([BOB, ALICE], Totals(1, 140))


@pytest.mark.parametrize("store", STORES)
def test_nobody_has_to_be_told_what_went_and_what_ended(keep, records, store):
    """All goes on."""
    kept = keep(store, limits=Limits(worlds=1))
    kept.run(lambda world: world.jobs.put(records.job(1, seconds=1)), ALICE)
    kept.run(lambda world: setattr(world, "clock", world.clock.moved_to(world.now_ms + 1_000, 0)), ALICE)
    assert kept.run(lambda world: world.jobs.active(), ALICE) == []
    use(kept, BOB)

    assert kept.wait(kept.store.tokens()) == [BOB]


@pytest.mark.parametrize("store", LASTING_STORES)
@pytest.mark.parametrize(
    "action", [lambda world: world.now_ms, lambda world: world.count("uses")], ids=["look", "write"]
)
def test_when_a_world_was_used_is_noted_by_the_minute(keep, store, action):
    """Polls do not have to write."""
    kept, noted = keep(store), []
    for passed_ms in (0, 60_000, 1, 60_000):
        kept.real_ms += passed_ms
        kept.run(action)
        noted.append(used_ms(kept) - START_MS)

    assert noted == [0, 0, 60_001, 60_001]


def used_ms(kept):
    """Return when a store's only world was used, as it is written down."""
    if kept.store.name == "postgresql":
        return kept.wait(kept.store.database.fetch("SELECT used_ms FROM tempolor_worlds"))[0][0]
    return kept.store._connection.execute("SELECT used_ms FROM worlds").fetchone()[0]


def test_bytes_are_given_back_with_their_world(small):
    """After a reset there is room again."""
    use(small, ALICE, 60)
    small.wait(small.store.reset(ALICE))
    use(small, BOB, 60)
    use(small, CAROL, 30)

    assert small.dropped == []


def test_a_world_that_is_full_takes_nothing_more(small):
    """It says so, and what it has stays."""
    use(small, ALICE, 60)
    with pytest.raises(ServiceError, match="world is full") as refusal:
        use(small, ALICE, 30)

    assert refusal.value.code == 413
    assert small.run(lambda world: len(world.blobs), ALICE) == 1


@pytest.mark.parametrize("store", LASTING_STORES)
def test_what_a_world_keeps_is_known_after_a_restart(keep, store):
    """It is as full as it was."""
    use(keep(store, world_bytes=80), ALICE, 60)

    with pytest.raises(ServiceError, match="world is full"):
        use(keep(store, world_bytes=80), ALICE, 30)


def test_what_a_world_keeps_is_known_when_it_was_loaded(kept):
    """Accounts and uploads count as they did."""

    def furnish(world):
        accounts.configure(world, {"user_id": "111"}, 5)
        room.keep(world, "stems/1", b"x" * 60)
        return world.counters()["bytes"], snapshots.encode(snapshots.capture(world))

    size, text = kept.run(furnish)
    kept.run(lambda world: snapshots.load(world, snapshots.read(json.loads(text))))

    assert kept.run(lambda world: world.counters()["bytes"]) == size


def test_a_file_of_the_version_before_is_taken_over(keep, tmp_path):
    """Its uploads are counted."""
    first = keep("sqlite")
    use(first, ALICE, 60)
    first.close()
    with sqlite3.connect(tmp_path / "worlds.db") as connection:
        connection.execute("DROP INDEX worlds_by_use")
        connection.execute("ALTER TABLE worlds DROP COLUMN used_ms")
        connection.execute("DELETE FROM counters WHERE name = 'bytes'")
        for trigger in ("world_begun", "world_gone", "first_bytes", "more_bytes", "bytes_gone"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DROP TABLE totals")
        connection.execute("PRAGMA user_version = 2")
    connection.close()

    with pytest.raises(ServiceError, match="world is full"):
        use(keep("sqlite", world_bytes=80), ALICE, 30)
