"""How often a mock waits for the database: once for each transaction, whatever it does."""

import asyncio

import pytest
from tempolor_mock.domain import accounts, callbacks, midi, music, room, timing
from tempolor_mock.domain.jobs import MusicRequest
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store import open_store

from .conftest import ALICE, Kept, frozen_clock
from .database_proxy import DatabaseProxy

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
    before = way.trips
    status = second.run(lambda world: music.poll(world, job_id)).step(0).status

    assert status.name == "GENERATING"
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
