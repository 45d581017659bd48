"""The files a mock has made: kept within bytes, made in turn, and never taken away from under a reader."""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tempolor_mock import Settings, create_app
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.files import rendering
from tempolor_mock.files.rendering import RenderingFailedError, Renderings
from tempolor_mock.steps.wire import ConnectionCutError


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
        with renderings.lent("old", "1", lambda: (b"o" * 8,), size=8) as old:
            await old.completed()
            with renderings.lent("new", "1", lambda: (b"n",), size=1) as new:
                await new.completed()
                assert await read(old) == b"o" * 8
        with (
            renderings.lent("new", "1", lambda: ()),
            renderings.lent("newest", "1", lambda: (b"x" * 8,), size=8) as newest,
        ):
            await newest.completed()
            return old.path.exists(), new.path.exists()

    assert asyncio.run(story()) == (False, True)


def test_the_first_bytes_do_not_wait_for_the_next_ones(renderings):
    """However long these take."""
    go_on = threading.Event()

    def blocks():
        yield b"first"
        go_on.wait(20)
        yield b"next"

    async def story():
        with renderings.lent("file", "1", blocks, size=9) as file:
            parts = file.read(0, 9)
            first = await anext(parts)
            go_on.set()
            return [first, *[part async for part in parts]]

    assert asyncio.run(story()) == [b"first", b"next"]


def test_a_file_is_made_once(renderings):
    """The second reader gets what the first one had made."""
    made = []

    async def story():
        found = []
        for _ in range(2):
            with renderings.lent("file", "1", lambda: made.append(1) or (b"abc",)) as file:
                await file.completed()
                found.append(await read(file))
        return found

    assert asyncio.run(story()) == [b"abc", b"abc"]
    assert made == [1]


def test_what_a_killed_process_left_behind_is_removed(renderings, tmp_path, monkeypatch):
    """Its files go with the first one that is made; those of a living process stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive = (tmp_path / f"tempolor-mock-{pid}-x" for pid in (ended.pid, os.getpid()))
    for folder in (dead, alive):
        folder.mkdir()
        (folder / "file").touch()

    async def story():
        with renderings.lent("file", "1", lambda: (b"x",)) as file:
            await file.completed()

    asyncio.run(story())
    assert (dead.exists(), alive.exists()) == (False, True)


def in_folder(renderings):
    """Return how many bytes lie on the disk."""
    return sum(path.stat().st_size for path in Path(renderings._folder.name).iterdir())


def test_a_file_that_nobody_waits_for_is_given_up_for_another(renderings):
    """Its bytes are deleted, and so is what was never begun."""

    async def story():
        with renderings.lent("endless", "1", lambda: itertools.repeat(b"x"), size=8) as endless:
            await endless.ready()
            with renderings.lent("never", "1", lambda: pytest.fail("begun"), size=8):
                pass
        with renderings.lent("wanted", "1", lambda: (b"w" * 8,), size=8) as wanted:
            assert await read(wanted) == b"w" * 8
            assert in_folder(renderings) == 8
        with pytest.raises(RenderingFailedError):
            await endless.completed()

    asyncio.run(story())


def test_worlds_take_turns(renderings):
    """One whose file takes for ever holds up no other; files of one world wait for each other."""

    async def story():
        with (
            renderings.lent("endless", "1", lambda: itertools.repeat(b""), size=1) as endless,
            renderings.lent("next", "1", lambda: (b"n",), size=1) as following,
        ):
            with renderings.lent("other", "2", lambda: (b"o",), size=1) as other:
                assert await read(other) == b"o"
            assert (endless.begun.is_set(), following.begun.is_set()) == (True, False)

    asyncio.run(story())


def test_only_so_many_files_are_made_at_once():
    """The next one is begun when one of them is complete."""

    async def story():
        made, gate = Renderings(at_once=1), threading.Event()
        with (
            made.lent("first", "1", lambda: (gate.wait() and b"f",)) as first,
            made.lent("second", "2", lambda: (b"s",)) as second,
        ):
            await first.ready()
            assert not second.begun.is_set()
            gate.set()
            assert await read(second) == b"s"
        made.close()

    asyncio.run(story())


def test_a_file_waits_until_there_is_room(renderings, monkeypatch):
    """Files that are read are never dropped, so the folder would grow for ever otherwise."""
    monkeypatch.setattr(rendering, "PATIENCE_SECONDS", 0)

    async def story():
        with (
            renderings.lent("second", "2", lambda: (b"s" * 8,), size=8) as second,
            renderings.lent("third", "3", lambda: (b"t" * 8,), size=8) as third,
        ):
            await second.completed()
            with pytest.raises(ServiceError, match="no room"):
                await third.ready()
            assert in_folder(renderings) == 8
        with renderings.lent("third", "3", lambda: (b"t" * 8,), size=8) as third:
            assert await read(third) == b"t" * 8
        assert in_folder(renderings) == 8

    asyncio.run(story())


def test_files_whose_size_shows_late_are_counted_too():
    """What they take at most is kept free until it is known."""

    async def story():
        made = Renderings(max_bytes=10)
        with (
            made.lent("small", "1", lambda: (b"s",), room=9) as small,
            made.lent("other", "2", lambda: (b"o",), room=9) as other,
        ):
            assert not other.begun.is_set()
            await small.completed()
            await other.completed()
        assert made._charged == 2
        made.close()

    asyncio.run(story())


@pytest.fixture
def mock_and_link():
    """Return what begins an application in which a song is complete, with a link to its wav."""

    @asynccontextmanager
    async def begin():
        app = create_app(Settings(frozen=True))
        headers = {"Authorization": "Bearer user:12345-x"}
        transport = httpx.ASGITransport(app)
        async with (
            app._lifespan(None),
            httpx.AsyncClient(transport=transport, base_url="http://mock/v1/tempolor", headers=headers) as client,
        ):
            await client.post("/accounts", json={"requestParams": {}})
            (job_id, *_) = (await client.post("/music/song", json={"prompt": "x"})).json()["jobs"]
            await client.post("http://mock/_mock/clock/advance", json={"seconds": 60})
            download = await client.get(f"/music/download/{job_id}?file_format=wav")
            yield app, httpx.URL(download.json()["url"])

    return begin


def get(link):
    """Return the scope of a request for a file."""
    scope = {"type": "http", "method": "GET", "path": link.path, "query_string": link.query, "headers": []}
    return scope | {"scheme": "http", "http_version": "1.1"}


def test_a_download_that_is_given_up_ends(mock_and_link):
    """Nobody reads the rest of a file for a client that has left."""
    sent = []
    some_were_sent = asyncio.Event()

    async def story():
        async with mock_and_link() as (app, link):
            await app(get(link), receive, send)

    async def receive():
        await some_were_sent.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if len(sent) == 3:
            some_were_sent.set()

    asyncio.run(story())
    assert sent[0]["status"] == 200
    assert len(sent) < 10


def test_who_leaves_while_the_file_waits_its_turn_leaves_the_queue(mock_and_link):
    """At once, and not when the file would have been begun."""
    made = []

    async def story():
        async with mock_and_link() as (app, link):
            app._renderings._at_once = 0
            made.append(app)
            with pytest.raises(ConnectionCutError):
                await app(get(link), receive, send)
            assert app._renderings.waiting == 0

    async def receive():
        assert made[0]._renderings.waiting == 1
        return {"type": "http.disconnect"}

    async def send(message):
        raise AssertionError(message)

    asyncio.run(story())
