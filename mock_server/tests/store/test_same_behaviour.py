"""Stores that are given the same calls give the same answers: what memory does, the others do."""

import asyncio
from itertools import cycle

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tempolor_mock.domain import accounts, callbacks, midi, music, scheduler, timing, voices
from tempolor_mock.domain.callbacks import Attempt
from tempolor_mock.domain.clock import Clock
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import MusicRequest
from tempolor_mock.domain.policy import Policy
from tempolor_mock.domain.records import replace
from tempolor_mock.store import open_store

from ..stores import LASTING_STORES

START_MS = 1_747_731_600_125
TOKENS = st.sampled_from([Token("1", "alice"), Token("2", "bob")])
USER_IDS = st.sampled_from(["111", "222"])
POLICY = Policy(page_size=2, job_seconds=(5, 30), callback_backoff_seconds=(1.0, 2.0))


class Replicas:
    """Stores that share a place, each of which is asked in turn; so each must see what the others did."""

    def __init__(self, stores):
        self._stores = stores
        self._turns = cycle(stores)

    async def transact(self, token, action, *, real_ms):
        """Run an action on the next one."""
        return await next(self._turns).transact(token, action, real_ms=real_ms)

    async def reset(self, token):
        """Empty worlds by the next one."""
        return await next(self._turns).reset(token)

    async def worlds_with_work(self):
        """Ask the next one."""
        return await next(self._turns).worlds_with_work()

    async def close(self):
        """Close all."""
        for store in self._stores:
            await store.close()


class Stores(RuleBasedStateMachine):
    """Runs each step on memory and on two stores of one place; compares what comes of it, then what is there."""

    def __init__(self, place):
        super().__init__()
        self.runner = asyncio.Runner()
        self.real_ms = START_MS
        names = ["memory", place, place]
        memory, *replicas = [open_store(name, POLICY, lambda real_ms: Clock(real_ms, real_ms)) for name in names]
        self.stores = [memory, Replicas(replicas)]
        self.jobs, self.files, self.cursors, self.taken = [""], [""], [None], []

    def both(self, token, action):
        """Run an action on both stores and return what both gave: a value, or the words of a refusal."""
        first, second = (self.outcome(store, token, action) for store in self.stores)
        assert first == second
        return first

    def outcome(self, store, token, action):
        """Return what an action gives."""
        try:
            return self.runner.run(store.transact(token, action, real_ms=self.real_ms))
        except ServiceError as refusal:
            return refusal.body()

    @rule(token=TOKENS, user_id=USER_IDS, max_jobs=st.integers(1, 6))
    def configure(self, token, user_id, max_jobs):
        """Configure an account."""
        self.both(token, lambda world: accounts.configure(world, {"user_id": user_id}, max_jobs))

    @rule(token=TOKENS, user_id=USER_IDS)
    def forget(self, token, user_id):
        """Delete an account."""
        self.both(token, lambda world: accounts.delete(world, user_id))

    @rule(
        token=TOKENS,
        kind=st.sampled_from(["song", "instrumental"]),
        user_id=st.none() | USER_IDS,
        reply_url=st.none() | st.just("http://127.0.0.1:9/cb"),
    )
    def start(self, token, kind, user_id, reply_url):
        """Order music."""
        request = MusicRequest(
            prompt="A ballad", model={"song": "v3", "instrumental": "i3"}[kind], user_id=user_id, reply_url=reply_url
        )
        started = self.both(token, lambda world: music.start(world, kind, request))
        self.jobs += [str(job.id) for job in getattr(started, "jobs", ())]

    @rule(token=TOKENS, data=st.data(), call=st.sampled_from([music.get, music.delete, scheduler.cancel]))
    def touch(self, token, data, call):
        """Read, delete or cancel a job, of whomever."""
        job_id = data.draw(st.sampled_from(self.jobs))
        self.both(token, lambda world: call(world, job_id))

    @rule(token=TOKENS, user_id=USER_IDS, data=st.data())
    def turn_pages(self, token, user_id, data):
        """Read a page, and keep its cursor for a later one."""
        cursor = data.draw(st.sampled_from(self.cursors))
        page = self.both(token, lambda world: music.page(world, "song", user_id=user_id, cursor=cursor))
        self.cursors.append(getattr(page, "cursor", None))

    @rule(token=TOKENS, user_id=USER_IDS, content=st.binary(max_size=20))
    def upload(self, token, user_id, content):
        """Keep a MIDI file and a voice."""
        file = self.both(
            token,
            lambda world: midi.add(world, name="T", content=content, key="C:major", bpm=90, user_id=user_id),
        )
        self.both(token, lambda world: voices.clone(world, name="V", extension="wav", content=content, user_id=user_id))
        self.files.append(str(file.file.id) if hasattr(file, "file") else "")

    @rule(token=TOKENS, data=st.data())
    def forget_file(self, token, data):
        """Delete a MIDI file."""
        midi_id = data.draw(st.sampled_from(self.files))
        self.both(token, lambda world: midi.delete(world, midi_id))

    @rule(token=TOKENS, seconds=st.sampled_from([0.001, 1, 7, 60]))
    def advance(self, token, seconds):
        """Move the clock forward."""
        self.both(token, lambda world: timing.advance(world, seconds))

    @rule(token=TOKENS, turn=st.sampled_from([timing.freeze, timing.resume]))
    def turn(self, token, turn):
        """Stop the clock, or let it go on."""
        self.both(token, turn)

    @rule(ms=st.integers(0, 5_000))
    def wait(self, ms):
        """Let real time pass."""
        self.real_ms += ms

    @rule(token=TOKENS, limit=st.integers(1, 4))
    def take(self, token, limit):
        """Take callbacks that are due."""
        taken = self.both(token, lambda world: callbacks.take_due(world, lease_ms=3_000, limit=limit))
        self.taken += taken

    @precondition(lambda self: self.taken)
    @rule(token=TOKENS, data=st.data(), status=st.sampled_from([200, 500, None]))
    def record(self, token, data, status):
        """Tell what became of a callback."""
        held = data.draw(st.sampled_from(self.taken))
        self.both(token, lambda world: callbacks.record(world, held, Attempt(world.now_ms, status)))

    @rule(token=TOKENS, before=st.integers(1, 9))
    def forget_reports(self, token, before):
        """Forget old callbacks."""
        self.both(token, lambda world: world.callbacks.forget_finished(before))

    @precondition(lambda self: len(self.jobs) > 6)
    @rule(token=TOKENS | st.none())
    def reset(self, token):
        """Empty a world, or all of them."""
        first, second = (self.runner.run(store.reset(token)) for store in self.stores)
        assert first == second

    @invariant()
    def both_hold_the_same(self):
        """Everything that can be asked of a world."""
        for token in (Token("1", "alice"), Token("2", "bob")):
            self.both(token, everything)
        with_work = [sorted(map(str, self.runner.run(store.worlds_with_work()))) for store in self.stores]
        assert with_work[0] == with_work[1]

    def teardown(self):
        """Leave nothing behind."""
        for store in self.stores:
            self.runner.run(store.reset(None))
            self.runner.run(store.close())
        self.runner.close()


def everything(world):
    """Return all a world holds, in the orders it tells it."""
    jobs, queued = world.jobs, world.callbacks
    return [
        (
            world.now_ms,
            replace(world.clock, real_ms=0),
            dict(world.accounts),
            dict(world.counters()),
            dict(world.blobs),
        ),
        (list(jobs), list(world.midi), list(world.voices), list(queued)),
        (jobs.active(), jobs.active("111"), jobs.count_active("222"), jobs.next_due_ms()),
        (queued.next_due_ms(), queued.due(world.now_ms, real_ms=world.real_ms, limit=3), queued.latest(4)),
        queued.next_due_ms(real_ms=world.real_ms),
        [(queued.pending(job.id), queued.latest(2, job_id=str(job.id))) for job in jobs],
    ]


@pytest.mark.parametrize("store", LASTING_STORES)
def test_each_store_does_what_memory_does(place_of, store):
    """Whatever is asked of it, and in whichever order."""
    run_state_machine_as_test(
        lambda: Stores(place_of(store)),
        settings=settings(
            max_examples=8 if store == "postgresql" else 16,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
