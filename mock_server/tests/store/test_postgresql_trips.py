"""How often a mock waits for the database: once for each transaction, whatever it does."""

import asyncio

import pytest
from tempolor_mock.domain import accounts, callbacks, midi, music, room, timing
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import MusicRequest
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store import open_store
from tempolor_mock.store.codec import ACCOUNT
from tempolor_mock.store.postgresql import copies
from tempolor_mock.store.postgresql.changes import Changes, Row
from tempolor_mock.store.postgresql.tracked_blobs import MissingBlobError, TrackedBlobs

from .conftest import ALICE, BOB, Kept, frozen_clock
from .database_proxy import DatabaseProxy

CAROL = Token("3", "carol")
SONG = MusicRequest(prompt="A ballad", model="v3", reply_url="http://127.0.0.1:9/cb")


@pytest.fixture
def way(place_of):
    """The way to an empty schema."""
    proxy = DatabaseProxy(place_of("postgresql"))
    yield proxy
    proxy.close()


@pytest.fixture
def stores(way):
    """Two mocks that come that way, on one connection each, and know Alice's world."""
    stores = [Kept(open_store(way.url, Policy(), frozen_clock, connections=1)) for _ in range(2)]
    stores[0].run(lambda world: accounts.configure(world, {"user_id": "1"}, 100))
    for kept in stores:
        for _ in range(2):  # A statement is prepared when it is first used.
            kept.run(lambda world: (music.start(world, "song", SONG), room.keep(world, "kept", b"MThd")))
            kept.run(lambda world: world.blobs["kept"])
            kept.run(accounts.all_of)
    yield stores
    for kept in stores:
        kept.close()


def order(world):
    """Order a song; return the id of one of its jobs."""
    return str(music.start(world, "song", SONG).jobs[0].id)


@pytest.mark.parametrize(
    ("action", "trips"),
    [
        (lambda world: world.blobs["kept"], 2),
        (order, 1),
        (lambda world: music.poll(world, order(world)), 1),
        (lambda world: music.page(world, "song", user_id="1", cursor=None), 1),
        (lambda world: accounts.get(world, "1"), 1),
        (lambda world: timing.advance(world, 60), 1),
        (lambda world: callbacks.take_due(world, lease_ms=1000, limit=500), 1),
        (lambda world: midi.add(world, name="T", content=b"MThd", key="C:major", bpm=90, user_id=None), 2),
    ],
    ids=["upload-and-read", "order", "order-and-poll", "page", "account", "advance", "callbacks", "upload"],
)
def test_a_transaction_is_one_round_trip(stores, way, action, trips):
    """Where a world grows, another one sees to it that all worlds are within the limits."""
    first, _ = stores
    first.run(accounts.all_of)
    before = way.trips
    first.run(action)
    assert way.trips - before == trips


def test_a_poll_is_one_round_trip_though_others_have_changed_the_world(stores, way):
    """The answer to it tells the changes."""
    first, second = stores
    job_id = first.run(order)
    copy, version = second.store._copies.get(ALICE), first.store._copies.get(ALICE).version
    before = way.trips
    status = second.run(lambda world: music.poll(world, job_id)).step(0).status

    assert status.name == "GENERATING"
    assert way.trips - before == 1
    assert second.store._copies.get(ALICE) is copy
    assert copy.version == version


def test_a_world_that_nobody_has_a_copy_of_is_one_round_trip_too(stores, way):
    """It comes as the database has it."""
    first, _ = stores
    first.store._copies.forget(ALICE)
    before = way.trips
    first.run(accounts.all_of)

    assert way.trips - before == 1


def test_an_order_is_two_round_trips_where_others_have_changed_the_world(stores, way):
    """The first is told the changes, the second one counts them."""
    first, second = stores
    first.run(order)
    before = way.trips
    second.run(order)

    assert way.trips - before == 2


def test_many_requests_to_one_world_share_their_round_trips(stores, way):
    """All that come while one is under way share the next one."""
    first, _ = stores
    first.run(order)
    before = way.trips

    async def ask():
        return await asyncio.gather(*(first.store.transact(ALICE, order, real_ms=first.real_ms) for _ in range(20)))

    assert len(set(first.wait(ask()))) == 20
    assert way.trips - before <= 2


def test_who_waits_no_longer_holds_up_nobody(stores):
    """What was begun for them is done; what was not begun is left."""
    first, _ = stores

    def begin():
        return asyncio.ensure_future(
            first.store.transact(ALICE, lambda world: world.count("orders"), real_ms=first.real_ms)
        )

    async def ask():
        asked = [begin()]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        # These wait for the first one, whose answer cannot be taken in before they are cancelled.
        asked += [begin() for _ in range(3)]
        await asyncio.sleep(0)
        asked[0].cancel()
        asked[2].cancel()
        return await asyncio.gather(*asked, return_exceptions=True)

    first.run(accounts.all_of)
    told = [each if isinstance(each, int) else type(each) for each in first.wait(ask())]

    assert told == [asyncio.CancelledError, 2, asyncio.CancelledError, 3]


def test_a_store_that_is_closed_ends_what_is_under_way_first(stores):
    """Whoever waits for it is told."""
    first, _ = stores

    async def ask_and_close():
        asked = asyncio.ensure_future(first.store.transact(ALICE, accounts.all_of, real_ms=first.real_ms))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        pool = first.store.database._pool
        await first.store.close()
        return pool.is_closing(), len(await asked)

    assert first.wait(ask_and_close()) == (True, 1)


def copied(kept):
    """Return which worlds a store has copies of."""
    return [token for token in (ALICE, BOB, CAROL) if kept.store._copies.get(token)]


@pytest.mark.parametrize(
    ("room", "left"), [(0, [CAROL]), (2, [CAROL]), (4, [BOB, CAROL]), (6, [ALICE, BOB, CAROL])], ids=str
)
def test_the_worlds_that_were_used_last_are_copied_as_far_as_there_is_room(keep, records, monkeypatch, room, left):
    """By the characters of their records, whether they were written or read; those that are gone take none."""
    writer, reader = keep("postgresql"), keep("postgresql")
    monkeypatch.setattr(copies, "COPIED_CHARACTERS", room * len(ACCOUNT.encode(records.account())))
    for token in (BOB, CAROL, ALICE, BOB, CAROL):
        for user_id in ("111", "222"):
            writer.run(
                lambda world, user_id=user_id: world.accounts.setdefault(user_id, records.account(user_id)), token
            )
        reader.run(lambda world: len(world.accounts), token)

    assert copied(writer) == copied(reader) == left
    for token in (CAROL, None):
        writer.wait(writer.store.reset(token))
        assert copied(writer) == [each for each in left if token is not None and each != token]


def test_the_bytes_of_an_upload_are_at_hand_only_while_they_are_used():
    """Those of the version that is known, and of no other one."""
    blobs = TrackedBlobs(Changes())
    blobs.take([Row("blob", "midi/1", 3, "4")])
    blobs.lend("midi/1", 2, b"older")
    blobs.lend("midi/2", 3, b"unknown")
    with pytest.raises(MissingBlobError):
        blobs["midi/1"]

    blobs.lend("midi/1", 3, b"MThd")
    assert (dict(blobs), blobs.size("midi/1")) == ({"midi/1": b"MThd"}, 4)
    blobs["midi/2"] = b"new"
    blobs["midi/3"] = b"gone"
    del blobs["midi/3"]
    blobs.put_away()
    with pytest.raises(MissingBlobError):
        blobs["midi/1"]

    assert [blobs.unwritten(name) for name in ("midi/1", "midi/2", "midi/3")] == [None, b"new", None]
    assert blobs["midi/2"] == b"new"
    blobs["midi/4"] = b"newer"
    del blobs["midi/4"]
    blobs["midi/2"] = b"newest"
    blobs.written(4)
    blobs.put_away()
    with pytest.raises(MissingBlobError):
        blobs["midi/2"]
    blobs.lend("midi/2", 4, b"newest")
    assert blobs["midi/2"] == b"newest"
