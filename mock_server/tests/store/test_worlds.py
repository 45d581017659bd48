"""What every store does with worlds as a whole."""

import pytest
from tempolor_mock.domain import callbacks
from tempolor_mock.domain.callbacks import Outcome
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import Status
from tempolor_mock.domain.records import replace

from ..stores import LASTING_STORES

ALICE, BOB = Token("1", "alice"), Token("2", "bob")


def test_a_world_begins_empty_with_a_clock_of_its_own(kept):
    """The clock begins at the real moment of the first use."""
    kept.real_ms += 5
    assert kept.run(lambda world: (world.now_ms, len(world.accounts), list(world.jobs))) == (kept.real_ms, 0, [])
    kept.real_ms += 1_000
    assert kept.run(lambda world: world.now_ms) == kept.real_ms - 1_000


def test_what_an_action_returns_is_returned(kept):
    """Also nothing."""
    assert kept.run(lambda _world: None) is None
    assert kept.run(lambda world: str(world.token)) == "user:1-alice"


def test_worlds_are_apart(kept, records):
    """Nothing of one is seen in another, whatever has the same name there."""

    def furnish(world):
        world.accounts["111"] = records.account()
        world.jobs.put(records.job(1))
        world.callbacks.put(records.callback(1))
        world.midi.put(records.midi(1))
        world.blobs["midi/item1"] = b"MThd"
        world.count("jobs", 5)
        world.clock = world.clock.moved_to(0, world.real_ms)

    def seen(world):
        return (
            len(world.accounts),
            [*world.jobs, *world.jobs.active(), *world.callbacks, *world.midi, *world.blobs],
            [world.jobs.next_due_ms(), world.callbacks.next_due_ms(), world.callbacks.get(1), world.jobs.get("item1")],
            world.count("jobs"),
            world.now_ms,
        )

    kept.run(furnish)

    assert kept.run(seen, BOB) == (0, [], [None] * 4, 1, kept.real_ms)


def test_the_clock_is_kept(kept):
    """It goes on as it was turned."""
    kept.run(lambda world: setattr(world, "clock", replace(world.clock, frozen=False, speed=10.0)))
    kept.real_ms += 1_000

    assert kept.run(lambda world: (world.now_ms, world.clock.speed)) == (kept.real_ms + 9_000, 10.0)


def test_a_refusal_leaves_the_world_created_and_settled(kept, records):
    """Whoever is refused first sees the same clock as everybody after."""

    def refuse(_world):
        raise LookupError

    with pytest.raises(LookupError):
        kept.run(refuse)
    kept.real_ms += 1_000

    assert kept.run(lambda world: world.now_ms) == kept.real_ms - 1_000

    kept.run(lambda world: (world.jobs.put(records.job(1, seconds=1)), world.count("jobs")))
    kept.run(lambda world: setattr(world, "clock", world.clock.moved_to(world.now_ms + 9_999, world.real_ms)))
    with pytest.raises(LookupError):
        kept.run(refuse)

    assert kept.wait(kept.store.worlds_with_work()) == []


@pytest.mark.parametrize("store", LASTING_STORES)
def test_an_action_that_raises_has_changed_nothing(keep, records, store):
    """Databases undo what was done; in memory, actions decide before they change."""
    kept = keep(store)

    def spoil(world):
        world.accounts["111"] = records.account()
        world.jobs.put(records.job(1))
        world.callbacks.put(records.callback(1))
        world.blobs["midi/1"] = b"MThd"
        world.count("jobs")
        world.clock = world.clock.moved_to(0, 0)
        raise LookupError

    with pytest.raises(LookupError):
        kept.run(spoil)

    assert kept.run(lambda world: (len(world.accounts), [*world.jobs, *world.callbacks, *world.blobs])) == (0, [])
    assert kept.run(lambda world: (dict(world.counters()), world.now_ms)) == ({}, kept.real_ms)


def test_how_jobs_ended_is_told_once(kept, records):
    """Also where the action that found them at their end was refused."""
    told = []
    kept.store.settled = told.extend

    def advance(world):
        world.clock = world.clock.moved_to(world.now_ms + 10_000, world.real_ms)

    def refuse(_world):
        raise LookupError

    kept.run(lambda world: [world.jobs.put(records.job(seconds, seconds=seconds)) for seconds in (5, 15)])
    kept.run(advance)
    assert told == []
    kept.run(advance)
    assert told == [Status.COMPLETED]
    with pytest.raises(LookupError):
        kept.run(refuse)
    kept.run(lambda world: world.now_ms)

    assert told == [Status.COMPLETED] * 2


def test_a_world_is_found_by_its_handle(kept):
    """Once it was used, and until it is reset."""
    assert kept.wait(kept.store.find_token(ALICE.handle)) is None
    kept.run(lambda _world: None)

    assert kept.wait(kept.store.find_token(ALICE.handle)) == ALICE
    assert kept.wait(kept.store.find_token(BOB.handle)) is None

    kept.wait(kept.store.reset(ALICE))
    assert kept.wait(kept.store.find_token(ALICE.handle)) is None


def test_one_world_is_reset_and_the_others_stay(kept, records):
    """It begins anew, with a new clock."""
    for token in (ALICE, BOB):
        kept.run(lambda world: (world.jobs.put(records.job(1)), world.count("jobs")), token)
    kept.real_ms += 1_000

    assert kept.wait(kept.store.reset(ALICE)) == 1
    assert kept.run(lambda world: ([*world.jobs], world.count("jobs"), world.now_ms)) == ([], 1, kept.real_ms)
    assert kept.run(lambda world: (len([*world.jobs]), world.count("jobs")), BOB) == (1, 2)


def test_all_worlds_are_reset_at_once(kept):
    """The answer is how many there were."""
    for token in (ALICE, BOB):
        kept.run(lambda world: world.count("jobs"), token)

    assert kept.wait(kept.store.reset(None)) == 2
    assert kept.wait(kept.store.reset(None)) == 0
    assert kept.wait(kept.store.reset(ALICE)) == 0
    assert kept.run(lambda world: world.count("jobs"), BOB) == 1


def test_every_world_is_listed_in_the_order_of_creation(kept):
    """Used or not, until it is emptied."""
    for token in (BOB, ALICE, BOB):
        kept.run(lambda world: world.now_ms, token)
    assert kept.wait(kept.store.tokens()) == [BOB, ALICE]

    kept.wait(kept.store.reset(BOB))
    assert kept.wait(kept.store.tokens()) == [ALICE]


def test_worlds_in_which_something_will_happen_are_known(kept, records):
    """A running job or a callback that is still to be sent; nothing else."""
    kept.run(lambda world: world.accounts.update({"111": records.account()}), Token("3", "idle"))
    kept.run(lambda world: world.jobs.put(records.job(1)), ALICE)
    kept.run(lambda world: world.callbacks.put(records.callback(1)), BOB)

    assert sorted(map(str, kept.wait(kept.store.worlds_with_work()))) == [str(ALICE), str(BOB)]

    kept.run(lambda world: world.jobs.put(records.job(1).released()), ALICE)
    kept.run(lambda world: world.callbacks.put(replace(records.callback(1), outcome=Outcome.FAILED)), BOB)

    assert kept.wait(kept.store.worlds_with_work()) == []


def put_callbacks(world, *items):
    """Put callbacks."""
    for each in items:
        world.callbacks.put(each)


def take_callbacks(world):
    """Take the callbacks that are due, for seven seconds."""
    return callbacks.take_due(world, lease_ms=7_000, limit=9)


@pytest.mark.parametrize(
    ("furnish", "after_ms"),
    [
        (lambda world, make: world.jobs.put(make.job(1, seconds=20)), 10_000),
        (lambda world, make: put_callbacks(world, make.callback(1, due_ms=world.now_ms + 4_000)), 2_000),
        (lambda world, make: (put_callbacks(world, make.callback(1)), world.jobs.put(make.job(1))), 0),
        (lambda world, make: (put_callbacks(world, make.callback(1)), take_callbacks(world)), 7_000),
        (
            lambda world, make: (
                put_callbacks(world, make.callback(1, leased_until_ms=world.real_ms + 9_000), make.callback(2, job=2)),
                take_callbacks(world),
            ),
            7_000,
        ),
        (
            lambda world, make: (
                put_callbacks(world, make.callback(1)),
                put_callbacks(world, *take_callbacks(world), make.callback(2)),
                put_callbacks(world, make.callback(1, outcome=Outcome.FAILED, leased_until_ms=world.real_ms + 7_000)),
                take_callbacks(world),
                world.callbacks.forget_finished(2),
                put_callbacks(world, make.callback(2, leased_until_ms=world.real_ms + 8_000)),
            ),
            8_000,
        ),
        (lambda world, make: put_callbacks(world, make.callback(1, outcome=Outcome.FAILED)), 500_000),
        (lambda world, _make: setattr(world, "clock", replace(world.clock, frozen=True)), None),
    ],
    ids=["job", "callback", "both", "leased", "leased-twice", "lease-ended", "nothing", "stopped"],
)
def test_what_others_that_share_worlds_left_behind_is_known_when_it_is_due(keep, records, furnish, after_ms):
    """At the real moment at which a job goes on, a callback is to be sent, or whoever is at one should have done it."""
    kept = keep("postgresql")

    def begin(world):
        world.clock = replace(world.clock, frozen=False, speed=2.0)
        world.jobs.put(records.job(9, seconds=1_000_000))
        world.callbacks.put(records.callback(9, due_ms=world.now_ms + 1_000_000, job=9))
        furnish(world, records)

    kept.run(begin)
    moments = (kept.real_ms + (10**12 if after_ms is None else after_ms) - 1 + each for each in (0, 1))
    found = [kept.wait(kept.store.left_behind(each)) for each in moments]

    assert found == [[], [] if after_ms is None else [ALICE]]
