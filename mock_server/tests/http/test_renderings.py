"""The files a mock has made: kept within bytes, and never taken away from under a reader."""

import asyncio
import os
import subprocess
import sys
import tempfile

import httpx
import pytest
from tempolor_mock import Settings, create_app
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
        with renderings.lent("file", lambda: (b"x",)) as file:
            await file.completed()

    asyncio.run(story())
    assert (dead.exists(), alive.exists()) == (False, True)


def test_a_download_that_is_given_up_ends():
    """Nobody reads the rest of a file for a client that has left."""
    app = create_app(Settings(frozen=True))
    sent = []
    some_were_sent = asyncio.Event()

    async def story():
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
            link = httpx.URL(download.json()["url"])
            scope = {"type": "http", "method": "GET", "path": link.path, "query_string": link.query, "headers": []}
            await app(scope | {"scheme": "http", "http_version": "1.1"}, receive, send)

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
