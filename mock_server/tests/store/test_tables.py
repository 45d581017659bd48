"""What every store's tables do, whatever they are made of."""

import pytest
from tempolor_mock.domain.faults import Effect, Fault, Match
from tempolor_mock.domain.records import replace

from .conftest import Records


def fill(world, items):
    """Put several items into the table of MIDI files."""
    for item in items:
        world.midi.put(item)


def numbers(items):
    """Return the numbers of items, in their order."""
    return [item.number for item in items]


def test_an_item_comes_back_as_it_was_put(edit, records):
    """Every field, nested ones included."""
    job, file = records.job(1, has_callbacks=True), records.midi(1)
    edit(lambda world: (world.jobs.put(job), world.midi.put(file)))

    assert edit(lambda world: (world.jobs.get("item1"), world.midi.get("item1"))) == (job, file)


def test_an_item_that_is_not_there_is_none(edit):
    """Nothing is raised for it."""
    assert edit(lambda world: world.jobs.get("item1")) is None


def test_kinds_of_items_do_not_mix(edit, records):
    """The same item id may stand for a MIDI file and a job."""
    edit(lambda world: world.midi.put(records.midi(1)))

    assert edit(lambda world: world.jobs.get("item1")) is None
    assert edit(lambda world: list(world.voices.page("111", before=None, limit=9))) == []


def test_putting_an_item_again_replaces_it(edit, records):
    """It keeps its place in the listing."""
    edit(lambda world: fill(world, [records.midi(1), records.midi(2), replace(records.midi(1), name="Other")]))

    assert edit(lambda world: [file.name for file in world.midi.page("111", before=None, limit=9)]) == [
        "Theme 2",
        "Other",
    ]


def test_pages_are_newest_first_and_as_long_as_asked(edit, records):
    """Each begins before the last number seen."""
    edit(lambda world: fill(world, map(records.midi, range(1, 8))))

    assert edit(lambda world: numbers(world.midi.page("111", before=None, limit=3))) == [7, 6, 5]
    assert edit(lambda world: numbers(world.midi.page("111", before=5, limit=3))) == [4, 3, 2]
    assert edit(lambda world: numbers(world.midi.page("111", before=2, limit=3))) == [1]
    assert edit(lambda world: numbers(world.midi.page("111", before=1, limit=3))) == []


def test_pages_stay_right_while_items_come_and_go(edit, records):
    """A page goes on before a number, whether that item still exists or not."""
    edit(lambda world: fill(world, map(records.midi, range(1, 7))))
    edit(lambda world: (world.midi.delete("item4"), world.midi.delete("item3"), world.midi.put(records.midi(7))))

    assert edit(lambda world: numbers(world.midi.page("111", before=4, limit=9))) == [2, 1]
    assert edit(lambda world: numbers(world.midi.page("111", before=None, limit=9))) == [7, 6, 5, 2, 1]


def test_listings_are_apart(edit, records):
    """Each account has its own, and so has each kind of music."""
    song, instrumental = records.job(1), replace(records.job(2), kind="instrumental")
    edit(
        lambda world: (world.jobs.put(song), world.jobs.put(instrumental), world.jobs.put(records.job(3, user_id="2")))
    )

    assert edit(lambda world: numbers(world.jobs.page("111/song", before=None, limit=9))) == [1]
    assert edit(lambda world: numbers(world.jobs.page("111/instrumental", before=None, limit=9))) == [2]
    assert edit(lambda world: numbers(world.jobs.page("2/song", before=None, limit=9))) == [3]
    assert edit(lambda world: numbers(world.jobs.page("3/song", before=None, limit=9))) == []


def test_a_table_yields_everything_oldest_first(edit, records):
    """Of all listings together, in whichever order they were put."""
    edit(lambda world: fill(world, [records.midi(2, "2"), records.midi(3), records.midi(1)]))

    assert edit(lambda world: numbers(world.midi)) == [1, 2, 3]
    assert edit(lambda world: numbers(world.midi.page("111", before=None, limit=9))) == [3, 1]


@pytest.mark.parametrize("user_id", ["111", "a:b/c", "ü", "' OR 1=1 --", "x" * 300, "nul\0byte", "back\\0slash\\"])
def test_accounts_are_found_by_any_id(edit, records, user_id):
    """An id is a text like any other."""
    account = records.account(user_id)
    edit(lambda world: world.accounts.update({user_id: account}))

    assert edit(lambda world: (dict(world.accounts), len(world.accounts), user_id in world.accounts)) == (
        {user_id: account},
        1,
        True,
    )


@pytest.mark.parametrize(
    ("mapping", "make"),
    [
        ("accounts", Records().account),
        ("faults", lambda key: Fault(number=int(key), match=Match(), effect=Effect(kind="quota_spent"))),
        ("blobs", str.encode),
    ],
)
def test_what_has_a_name_can_be_changed_and_forgotten(edit, mapping, make):
    """What is not there raises KeyError, as in any mapping."""
    edit(lambda world: getattr(world, mapping).update({"1": make("1"), "2": make("2")}))
    edit(lambda world: getattr(world, mapping).update({"2": make("3")}))
    assert edit(lambda world: (list(getattr(world, mapping)), len(getattr(world, mapping)))) == (["1", "2"], 2)
    edit(lambda world: getattr(world, mapping).pop("1"))

    assert edit(lambda world: dict(getattr(world, mapping))) == {"2": make("3")}
    for look in (lambda items: items["1"], lambda items: items.pop("1"), lambda items: items.__delitem__("1")):
        with pytest.raises(KeyError):
            edit(lambda world, look=look: look(getattr(world, mapping)))


def test_blobs_keep_any_bytes(edit):
    """Empty ones and big ones too."""
    blobs = {"midi/1": b"", "voice/1": bytes(range(256)) * 8_192}
    edit(lambda world: world.blobs.update(blobs))

    assert edit(lambda world: dict(world.blobs)) == blobs
    assert edit(lambda world: world.blobs.pop("midi/1")) == b""
    assert edit(lambda world: (list(world.blobs), len(world.blobs))) == (["voice/1"], 1)
    assert edit(lambda world: world.blobs.pop("midi/1", None)) is None
    with pytest.raises(KeyError):
        edit(lambda world: world.blobs.__delitem__("midi/1"))
    edit(lambda world: (world.blobs.update({"stems/1": b"short-lived"}), world.blobs.pop("stems/1")))
    assert edit(lambda world: dict(world.blobs)) == {"voice/1": blobs["voice/1"]}


def test_counters_start_at_nothing_and_add_up(edit):
    """Each by itself."""
    assert [edit(lambda world: world.count("jobs")) for _ in range(3)] == [1, 2, 3]
    assert edit(lambda world: world.count("music_seconds", 240)) == 240
    assert edit(lambda world: world.count("jobs", 10)) == 13
    assert edit(lambda world: dict(world.counters())) == {"jobs": 13, "music_seconds": 240}


def test_clearing_a_world_leaves_its_clock(edit, records):
    """Everything else is as in a new one."""

    def furnish(world):
        world.accounts["1"] = records.account("1")
        world.jobs.put(records.job(1, has_callbacks=True))
        world.callbacks.put(records.callback(1))
        world.midi.put(records.midi(1))
        world.blobs["midi/item1"] = b"MThd"
        world.count("jobs")
        world.clock = world.clock.moved_to(world.now_ms + 5_000, world.real_ms)

    edit(furnish)
    before = edit(lambda world: world.now_ms)
    edit(lambda world: (world.count("jobs"), world.clear(), world.accounts.update({"2": records.account("2")})))
    assert edit(lambda world: list(world.accounts)) == ["2"]
    edit(lambda world: world.clear())

    assert edit(lambda world: (len(world.accounts), list(world.jobs), list(world.callbacks), list(world.midi))) == (
        0,
        [],
        [],
        [],
    )
    assert edit(lambda world: (dict(world.blobs), dict(world.counters()), world.jobs.active())) == ({}, {}, [])
    assert edit(lambda world: (world.now_ms, world.jobs.next_due_ms(), world.callbacks.next_due_ms())) == (
        before,
        None,
        None,
    )
