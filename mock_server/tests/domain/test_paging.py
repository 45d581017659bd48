"""Pages are cut at an item, not at an offset: changes between two pages neither repeat nor hide anything."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tempolor_mock.domain import music
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.paging import read_cursor, write_cursor

PAGE_SIZE = 3


def songs(stage, count):
    """Add one job after the other and return their ids, oldest first."""
    return [str(stage.song()[0].id) for _ in range(count)]


def page_ids(stage, cursor):
    """Return a page's job ids and the cursor of the next one."""
    page = music.page(stage.world, "song", user_id=None, cursor=cursor)
    return [str(job.id) for job in page.items], page.cursor


def busy_stage(new_stage):
    """Return a world with small pages and room for many jobs."""
    stage = new_stage(jobs_per_request=1, page_size=PAGE_SIZE)
    stage.account(max_jobs=1_000)
    return stage


@pytest.fixture
def stage(new_stage):
    """A world with small pages and room for many jobs."""
    return busy_stage(new_stage)


@pytest.mark.parametrize("count", [0, 1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE, 2 * PAGE_SIZE + 1])
def test_pages_hold_every_item_once_newest_first(stage, count):
    """Walking all pages sees each item, in order, and ends with an empty cursor."""
    added = songs(stage, count)

    seen, cursor = page_ids(stage, None)
    pages = 1
    while cursor:
        more, cursor = page_ids(stage, cursor)
        seen += more
        pages += 1

    assert seen == added[::-1]
    assert pages == max(1, -(-count // PAGE_SIZE))


@given(
    count=st.integers(0, 15),
    changes=st.lists(st.one_of(st.just("add"), st.integers(0, 30)), max_size=12),
    every=st.integers(1, 3),
)
def test_changes_between_pages_repeat_and_hide_nothing(new_stage, count, changes, every):
    """What was there from first to last page is seen exactly once, whatever is added or deleted meanwhile."""
    stage = busy_stage(new_stage)
    present = songs(stage, count)
    deleted, added = set(), set()
    waiting = iter(changes)
    seen, cursor = page_ids(stage, None)

    while cursor:
        for change in (next(waiting, None) for _ in range(every)):
            if change == "add":
                added.update(songs(stage, 1))
            elif change is not None and (left := [each for each in present if each not in deleted]):
                victim = left[change % len(left)]
                music.delete(stage.world, victim)
                deleted.add(victim)
        more, cursor = page_ids(stage, cursor)
        seen += more

    assert len(seen) == len(set(seen))
    assert [each for each in seen if each not in deleted] == [each for each in present[::-1] if each not in deleted]
    assert not added & set(seen)


def test_a_cursor_of_a_deleted_item_still_works(stage):
    """The item at the cut may go before the next page is asked for."""
    added = songs(stage, 5)
    first, cursor = page_ids(stage, None)
    music.delete(stage.world, first[-1])

    rest, last = page_ids(stage, cursor)

    assert rest == added[1::-1]
    assert last == ""


def test_songs_and_instrumentals_are_listed_apart(stage):
    """Each kind has a listing of its own."""
    songs(stage, 2)

    page = music.page(stage.world, "instrumental", user_id=None, cursor=None)

    assert page.items == ()


@given(st.integers(0, 10**14))
def test_a_cursor_is_read_as_it_was_written(number):
    """Positions survive the way through a client."""
    assert read_cursor(write_cursor(number)) == number


@given(st.text(min_size=1, max_size=40))
def test_any_other_text_is_refused_as_a_cursor(text):
    """What the service did not write is a 400, never a crash."""
    assume(not text.startswith("YmVmb3JlO"))

    with pytest.raises(ServiceError) as refusal:
        read_cursor(text)

    assert (refusal.value.code, refusal.value.text) == (400, "cursor has incorrect format")


@pytest.mark.parametrize("cursor", ["next_page_cursor_token", "YmVmb3JlOg", "YmVmb3JlOi0x", "YmVmb3JlOsK5", "=", "é"])
def test_near_misses_are_refused_as_cursors(cursor):
    """No number, a negative one, a superscript one, stray padding."""
    with pytest.raises(ServiceError):
        read_cursor(cursor)
