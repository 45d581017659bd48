"""The files a mock has made: kept within bytes, and never taken away from under a reader."""

import asyncio

import pytest
from tempolor_mock.files.rendering import Renderings


@pytest.fixture
def renderings():
    """A place for ten bytes."""
    made = Renderings(max_bytes=10)
    yield made
    made.close()


async def read(rendering):
    """Return all of a file."""
    return b"".join([chunk async for chunk in rendering.read(0, None)])


def test_a_file_is_kept_while_somebody_reads_it(renderings):
    """Others push it out only afterwards."""

    async def story():
        with renderings.lent("old", lambda: (b"o" * 8,)) as old:
            await old.completed()
            with renderings.lent("new", lambda: (b"n" * 8,)) as new:
                await new.completed()
                assert await read(old) == b"o" * 8
        with renderings.lent("new", lambda: ()), renderings.lent("newest", lambda: (b"x",)):
            return old.path.exists(), new.path.exists()

    assert asyncio.run(story()) == (False, True)


def test_a_file_is_made_once(renderings):
    """The second reader gets what the first one had made."""
    made = []

    async def story():
        found = []
        for _ in range(2):
            with renderings.lent("file", lambda: made.append(1) or (b"abc",)) as file:
                await file.completed()
                found.append(await read(file))
        return found

    assert asyncio.run(story()) == [b"abc", b"abc"]
    assert made == [1]
