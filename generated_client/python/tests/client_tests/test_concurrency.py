"""Many calls at once, and calls given up."""

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tempolor_client import AsyncTemPolor, TemPolor

from .conftest import JOB, TOKEN
from .hostile import answer, cut, hang

RUNNING = answer(200, {"job_id": JOB, "status": 0, "status_final": False})
DONE = answer(200, {"job_id": JOB, "status": 30, "status_final": True})


def test_a_hundred_async_waits_share_a_few_connections(hostile, time):
    """Not a connection each."""
    hostile.then(*[RUNNING] * 100).always(DONE)

    async def scenario():
        async with AsyncTemPolor(TOKEN, base_url=hostile.url, sleep=time.async_sleep) as client:
            return await asyncio.gather(*(client.music.wait(JOB) for _ in range(100)))

    items = asyncio.run(scenario())

    assert len(items) == 100
    assert len(hostile.requests) == 200
    assert hostile.all_connections <= 20


def test_a_hundred_waits_in_threads_share_a_few_connections(hostile):
    """One client serves all threads."""
    hostile.then(*[RUNNING] * 100).always(DONE)
    pause = threading.Event()
    pause.set()
    client = TemPolor(TOKEN, base_url=hostile.url, sleep=pause.wait, max_connections=10)
    with client, ThreadPoolExecutor(100) as threads:
        items = list(threads.map(client.music.wait, [JOB] * 100))

    assert len(items) == 100
    assert hostile.all_connections <= 10


@pytest.mark.parametrize("moment", ["while asking", "while pausing"])
def test_cancelling_a_wait_leaves_nothing_open(hostile, moment):
    """No connection, no task; the client still works."""
    hostile.then(hang if moment == "while asking" else RUNNING, DONE)

    async def scenario():
        pausing = asyncio.Event()

        async def pause(_):
            pausing.set()
            await asyncio.Event().wait()

        async with AsyncTemPolor(TOKEN, base_url=hostile.url, sleep=pause) as client:
            waiting = asyncio.create_task(client.music.wait(JOB))
            await asyncio.to_thread(hostile.wait_until, lambda: len(hostile.requests) == 1)
            if moment == "while pausing":
                await pausing.wait()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert len(asyncio.all_tasks()) == 1
            if moment == "while asking":
                await asyncio.to_thread(hostile.wait_until, lambda: hostile.open_connections == 0)
            assert (await client.music.get(JOB)).status == 30

    asyncio.run(scenario())
    hostile.wait_until(lambda: hostile.open_connections == 0)
    gc.collect()  # a socket left open warns now, and warnings are errors here


def test_cancelling_a_download_leaves_no_file(hostile, files, tmp_path):
    """Neither the file nor a part of it."""
    hostile.then(answer(200, {"url": f"{files.origin}/song.mp3"}))

    def half_then_nothing(request, connection):
        cut(bytes(1000), 500)(request, connection)
        return hang(request, connection)

    files.then(half_then_nothing)

    async def scenario():
        async with AsyncTemPolor(TOKEN, base_url=hostile.url) as client:
            begun = asyncio.Event()
            download = asyncio.create_task(
                client.music.download(JOB, tmp_path / "song.mp3", progress=lambda *_: begun.set())
            )
            await begun.wait()
            assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
            download.cancel()
            with pytest.raises(asyncio.CancelledError):
                await download
            await asyncio.to_thread(files.wait_until, lambda: files.open_connections == 0)

    asyncio.run(scenario())

    assert list(tmp_path.iterdir()) == []


def test_two_downloads_of_one_name_do_not_mix(hostile, files, tmp_path):
    """Each has a part file of its own; the last one to end wins."""
    hostile.always(answer(200, {"url": f"{files.origin}/song.mp3"}))
    files.then(answer(200, b"a" * 300_000), answer(200, b"b" * 300_000))

    async def scenario():
        async with AsyncTemPolor(TOKEN, base_url=hostile.url) as client:
            await asyncio.gather(*(client.music.download(JOB, tmp_path / "song.mp3") for _ in range(2)))

    asyncio.run(scenario())

    assert [path.name for path in tmp_path.iterdir()] == ["song.mp3"]
    assert (tmp_path / "song.mp3").read_bytes() in {b"a" * 300_000, b"b" * 300_000}
