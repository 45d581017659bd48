"""What every store does with worlds as a whole."""

import pytest
from tempolor_mock.domain import callbacks
from tempolor_mock.domain.callbacks import Outcome
from tempolor_mock.domain.faults import Effect, Fault, Match
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import Status
from tempolor_mock.domain.records import replace

from ..stores import LASTING_STORES
from .test_same_behaviour import everything

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


def furnish(world, make):
    """Put something of each kind into a world."""
    world.accounts["111"] = make.account()
    put_all(world.jobs, make.job(1), make.job(2).released())
    put_all(world.callbacks, make.callback(1, outcome=Outcome.FAILED), make.callback(2), make.callback(3))
    put_all(world.midi, make.midi(1), make.midi(2))
    world.blobs["midi/1"] = b"MThd"
    world.faults["f1"] = Fault(number=1, match=Match(), effect=Effect(kind="quota_spent"))
    world.count("jobs", 2)


def put_all(table, *items):
    """Put several items into a table."""
    for each in items:
        table.put(each)


CHANGES = [
    lambda world, make: world.accounts.update({"111": make.account(max_jobs=3), "222": make.account("222")}),
    lambda world, _make: world.accounts.pop("111"),
    lambda world, make: put_all(world.jobs, make.job(1).released(), make.job(2), make.job(3)),
    lambda world, _make: world.jobs.delete("item1"),
    lambda world, make: put_all(world.callbacks, make.callback(2, outcome=Outcome.DELIVERED), make.callback(4)),
    lambda world, make: put_all(world.callbacks, make.callback(4, outcome=Outcome.FAILED)),
    lambda world, _make: world.callbacks.forget_finished(5),
    lambda world, make: (
        world.callbacks.put(make.callback(2, outcome=Outcome.FAILED)),
        world.callbacks.forget_finished(3),
    ),
    lambda world, make: put_all(world.midi, replace(make.midi(1), name="Other"), make.midi(3)),
    lambda world, _make: world.midi.delete("item1"),
    lambda world, _make: world.blobs.update({"midi/1": b"other", "midi/2": b"more"}),
    lambda world, _make: world.blobs.pop("midi/1"),
    lambda world, _make: world.faults.clear(),
    lambda world, _make: world.count("jobs"),
    lambda world, _make: setattr(world, "clock", world.clock.moved_to(0, 0)),
    lambda world, make: (world.count("jobs"), world.clear(), world.accounts.update({"222": make.account("222")})),
]
"""Everything an action may do."""


@pytest.mark.parametrize("store", LASTING_STORES)
def test_an_action_that_raises_has_changed_nothing(keep, records, store):
    """Databases undo what was done; in memory, actions decide before they change."""
    kept = keep(store)
    kept.run(lambda world: furnish(world, records))
    before = kept.run(everything)

    def spoil(world, change):
        change(world, records)
        raise LookupError

    for number, change in enumerate(CHANGES):
        with pytest.raises(LookupError):
            kept.run(lambda world, change=change: spoil(world, change))
        assert kept.run(everything) == keep(store).run(everything) == before, number


def test_what_was_done_to_an_outdated_copy_is_undone(keep, records):
    """The action runs again on the world as others left it, and may do something else then."""
    first, second = keep("postgresql"), keep("postgresql")
    first.run(lambda world: furnish(world, records))

    def act(world, change, turn):
        if world.count("turns", 0) < turn:
            change(world, records)

    for turn, change in enumerate(CHANGES, start=1):
        second.run(everything)
        first.run(lambda world: world.count("turns"))
        second.run(lambda world, change=change, turn=turn: act(world, change, turn))
        assert second.run(everything) == first.run(everything), turn
    assert keep("postgresql").run(everything) == first.run(everything)


@pytest.mark.parametrize("store", LASTING_STORES)
def test_what_one_store_did_another_one_of_the_same_place_sees(keep, records, store):
    """Each change by itself, whether it knows the world before it or not."""
    first, second = keep(store), keep(store)
    for number, change in enumerate(CHANGES):
        first.run(lambda world: (world.clear(), furnish(world, records)))
        second.run(everything)
        first.run(lambda world, change=change: change(world, records))
        assert first.run(everything) == second.run(everything) == keep(store).run(everything), number


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


def take(world, make, *others):
    """Put a callback that is due beside others, and take those that are, for seven seconds."""
    put_all(world.callbacks, make.callback(1), *others)
    callbacks.take_due(world, lease_ms=7_000, limit=9)


@pytest.mark.parametrize(
    ("actions", "after_ms"),
    [
        ([lambda world, make: world.jobs.put(make.job(1, seconds=20))], 10_000),
        ([lambda world, make: world.callbacks.put(make.callback(1, due_ms=world.now_ms + 4_000))], 2_000),
        ([lambda world, make: (world.callbacks.put(make.callback(1)), world.jobs.put(make.job(1)))], 0),
        ([take], 7_000),
        (
            [lambda world, make: take(world, make, make.callback(2, job=2, leased_until_ms=world.real_ms + 9_000))],
            7_000,
        ),
        (
            [take, lambda world, make: world.callbacks.put(make.callback(1, leased_until_ms=world.real_ms + 9_000))],
            9_000,
        ),
        ([take, lambda world, make: callbacks.cancel(world, make.job(1))], 500_000),
        (
            [
                take,
                lambda world, make: (
                    world.callbacks.put(make.callback(1, outcome=Outcome.FAILED)),
                    world.callbacks.forget_finished(2),
                    world.callbacks.put(make.callback(2, leased_until_ms=world.real_ms + 8_000)),
                ),
            ],
            8_000,
        ),
        ([lambda world, make: world.callbacks.put(make.callback(1, outcome=Outcome.FAILED))], 500_000),
        ([lambda world, _make: setattr(world, "clock", replace(world.clock, frozen=True))], None),
    ],
    ids=["job", "callback", "both", "leased", "two", "renewed", "cancelled", "forgotten", "nothing", "stopped"],
)
def test_what_others_that_share_worlds_left_behind_is_known_when_it_is_due(keep, records, actions, after_ms):
    """At the real moment at which a job goes on, a callback is to be sent, or whoever is at one should have done it."""
    kept = keep("postgresql")

    def begin(world):
        world.clock = replace(world.clock, frozen=False, speed=2.0)
        world.jobs.put(records.job(9, seconds=1_000_000))
        world.callbacks.put(records.callback(9, due_ms=world.now_ms + 1_000_000, job=9))

    kept.run(begin)
    for action in actions:
        kept.run(lambda world, action=action: action(world, records))
    moments = (kept.real_ms + (10**12 if after_ms is None else after_ms) - 1 + each for each in (0, 1))
    found = [kept.wait(kept.store.left_behind(each)) for each in moments]

    assert found == [[], [] if after_ms is None else [ALICE]]
