"""Lists that come a page at a time."""

import asyncio

import pytest
from tempolor_client import AsyncTemPolor, TemPolor, errors

from .conftest import TOKEN
from .hostile import answer


def page(*names, cursor=None, more=None):
    """A page of MIDI files."""
    records = [{"name": name} for name in names]
    return answer(200, {"records": records, "hasNext": cursor is not None if more is None else more, "cursor": cursor})


def test_a_list_goes_over_all_pages(run, hostile):
    """Each cursor is sent as it came."""
    hostile.then(page("a", "b", cursor="x+/="), page(cursor="y"), page("c"))

    items = run(lambda client: client.midi.list(user_id="7"))

    assert [item.name for item in items] == ["a", "b", "c"]
    assert [line.partition("?")[2] for line in hostile.lines] == [
        "user_id=7",
        "user_id=7&cursor=x%2B%2F%3D",
        "user_id=7&cursor=y",
    ]


@pytest.mark.parametrize("cursors", [["x", "x"], ["x", "y", "x"], [""]], ids=["same", "circle", "empty"])
def test_a_cursor_that_comes_back_is_an_error_and_not_a_loop(run, hostile, cursors):
    """An empty one would be the first page again."""
    hostile.then(*[page("a", cursor=cursor, more=True) for cursor in cursors])

    with pytest.raises(errors.PageLoopError):
        run(lambda client: client.music.list())

    assert len(hostile.requests) == len(cursors)


@pytest.mark.parametrize(("empty", "ends"), [(99, False), (100, True)])
def test_many_empty_pages_are_an_error(run, hostile, empty, ends):
    """A list of them would never end; one page with something on it shows that it goes on."""
    pages = [page(cursor=f"{number}") for number in range(empty)]
    hostile.then(page("a", cursor="x"), *pages, page("b"))

    if ends:
        with pytest.raises(errors.PageLoopError, match="the last 100 pages were empty"):
            run(lambda client: client.midi.list())
    else:
        assert [item.name for item in run(lambda client: client.midi.list())] == ["a", "b"]
    assert len(hostile.requests) == 1 + empty + (not ends)


def test_pages_are_fetched_only_as_far_as_the_loop_goes(run, hostile):
    """Whoever wants the newest item pays for one page."""
    hostile.then(page("a", cursor="x"))

    first = asyncio.run(_first(hostile)) if run.kind == "async" else _first_now(hostile)

    assert (first.name, len(hostile.requests)) == ("a", 1)


async def _first(hostile):
    async with AsyncTemPolor(TOKEN, base_url=hostile.url) as client:
        return await client.midi.list().first()


def _first_now(hostile):
    with TemPolor(TOKEN, base_url=hostile.url) as client:
        return client.midi.list().first()


def test_a_list_can_be_looped_over_twice_and_by_pages(hostile):
    """Each loop asks anew; a page has its cursor, to go on from another day."""
    hostile.then(page("a", cursor="x"), page("b"), page("a", cursor="x"), page("b"), page("b"))
    with TemPolor(TOKEN, base_url=hostile.url) as client:
        items = client.midi.list()

        once = [item.name for item in items]
        cursors = [page.cursor for page in items.pages()]
        later = list(client.music.list(cursor="x"))

    assert (once, cursors, len(later)) == (["a", "b"], ["x", None], 1)
    assert hostile.lines[-1].endswith("?cursor=x")


def test_a_page_without_records_is_an_empty_one(run, hostile):
    """All fields of pages are optional."""
    hostile.then(answer(200, {}))

    assert run(lambda client: client.voices.artists()) == []
