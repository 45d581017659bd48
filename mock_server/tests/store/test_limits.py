"""Worlds are kept within bounds: the ones that were not used for longest go."""

import sqlite3

import pytest
from tempolor_mock.domain import room
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.room import Limits

from ..stores import LASTING_STORES, STORES

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
    kept.run(lambda world: room.keep(world, f"file {world.count('files')}", b"x" * size) if size else None, token)


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
    use(small, BOB, 30)
    assert small.dropped == []
    use(small, BOB, 30)

    assert small.dropped == [ALICE]


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
