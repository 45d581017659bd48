"""A journal stays within its bytes, and shares them fairly, wherever it is kept."""

import tracemalloc

import pytest
from tempolor_mock.domain.ids import Token
from tempolor_mock.exchange import Answer
from tempolor_mock.journal import Counts, stored
from tempolor_mock.journal.sharing import cuts
from tempolor_mock.steps.replies import reply_of

BUSY, QUIET = Token("1", "busy"), Token("2", "quiet")
LIMIT = 200_000


@pytest.fixture(autouse=True)
def nobody_else_writes(monkeypatch):
    """There is one process only, so that readers need not wait for others."""
    monkeypatch.setattr(stored, "WRITTEN_AFTER_SECONDS", 0)


def test_old_entries_make_room_for_new_ones(open_one, entry):
    """The newest are kept; what was dropped stays counted."""
    opened = open_one(LIMIT)
    for _ in range(10):
        opened.append(BUSY, *(entry(2_000) for _ in range(20)))
        opened.counts(BUSY)

    counts = opened.counts(BUSY)
    assert counts.kept + counts.dropped == counts.last == 200
    assert 40 < counts.kept * 2_000 <= LIMIT
    assert opened.numbers(BUSY) == list(range(200, 200 - counts.kept, -1))


def test_a_busy_world_costs_a_quiet_one_nothing(open_one, entry):
    """Only worlds above an equal share make room."""
    opened = open_one(LIMIT)
    opened.append(QUIET, *(entry() for _ in range(10)))
    for _ in range(10):
        opened.append(BUSY, *(entry(2_000) for _ in range(20)))

    assert opened.counts(QUIET) == Counts(10, 10, 0)
    assert opened.counts(BUSY).dropped > 0


def test_many_worlds_stay_within_the_limit_together(open_one, entry):
    """The limit is the whole mock's: 500 worlds do not get it 500 times."""
    opened = open_one(LIMIT)
    for number in range(500):
        opened.append(Token(str(number), "world"), entry(500))

    counts = opened.run(opened.journal.all_counts())
    assert sum(each.kept for each in counts.values()) * 500 <= LIMIT
    assert sum(each.dropped for each in counts.values()) > 0


def test_an_entry_larger_than_everything_is_dropped(open_one, entry):
    """It is counted, and does not stay because it is the only one."""
    opened = open_one(10_000)
    opened.append(BUSY, entry(20_000))

    assert opened.counts(BUSY) == Counts(1, 0, 1)


def test_numbers_find_entries_after_older_ones_were_dropped(open_one, entry):
    """An entry keeps its number; dropped ones, coming ones and those of other worlds are None."""
    opened = open_one(50_000)
    for _ in range(4):
        opened.append(BUSY, *(entry(1_000) for _ in range(25)))

    numbers = [opened.run(opened.journal.get(BUSY, number)) for number in (100, 1, 101)]
    assert [each and each.facts["number"] for each in numbers] == [100, None, None]
    assert opened.run(opened.journal.get(QUIET, 1)) is None


def test_an_emptied_journal_has_room_again(open_one, entry):
    """The bytes are given back: another world fills them without a loss. Numbers go on."""
    opened = open_one(50_000)
    opened.append(BUSY, *(entry(1_000) for _ in range(10)))

    assert opened.run(opened.journal.clear(BUSY)) == 10
    opened.append(QUIET, *(entry(1_000) for _ in range(10)))
    assert opened.counts(QUIET) == Counts(10, 10, 0)
    opened.append(BUSY, entry())
    assert opened.numbers(BUSY) == [11]


def test_a_world_that_is_reset_begins_anew(open_one, entry):
    """Others stay; without a token all begin anew."""
    opened = open_one()
    opened.append(BUSY, entry())
    opened.append(QUIET, entry())

    opened.run(opened.journal.reset(BUSY))
    opened.append(BUSY, entry())
    assert (opened.numbers(BUSY), opened.numbers(QUIET)) == ([1], [1])
    opened.run(opened.journal.reset(None))
    assert opened.run(opened.journal.all_counts()) == {}


def test_a_world_that_was_dropped_takes_its_requests_along(open_one, entry):
    """Also those that are still to be written; what comes later begins at 1."""
    opened = open_one()
    opened.append(BUSY, entry())
    assert opened.counts(BUSY).kept == 1

    async def drop_and_go_on():
        opened.journal.append(BUSY, entry())
        opened.journal.drop(BUSY)
        opened.journal.append(BUSY, entry())

    opened.run(drop_and_go_on())
    assert opened.numbers(BUSY) == [1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"operation_id": "get_music"}, [3]),
        ({"method": "POST"}, [2]),
        ({"status": 404}, [4]),
        ({"path": "music"}, [3, 2]),
        ({"path": "%"}, []),
        ({"path": "hidden"}, []),
        ({"path": "user:7-***"}, [4]),
        ({"job_id": "user:1-tempolor:2-job:a"}, [3, 2]),
        ({"job_id": "user:1-tempolor:2-job"}, [3]),
        ({"since": 2}, [4, 3]),
        ({"since": 2, "status": 200}, [3]),
    ],
    ids=str,
)
def test_requests_are_found_by_all_filters(open_one, entry, filters, expected):
    """A path by any part of it, as it is shown; a job by its whole id, or by the path it stands in."""
    opened = open_one()
    opened.append(
        BUSY,
        entry(),
        entry(
            path="/v1/tempolor/music/song", method="POST", jobs=["user:1-tempolor:2-job:a", "user:1-tempolor:2-job:b"]
        ),
        entry(path="/v1/tempolor/music/user:1-tempolor:2-job:a", operation_id="get_music"),
        entry(path="/a\0b/user:7-hidden", status=404),
    )

    assert opened.numbers(BUSY, **filters) == expected


def test_worlds_give_up_what_is_above_an_equal_share():
    """Those that take most first; within the limit nobody does."""
    assert list(cuts({"a": 50, "b": 30, "c": 20}, 100)) == []
    assert list(cuts({"a": 60, "b": 40, "c": 4}, 88)) == [("a", 33)]
    assert dict(cuts({"a": 500, "b": 300, "c": 10}, 80)) == {"a": 23, "b": 37}


def test_answers_take_no_more_memory_than_is_counted():
    """The JSON library leaves kilobytes of room behind a value that nobody is going to use."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [reply_of(Answer(404, {"error": f"No record found for {number}", "code": 404})) for number in range(1_000)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / len(kept) < 1_000
