"""What a full mock costs: listings, an advance over many jobs with callbacks, polls while music renders.

Each figure stands beside the same one with little in the world, or nothing going on; read the ratios. Everything runs
in this process, the server on its own thread, all on loopback.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from tempolor_mock import Policy, Settings, create_app

BASE = "/v1/tempolor"
AUTHORIZED = {"Authorization": "Bearer user:12345-scale"}


def world(**policy: Any) -> httpx.AsyncClient:
    """Return a client of a mock in this process, whose clocks stand still, with an account that has room for all."""
    settings = Settings(policy=Policy(total_generations=10**9, **policy), frozen=True)
    transport = httpx.ASGITransport(create_app(settings))
    return httpx.AsyncClient(transport=transport, base_url=f"http://mock{BASE}", headers=AUTHORIZED, timeout=600)


async def order(client: httpx.AsyncClient, times: int, **fields: str) -> str:
    """Configure the account, order so many songs, and return the last job's id."""
    await client.post("/accounts", json={"requestParams": {}, "maxJobs": 1_000_000_000})
    job = ""
    for _ in range(times):
        answer = await client.post("/music/song", json={"prompt": "Rain on the window", **fields})
        job = answer.json()["jobs"][-1]
    return job


async def listing_milliseconds(jobs: int) -> float:
    """Return what the first page of a listing costs, the median of many, with so many jobs behind it."""
    async with world(jobs_per_request=10) as client:
        await order(client, jobs // 10)
        return await median_milliseconds(client, "/music", 300)


async def median_milliseconds(client: httpx.AsyncClient, path: str, times: int) -> float:
    """Return the median duration of a GET in milliseconds."""
    durations = []
    for _ in range(times):
        begun = time.perf_counter()
        (await client.get(path)).raise_for_status()
        durations.append(time.perf_counter() - begun)
    return statistics.median(durations) * 1000


@contextmanager
def receiver() -> Iterator[str]:
    """Run a receiver of callbacks in a process of its own and yield its address; a GET there returns how many came."""
    command = [sys.executable, str(Path(__file__).parent / "peers" / "receiver.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
        finally:
            process.terminate()


async def advance_seconds(jobs: int, *, callbacks: bool) -> tuple[float, int]:
    """Return how long an advance over the end of so many jobs takes, and how many callbacks arrived."""
    with receiver() as url:
        async with world(jobs_per_request=10) as client:
            await order(client, jobs // 10, **({"replyUrl": url} if callbacks else {}))
            begun = time.perf_counter()
            answer = await client.post("http://mock/_mock/clock/advance", json={"seconds": 60})
            answer.raise_for_status()
            seconds = time.perf_counter() - begun
        async with httpx.AsyncClient() as asking:
            return seconds, int((await asking.get(url)).text)


async def poll_milliseconds(*, rendering: bool, seconds: float) -> list[float]:
    """Return the durations of polls over real HTTP, with a four-minute mp3 being rendered all the while or not."""
    from tempolor_mock.testing import MockServer  # noqa: PLC0415 - brings uvicorn, which the rest does not need

    with MockServer() as server:
        url = server.url
        async with httpx.AsyncClient(base_url=f"{url}{BASE}", headers=AUTHORIZED, timeout=60) as client:
            job = await order(client, 4)
            songs = [each["job_id"] for each in (await client.get("/music")).json()["records"]]
            await client.post(f"{url}/_mock/clock/advance", json={"seconds": 60})
            links = [(await client.get(f"/music/download/{song}")).json()["url"] for song in songs]
            loader = threading.Thread(target=fetch_all, args=(links,))
            if rendering:
                loader.start()
            durations, until = [], time.perf_counter() + seconds
            while time.perf_counter() < until:
                begun = time.perf_counter()
                (await client.get(f"/music/{job}")).raise_for_status()
                durations.append((time.perf_counter() - begun) * 1000)
                await asyncio.sleep(0.002)
            if rendering:
                await asyncio.to_thread(loader.join)
            return durations


def fetch_all(links: list[str]) -> None:
    """Fetch some files one after the other, which renders them."""
    for link in links:
        with urllib.request.urlopen(link) as file:  # noqa: S310 - the mock's own address
            file.read()


def client_rates(seconds: float) -> dict[str, float]:
    """Return how many requests a second one httpx client gets answered, by a socket and by the fixture's transport."""
    from tempolor_mock.testing import MockServer  # noqa: PLC0415 - brings uvicorn, which the rest does not need

    rates = {}
    with MockServer(frozen=True, total_generations=10**9) as server:
        world = server.world("user:12345-scale")
        world.add_account("111", max_jobs=1_000_000_000)
        for way, transport in (("over a socket", None), ("in process", world.transport)):
            with httpx.Client(base_url=world.api_url, headers=world.headers, transport=transport) as client:
                song = {"prompt": "Rain on the window"}
                job = client.post("/music/song", json=song).json()["jobs"][0]
                rates[f"polls {way}"] = rate(partial(client.get, f"/music/{job}"), seconds)
                rates[f"orders {way}"] = rate(partial(client.post, "/music/song", json=song), seconds)
    return rates


def rate(call: Callable[[], httpx.Response], seconds: float) -> float:
    """Return how often a second something can be called, one call after the other."""
    count, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        call().raise_for_status()
        count += 1
    return count / passed


def percentile(durations: list[float], share: float) -> float:
    """Return the duration that `share` of all stay within."""
    return sorted(durations)[int(len(durations) * share)]


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs in the advance")
    parser.add_argument("--items", type=int, default=100_000, help="items in the full listing")
    arguments = parser.parse_args()

    few, many = await listing_milliseconds(100), await listing_milliseconds(arguments.items)
    items = f"{arguments.items:,}"
    print(f"- first page of a listing: {few:.2f} ms with 100 items, {many:.2f} ms with {items}: {many / few:.2f}")

    silent, _ = await advance_seconds(arguments.jobs, callbacks=False)
    told, received = await advance_seconds(arguments.jobs, callbacks=True)
    print(
        f"- advance over {arguments.jobs:,} jobs: {silent:.2f} s without callbacks, "
        f"{told:.1f} s with {received:,} delivered ({received / told:,.0f}/s)"
    )

    rates = await asyncio.to_thread(client_rates, 2)
    print(f"- one httpx client: {', '.join(f'{figure:,.0f} {name}/s' for name, figure in rates.items())}")

    idle = await poll_milliseconds(rendering=False, seconds=3)
    busy = await poll_milliseconds(rendering=True, seconds=3)
    print(
        f"- polls: p50 {percentile(idle, 0.5):.2f}, p99 {percentile(idle, 0.99):.2f} ms idle; "
        f"p50 {percentile(busy, 0.5):.2f}, p99 {percentile(busy, 0.99):.2f} ms while music renders"
    )


if __name__ == "__main__":
    asyncio.run(main())
