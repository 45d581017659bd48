"""The database goes away, is full, slow or locked: a 503 within seconds, and all goes on by itself afterwards."""

import asyncio
import time
from contextlib import nullcontext

import asyncpg
import pytest
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store import open_store
from tempolor_mock.store.postgresql import connections

from ..postgresql import execute
from .conftest import ALICE, BOB, START_MS, Kept, frozen_clock
from .database_proxy import DatabaseProxy

SOON = 0.3
"""Seconds after which these tests want to be told that the database does not answer."""


@pytest.fixture
def way(place_of):
    """The way to an empty schema."""
    proxy = DatabaseProxy(place_of("postgresql"))
    yield proxy
    proxy.close()


@pytest.fixture
def kept(way, monkeypatch):
    """A store that comes that way, and is impatient."""
    monkeypatch.setattr(connections, "SECONDS_TO_ANSWER", SOON)
    kept = Kept(open_store(way.url, Policy(), frozen_clock))
    yield kept
    kept.close()


def refused(kept, action, token=ALICE):
    """Run an action that must be refused; return what is told."""
    with pytest.raises(ServiceError) as refusal:
        kept.run(action, token)
    assert (refusal.value.code, refusal.value.headers) == (503, (("Retry-After", "1"),))
    return str(refusal.value)


def look(world):
    """Change nothing."""
    return dict(world.counters())


def count(world):
    """Change something."""
    return world.count("orders")


def test_connections_that_were_cut_are_made_anew(kept, way):
    """Nobody notices but whoever asks in that moment."""
    assert kept.run(count) == 1
    way.cut()

    assert "The mock cannot keep its worlds now" in refused(kept, look)
    assert kept.run(count) == 2


def test_a_database_that_is_gone_is_told_at_once(kept, way):
    """From looking and from changing alike; nothing was done."""
    kept.run(count)
    with way.gone():
        told = [refused(kept, action, token) for action in (look, count) for token in (ALICE, BOB)]

    assert all("Nothing was done" in each for each in told[1:])
    assert kept.run(look) == {"orders": 1}


def test_a_database_that_is_gone_before_it_is_used_is_found_when_it_is_back(kept, way):
    """No connection is needed for that."""
    with way.gone():
        assert "Nothing was done" in refused(kept, count)

    assert kept.run(count) == 1


@pytest.mark.parametrize(("bytes_a_second", "arrives"), [(1, True), (10**9, False)])
def test_an_upload_may_take_longer_the_larger_it_is(kept, monkeypatch, bytes_a_second, arrives):
    """By the speed that is expected at least."""
    kept.run(count)
    monkeypatch.setattr(connections, "SECONDS_TO_ANSWER", 1e-9)
    monkeypatch.setattr(connections, "BYTES_A_SECOND", bytes_a_second)

    def upload(world):
        world.blobs["midi/1"] = b"x" * 20

    with nullcontext() if arrives else pytest.raises(ServiceError, match="does not answer in time"):
        kept.run(upload)


def test_another_event_loop_gets_connections_of_its_own(kept):
    """Those of the first one are left to it, whoever closes the store."""

    async def ask_and_close():
        told = await kept.store.transact(ALICE, count, real_ms=START_MS)
        await kept.store.close()
        return told

    for number, elsewhere in ((1, ask_and_close), (3, kept.store.close)):
        assert kept.run(count) == number
        pool = kept.store.database._pool
        assert asyncio.run(elsewhere()) in {None, 2}
        assert not pool.is_closing()
        pool.terminate()
    assert kept.run(count) == 4


def test_a_database_that_does_not_answer_is_waited_for_no_longer_than_seconds(kept, way):
    """Whoever asks for another world meanwhile waits no longer either."""
    kept.run(count)
    with way.blocked():
        begun = time.monotonic()
        assert "does not answer in time" in refused(kept, look)
        assert "does not answer in time" in refused(kept, look, BOB)
        assert time.monotonic() - begun < 20 * SOON

    assert kept.run(look) == {"orders": 1}


def test_whether_a_change_was_made_is_left_open_where_nobody_knows(kept, way):
    """The answer to it got lost; here it was made."""
    kept.run(count)
    with way.blocked(answers=True):
        assert "It may have been done all the same" in refused(kept, count)

    assert kept.run(look) == {"orders": 2}


@pytest.mark.parametrize(("code", "reason"), [("53100", "disk is full"), ("25006", "takes no changes")])
def test_a_change_the_database_refuses_is_not_made(kept, place_of, code, reason):
    """Looking goes on."""
    kept.run(count)
    execute(
        place_of("postgresql"),
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE SQLSTATE ''{code}''; END'",
        "CREATE TRIGGER refuse BEFORE UPDATE OF state ON tempolor_worlds FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    told = refused(kept, count)
    seen = kept.run(look)
    execute(place_of("postgresql"), "DROP TRIGGER refuse ON tempolor_worlds", "DROP FUNCTION refuse")

    assert reason in told
    assert "Nothing was done" in told
    assert seen == {"orders": 1}
    assert kept.run(count) == 2


def test_a_lock_of_somebody_else_is_waited_for_no_longer_than_seconds(keep, place_of, monkeypatch):
    """Such as of an administrator; nothing was done then."""
    monkeypatch.setattr(connections, "SECONDS_FOR_A_LOCK", 0.1)
    kept = keep("postgresql")
    kept.run(count)

    async def lock_and_ask():
        other = await asyncpg.connect(place_of("postgresql"))
        await other.execute("BEGIN; LOCK TABLE tempolor_worlds")
        with pytest.raises(ServiceError, match=r"somebody else has locked it\. Nothing was done") as refusal:
            await kept.store.transact(ALICE, count, real_ms=START_MS)
        await other.close()
        return refusal.value.code

    assert kept.wait(lock_and_ask()) == 503
    assert kept.run(look) == {"orders": 1}


def test_a_mock_takes_no_more_connections_than_it_may(way):
    """However many worlds are asked for at once; others wait for their turn."""
    kept = Kept(open_store(way.url, Policy(), frozen_clock, connections=2))

    async def ask_all():
        tokens = [Token("1", f"world{number}") for number in range(20)]
        return await asyncio.gather(*(kept.store.transact(each, count, real_ms=START_MS) for each in tokens))

    answers = kept.wait(ask_all())
    shown = kept.wait(kept.store._fetch("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%tempolor_write%'"))
    kept.close()

    assert answers == [1] * 20
    assert shown[0][0] <= 2


def test_who_waits_when_all_is_cancelled_waits_no_longer(kept, way):
    """Neither for a call that is under way nor for the next one; the store can be closed then, and used again."""

    async def ask_and_cancel():
        with way.blocked():
            asked = []
            for _ in range(2):
                asked.append(asyncio.ensure_future(kept.store.transact(ALICE, look, real_ms=START_MS)))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            (serving,) = kept.store._serving
            serving.cancel()
            await kept.store.close()
            return await asyncio.gather(*asked, return_exceptions=True)

    kept.run(count)

    assert [type(each) for each in kept.wait(ask_and_cancel())] == [asyncio.CancelledError] * 2
    assert kept.run(look) == {"orders": 1}


def test_a_mock_says_that_it_is_alive_and_not_ready(new_client, way):
    """In the answers of the service it is a 503 in the envelope."""
    client = new_client(store=way.url)
    assert client.get("http://mock/_mock/health").json()["ready"] is True
    with way.gone():
        health, alive = (client.get(f"http://mock/_mock/{path}") for path in ("health", "health/live"))
        refusal = client.get("/accounts")

    assert (health.status_code, alive.status_code, refusal.status_code) == (503, 200, 503)
    assert (health.json()["live"], health.json()["ready"]) == (True, False)
    assert "database" in health.json()["reason"]
    assert refusal.json()["code"] == 503
    assert refusal.headers["Retry-After"] == "1"
    assert client.get("http://mock/_mock/health").status_code == 200
