"""Callbacks that go out by themselves, over restarts, and at shutdown."""

import asyncio
import gc
import json
import sqlite3
from types import SimpleNamespace

import pytest
from tempolor_mock.callbacks import delivery, dispatcher
from tempolor_mock.domain.callbacks import KEPT_CALLBACKS
from tempolor_mock.domain.policy import Policy
from tempolor_mock.settings import Settings
from tempolor_mock.store import sqlite

from ..stores import LASTING_STORES, STORES

FAST = {"frozen": False, "speed": 2_000.0}
START_MS = 1_747_731_600_125


def all_final(count):
    """Return whether the final callbacks of so many jobs came in."""
    return lambda received: sum(each.body["status_final"] for each in received) >= count


def test_a_running_clock_sends_callbacks_without_any_call(run_mock, receiver, caplog):
    """Each job's in order, to the last; nothing of that is an error in the log."""

    async def scenario():
        async with run_mock(**FAST) as client:
            await client.account()
            jobs = await client.song(receiver.url)

            await receiver.arrived(all_final(len(jobs)))

        return jobs

    jobs = asyncio.run(scenario())

    assert [[each.progress for each in receiver.of(job)] for job in jobs] == [[20, 40, 60, 80, 100]] * len(jobs)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_callback_is_kept_from_others_for_longer_than_a_try_may_take():
    """Or two mocks on one store would send it at the same time; a mock that died must not hold it for ever."""
    worlds = SimpleNamespace(settings=Settings(callback_timeout_seconds=3))

    assert 3_000 < delivery.lease_ms(worlds) <= 60_000


def test_a_running_clock_tries_again_without_any_call(run_mock, receiver, acts):
    """After the pauses of the policy, in virtual time."""

    async def fail_first(receiver, received, writer):
        first = sum(each.body == received.body for each in receiver.received) == 1
        await (acts.answering(500) if first else acts.ok)(receiver, received, writer)

    async def scenario():
        receiver.behave = fail_first
        async with run_mock(**FAST) as client:
            await client.account()
            jobs = await client.song(receiver.url)

            await receiver.arrived(all_final(len(jobs)))
            await receiver.arrived(lambda received: len(received) == 2 * 5 * len(jobs))

        assert [[each.progress for each in receiver.of(job)] for job in jobs] == [
            [progress for progress in (20, 40, 60, 80, 100) for _ in range(2)] for job in jobs
        ]

    asyncio.run(scenario())


def test_a_clock_that_stands_still_sends_nothing(run_mock, receiver):
    """Not even what fell due before it was stopped and came to nothing then; resuming does."""

    async def scenario():
        async with run_mock(frozen=True, speed=2_000.0) as client:
            await client.account()
            jobs = await client.song(receiver.url)
            for _ in range(3):
                await client.get(f"/music/{jobs[0]}")
            quiet = list(receiver.received)
            await client.post(client.base_url.join("/_mock/clock/resume"))
            await receiver.arrived(all_final(len(jobs)))

        assert quiet == []

    asyncio.run(scenario())


def test_an_advance_of_a_running_clock_sends_what_it_passes(run_mock, receiver):
    """As one of a clock that stands still."""

    async def scenario():
        async with run_mock(frozen=False) as client:
            await client.account()
            jobs = await client.song(receiver.url)

            caused = (await client.advance(60))["callbacks"]

            assert len(caused) == len(receiver.received) == 5 * len(jobs)
            assert {each["outcome"] for each in caused} == {"delivered"}

    asyncio.run(scenario())


@pytest.mark.parametrize("store", STORES)
def test_a_shutdown_with_callbacks_on_their_way_is_clean(run_mock, receiver, acts, place_of, store):
    """Nobody is waited for, and nothing is left open."""
    place = place_of(store)

    async def scenario():
        receiver.behave = acts.hang
        async with run_mock(**FAST, store=place) as client:
            await client.account(maxJobs=100)
            for _ in range(20):
                await client.song(receiver.url)
            await receiver.arrived(lambda received: len(received) >= 16)

    asyncio.run(scenario())
    gc.collect()

    assert len(receiver.received) == 16


@pytest.mark.parametrize("store", LASTING_STORES)
@pytest.mark.parametrize("end", ["shutdown", "kill"])
def test_a_restart_sends_what_was_still_due(run_mock, receiver, acts, place_of, *, end, store):
    """Without any call, in order; what was on its way may come twice.

    After a kill, the callbacks that were on their way belong to nobody until their lease has run out.
    """
    settings = {**FAST, "store": place_of(store)}

    async def before():
        receiver.behave = acts.hang
        async with run_mock(**settings, wall=lambda: START_MS + round(clock() * 1000)) as client:
            await client.account()
            jobs = await client.song(receiver.url)
            await receiver.arrived(lambda received: {each.job_id for each in received} == set(jobs))
            if end == "kill":
                client._transport.app.dispatcher._current = None
            return jobs

    async def after():
        receiver.behave, receiver.received = acts.ok, []
        late = 60_000 if end == "kill" else 0
        async with run_mock(**settings, wall=lambda: START_MS + late + round(clock() * 1000)):
            await receiver.arrived(all_final(2))

    loop = asyncio.new_event_loop()
    clock = loop.time
    loop.close()
    jobs = asyncio.run(before())
    asyncio.run(after())

    assert [[each.progress for each in receiver.of(job)] for job in jobs] == [[20, 40, 60, 80, 100]] * len(jobs)


def test_the_journal_of_a_world_is_bounded(run_mock, receiver, monkeypatch):
    """Finished callbacks beyond the newest are forgotten; what is to be sent never is."""
    monkeypatch.setattr("tempolor_mock.domain.callbacks.KEPT_CALLBACKS", 7)

    async def scenario():
        async with run_mock() as client:
            await client.account()
            await client.song(receiver.url)
            caused = (await client.advance(60, with_requests=True))["callbacks"]
            kept = await client.callbacks()

            assert len(caused) == 10
            assert kept == caused[:2:-1]

    asyncio.run(scenario())

    assert KEPT_CALLBACKS == 10_000


def test_emptying_a_world_breaks_off_what_is_on_its_way(run_mock, receiver, acts):
    """An advance that waits for it comes back, and nothing of the old world turns up in the new one."""

    async def scenario():
        receiver.behave = acts.hang
        async with run_mock() as client:
            await client.account()
            await client.song(receiver.url)
            advancing = asyncio.create_task(client.advance(60))
            await receiver.arrived(lambda received: len(received) == 2)

            await client.post(client.base_url.join("/_mock/reset"))
            await advancing

            assert await client.callbacks() == []
            assert len(receiver.received) == 2

    asyncio.run(scenario())


def test_emptying_a_world_leaves_the_callbacks_of_others_alone(run_mock, receiver, acts):
    """What is on its way in another world arrives."""

    async def scenario():
        receiver.behave = acts.hang
        async with run_mock() as client:
            await client.account()
            await client.song(receiver.url)
            advancing = asyncio.create_task(client.advance(60))
            await receiver.arrived(lambda received: len(received) == 2)

            other = {"Authorization": "Bearer user:1-other"}
            await client.post(client.base_url.join("/_mock/reset"), headers=other)
            receiver.let_go()

            assert {each["outcome"] for each in (await advancing)["callbacks"]} == {"delivered"}

    asyncio.run(scenario())


def test_what_comes_due_while_a_receiver_hangs_is_sent(run_mock, receiver, other_receiver, acts):
    """In the same world, to another receiver, without any call."""

    async def scenario():
        receiver.behave = acts.hang
        async with run_mock(**FAST) as client:
            await client.account()
            await client.song(receiver.url)
            await receiver.arrived(lambda received: len(received) == 2)
            await client.song(other_receiver.url)

            await other_receiver.arrived(all_final(2))
            receiver.let_go()

    asyncio.run(scenario())


def test_a_world_that_has_nothing_to_send_any_more_costs_nothing(run_mock, receiver):
    """A mock that many tests share sees many worlds."""

    async def scenario():
        async with run_mock() as client:
            await client.account()
            await client.song(receiver.url)
            sent = (await client.advance(60))["callbacks"]
            dispatcher = client._transport.app.dispatcher._current

            assert {each["outcome"] for each in sent} == {"delivered"}
            assert dispatcher._deliveries == {}
            assert dispatcher._client is None

    asyncio.run(scenario())


def test_one_application_serves_event_loops_one_after_another(receiver):
    """As tests do that each run a loop of their own; nothing of an old loop is needed."""
    import httpx  # noqa: PLC0415 - for the transport alone
    from tempolor_mock.app import create_app  # noqa: PLC0415 - the application under test

    app = create_app(Settings(policy=Policy(jobs_per_request=1), speed=2_000.0))

    async def order():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://mock/v1/tempolor",
            headers={"Authorization": "Bearer user:1-loops"},
        ) as client:
            await client.post("/accounts", json={"requestParams": {}})
            (await client.post("/music/song", json={"prompt": "A", "replyUrl": receiver.url})).raise_for_status()
            already = sum(each.body["status_final"] for each in receiver.received)
            await receiver.arrived(all_final(already + 1))

    for _ in range(2):
        asyncio.run(order())

    assert sum(each.body["status_final"] for each in receiver.received) >= 2


def test_callbacks_go_on_by_themselves_when_the_store_does(run_mock, receiver, tmp_path, monkeypatch):
    """A file that could not be used for a while, or a disk that was full, costs no callback."""
    monkeypatch.setattr(sqlite, "LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(dispatcher, "SECONDS_TO_TRY_AGAIN", 0.01)
    monkeypatch.setattr(delivery, "LEASE_MARGIN_SECONDS", 0)
    told = asyncio.Event()
    monkeypatch.setattr(dispatcher, "log_failure", lambda *_: told.set())
    path = tmp_path / "worlds"

    async def scenario():
        async with run_mock(frozen=False, speed=50, callback_timeout_seconds=0.5, store=f"sqlite:{path}") as client:
            await client.account()
            await client.song(receiver.url)
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await told.wait()
            other.close()
            await receiver.arrived(all_final(2))

    asyncio.run(scenario())


def test_a_callback_shows_the_fields_of_an_overlay(new_client, receiver, tmp_path):
    """It is the item, as that is shown."""
    overlay = tmp_path / "tomorrow.yaml"
    fields = {
        "target": "$.components.schemas.MusicItem.properties",
        "update": {"lufs": {"type": "number", "example": -14}},
    }
    overlay.write_text(json.dumps({"overlay": "1.0.0", "info": {}, "actions": [fields]}))
    client = new_client(overlays=(overlay,))
    client.account()

    client.song(replyUrl=receiver.url)
    client.advance(60)

    assert {each.body["lufs"] for each in receiver.received} == {-14}
