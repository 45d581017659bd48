"""The journal stays within its bytes, and shares them fairly."""

import tracemalloc

from tempolor_mock.domain.ids import Token
from tempolor_mock.exchange import Answer, Notes
from tempolor_mock.journal import Entry, Journal, RequestHead
from tempolor_mock.steps.replies import reply_of

BUSY, QUIET = Token("1", "busy"), Token("2", "quiet")


def entry(size=0):
    """Make an entry with a body of that size."""
    return Entry(0, 0, RequestHead("GET", "/", b"", ()), b"x" * size, 200, (), b"", Notes())


def test_old_entries_make_room_for_new_ones():
    """The newest are kept; what was dropped stays counted."""
    journal = Journal(100_000)
    for _ in range(1_000):
        journal.append(BUSY, entry())

    assert journal.kept(BUSY) + journal.dropped(BUSY) == journal.last(BUSY) == 1_000
    assert sum(each.bytes for each in journal.newest_first(BUSY)) <= 100_000
    assert next(journal.newest_first(BUSY)).number == 1_000


def test_a_busy_world_costs_a_quiet_one_nothing():
    """Only worlds above an equal share make room."""
    journal = Journal(100_000)
    for _ in range(10):
        journal.append(QUIET, entry())
    for _ in range(1_000):
        journal.append(BUSY, entry(2_000))

    assert (journal.kept(QUIET), journal.dropped(QUIET)) == (10, 0)


def test_many_worlds_stay_within_the_limit_together():
    """The limit is the whole mock's: 500 worlds do not get it 500 times."""
    journal = Journal(100_000)
    tokens = [Token(str(number), "world") for number in range(500)]
    for token in tokens:
        journal.append(token, entry(500))

    assert sum(each.bytes for token in tokens for each in journal.newest_first(token)) <= 100_000
    assert sum(map(journal.dropped, tokens)) > 0


def test_an_entry_larger_than_everything_is_dropped():
    """It is counted, and does not stay because it is the only one."""
    journal = Journal(10_000)
    journal.append(BUSY, entry(20_000))

    assert (journal.kept(BUSY), journal.dropped(BUSY)) == (0, 1)


def test_numbers_find_entries_after_older_ones_were_dropped():
    """An entry keeps its number; dropped ones, coming ones and those of other worlds are None."""
    journal = Journal(20_000)
    for _ in range(100):
        journal.append(BUSY, entry())

    assert journal.get(BUSY, 100).number == 100
    assert journal.get(BUSY, 1) is None
    assert journal.get(BUSY, 101) is None
    assert journal.get(QUIET, 1) is None


def test_an_emptied_journal_has_room_again():
    """The bytes are given back: another world fills them without a loss."""
    journal = Journal(20_000)
    for _ in range(15):
        journal.append(BUSY, entry())

    assert journal.clear(BUSY) == 15
    for _ in range(15):
        journal.append(QUIET, entry())
    assert journal.dropped(QUIET) == 0


def test_answers_take_no_more_memory_than_is_counted():
    """The JSON library leaves kilobytes of room behind a value that nobody is going to use."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [reply_of(Answer(404, {"error": f"No record found for {number}", "code": 404})) for number in range(1_000)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / len(kept) < 1_000
