"""Mocks on PostgreSQL, on the same cores as the database and the load: requests a second, and what they cost there.

The database is one of this run's own, as an installation comes: what it has committed is on the disk. Each mock has 16
connections of clients, to one world, or to 16 worlds by turns. A wait is one for a lock, among looks at what the
database's processes do; the rate of two mocks is that of both together.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import asyncpg
import compare
import httpx
from tempolor_mock.domain import accounts, music
from tempolor_mock.domain.clock import Clock
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import MusicRequest
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store import open_store

sys.path.append(str(Path(__file__).parents[1] / "mock_server"))

from tests.postgresql import Cluster, execute, programs

WORLDS = 16
ORDER = '{"prompt":"Rain on the window"}'


_RECORDS = "SELECT pg_total_relation_size('tempolor_records')"
"""Bytes of the table with jobs, callbacks and the like, and of its indices."""


_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")


@dataclass
class Row:
    """How many mocks share how many worlds, and what was measured: rates, transactions a request, share of waits."""

    name: str
    mocks: int
    worlds: int
    together: bool = False
    rates: dict[str, list[float]] = field(default_factory=lambda: {"poll": [], "order": []})
    transactions: dict[str, list[float]] = field(default_factory=lambda: {"poll": [], "order": []})
    busy_mocks: dict[str, list[float]] = field(default_factory=lambda: {"poll": [], "order": []})
    busy_database: dict[str, list[float]] = field(default_factory=lambda: {"poll": [], "order": []})
    waits: list[float] = field(default_factory=list)
    refused: dict[str, list[float]] = field(default_factory=lambda: {"poll": [], "order": []})
    megabytes: list[float] = field(default_factory=list)


@contextmanager
def mock(place: str) -> Iterator[tuple[int, int]]:
    """Run a mock on a database and yield its port and process."""
    port = compare.free_port()
    command = [*compare.mock_command(port, Path()), "--store", place]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        compare.wait_until_answering(f"http://127.0.0.1:{port}{compare.BASE}", process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def busy_seconds(*parents: int) -> float:
    """Return how long processes and their children have used a processor."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # It has ended meanwhile.
        if int(stat.parent.name) in parents:
            ticks += sum(map(int, fields[11:15]))  # Its own, and that of children that have ended.
        elif int(fields[1]) in parents:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def requests_file(folder: Path, name: str, port: int, worlds: int) -> dict[str, Path]:
    """Begin worlds and write down the polls and the orders that go to them."""
    lines: dict[str, list[str]] = {"poll": [], "order": []}
    for number in range(worlds):
        compare.TOKEN = f"user:12345-{name}-{number}"
        job = compare.order_a_job(port)
        lines["poll"].append(f"{compare.TOKEN}\tGET\t{compare.BASE}/music/{job}\t")
        lines["order"].append(f"{compare.TOKEN}\tPOST\t{compare.BASE}/music/song\t{ORDER}")
    files = {kind: folder / f"{name}.{kind}" for kind in lines}
    for kind, file in files.items():
        file.write_text("\n".join(lines[kind]) + "\n", "utf-8")
    return files


def load(port: int, requests: Path, seconds: int) -> "subprocess.Popen[str]":
    """Begin to send the requests of a file."""
    command = ["wrk", "-t1", f"-c{compare.CONNECTIONS}", f"-d{seconds}s", "-s", compare.HERE / "peers" / "worlds.lua"]
    return subprocess.Popen([*command, f"http://127.0.0.1:{port}", requests], stdout=subprocess.PIPE, text=True)


class Watch:
    """Looks at a database while something goes on."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._look()))
        self.looks = self.waits = self.transactions = 0

    async def _look(self) -> None:
        connection = await asyncpg.connect(self._url)
        committed = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        waiting = (
            "SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') "
            "FROM pg_stat_activity WHERE state = 'active'"
        )
        before = await connection.fetchval(committed)
        while not self._ended.is_set():
            active, waits = await connection.fetchrow(waiting)
            self.looks += active - 1
            self.waits += waits
            await asyncio.sleep(0.02)
        await asyncio.sleep(1.5)  # Idle processes have told their counts by then.
        self.transactions = await connection.fetchval(committed) - before
        await connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def measure(row: Row, cluster: Cluster, folder: Path, seconds: int) -> None:
    """Measure one row once."""
    database = int((cluster.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])
    with ExitStack() as stack:
        ports, processes = zip(*(stack.enter_context(mock(cluster.url)) for _ in range(row.mocks)), strict=True)
        names = [f"{row.mocks}x{row.worlds}-{0 if row.together else number}" for number in range(row.mocks)]
        files = [requests_file(folder, name, ports[0], row.worlds) for name in names]
        for kind in ("poll", "order"):
            for port, each in zip(ports, files, strict=True):
                load(port, each[kind], 1).communicate()
            before = busy_seconds(*processes), busy_seconds(database)
            with Watch(cluster.url) as watch:
                loads = [load(port, each[kind], seconds) for port, each in zip(ports, files, strict=True)]
                told = [each.communicate()[0] for each in loads]
            refused = sum(int(found[1]) for each in told if (found := _REFUSED.search(each))) / seconds
            rate = sum(compare.told_rate(_REFUSED.sub("", each)) for each in told)
            row.rates[kind].append(rate - refused)
            row.refused[kind].append(refused / rate)
            row.transactions[kind].append(watch.transactions / (rate * seconds))
            row.busy_mocks[kind].append((busy_seconds(*processes) - before[0]) / (rate * seconds))
            row.busy_database[kind].append((busy_seconds(database) - before[1]) / (rate * seconds))
            if kind == "order":
                row.waits.append(watch.waits / max(1, watch.looks))
        row.megabytes += map(compare.peak_megabytes, processes)


def notify_cost(cluster: Cluster, seconds: int) -> str:
    """Measure how many commits there are with a NOTIFY in each, beside those without."""
    execute(
        cluster.url,
        "CREATE TABLE counted (id int PRIMARY KEY, n int)",
        "INSERT INTO counted SELECT generate_series(0, 7)",
    )
    rates = []
    for extra in ("", "NOTIFY turned;"):
        change = "UPDATE counted SET n = 1 WHERE id = :client_id;"
        script = f"BEGIN; {change} {extra} COMMIT;"
        command = [
            cluster.program("pgbench"),
            "-h",
            cluster.folder,
            "-U",
            "postgres",
            "-n",
            "-c",
            "8",
            "-T",
            str(seconds),
        ]
        told = subprocess.run(
            [*command, "-f", "/dev/stdin", "postgres"], input=script, check=True, capture_output=True, text=True
        )
        rates.append(float(told.stdout.rpartition("tps = ")[2].split()[0]))
    return f"8 clients that each write to a row of their own: {rates[0]:,.0f} commits/s, with NOTIFY {rates[1]:,.0f}"


async def callback_bytes(url: str) -> float:
    """Measure how much of the database a callback takes that was tried four times and never taken."""
    connection = await asyncpg.connect(url)
    compare.TOKEN = "user:12345-calling"  # noqa: S105 - of a mock of our own
    with mock(url) as (port, _):
        compare.call(port, "/accounts", {"requestParams": {}, "maxJobs": 1000})
        for _ in range(100):
            compare.call(port, "/music/song", {"prompt": "Rain", "replyUrl": "http://127.0.0.1:9/"})
        before = await connection.fetchval(_RECORDS)
        headers = {"Authorization": f"Bearer {compare.TOKEN}"}
        async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
            answer = await client.post(f"http://127.0.0.1:{port}/_mock/clock/advance", json={"seconds": 200_000})
        sent = answer.raise_for_status().json()["callbacks"]
        grown = await connection.fetchval(_RECORDS) - before
    await connection.close()
    return float(grown) / len(sent)


async def kept_costs(url: str) -> list[str]:
    """Measure what a mock pays for worlds that it does not know yet, and for looking after those of others."""
    token, policy = Token("1", "large"), Policy(jobs_per_request=10, total_generations=10**6)
    store, stranger = (open_store(url, policy, lambda real_ms: Clock(real_ms, real_ms)) for _ in range(2))
    connection = await asyncpg.connect(url)
    request = MusicRequest(prompt="Rain on the window", model="v3")
    before = await connection.fetchval(_RECORDS)
    await store.transact(token, lambda world: accounts.configure(world, {"user_id": "1"}, 10**6), real_ms=0)
    for _ in range(300):
        await store.transact(token, lambda world: music.start(world, "song", request), real_ms=0)
    job_bytes = (await connection.fetchval(_RECORDS) - before) / 3000
    begun = time.perf_counter()
    await stranger.transact(token, accounts.all_of, real_ms=0)
    met = time.perf_counter() - begun
    await connection.execute(
        "INSERT INTO tempolor_worlds (token, handle, state, bytes, busy, due_ms, used_ms)"
        " SELECT 'user:9-' || each, 'handle' || each, '', 0, each % 10 = 0, 9e15, 0"
        " FROM generate_series(1, 10000) AS each"
    )
    await connection.close()
    looks = []
    for _ in range(20):
        begun = time.perf_counter()
        await store.left_behind(0)
        looks.append(time.perf_counter() - begun)
    for each in (store, stranger):
        await each.close()
    look = statistics.median(looks) * 1000
    return [
        f"a job takes {job_bytes / 1000:.1f} KB of the database",
        f"a mock meets a world of 3,000 jobs for the first time: {met * 1000:.0f} ms",
        f"a look for what was left behind, at 10,000 worlds of which 1,000 are busy: {look:.1f} ms",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="length of each measurement")
    arguments = parser.parse_args()
    bin_folder = programs()
    if bin_folder is None:
        raise SystemExit("PostgreSQL's programs are not installed; this benchmark needs them")
    rows = [
        Row("one, one world", 1, 1),
        Row("one, 16 worlds", 1, WORLDS),
        Row("two, worlds apart", 2, WORLDS),
        Row("two, one world together", 2, 1, together=True),
    ]
    cluster = Cluster.create(bin_folder)
    cluster.start("")
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number in range(arguments.rounds):
                for row in rows:
                    measure(row, cluster, Path(folder), arguments.seconds)
                print(f"round {number + 1} done", file=sys.stderr, flush=True)
        most = max(megabytes for row in rows for megabytes in row.megabytes)
        notes = [f"a mock takes at most {most:.0f} MB of memory"]
        notes += [notify_cost(cluster, arguments.seconds), *asyncio.run(kept_costs(cluster.url))]
        notes.append(f"a callback takes {asyncio.run(callback_bytes(cluster.url)) / 1000:.1f} KB of the database")
    finally:
        cluster.remove()
    print(
        "| mocks on PostgreSQL | | requests/s | transactions each | processor each: mock | database | waits for locks |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        for kind in ("poll", "order"):
            print(line(row, kind))
    print("\n" + "\n".join(f"- {each}" for each in notes) + "\n")


def line(row: Row, kind: str) -> str:
    """Return a line of the table."""
    rate, transactions, in_mocks, in_database = (
        statistics.median(each[kind]) for each in (row.rates, row.transactions, row.busy_mocks, row.busy_database)
    )
    waits = f"{statistics.median(row.waits):.0%}" if kind == "order" else ""
    refused = max(row.refused[kind])
    rates = f"{rate:,.0f}" + (f", beside {refused:.1%} refused with a 503" if refused else "")
    return (
        f"| {row.name} | {kind}s | {rates} | {transactions:.2f} | {in_mocks * 1000:.2f} ms "
        f"| {in_database * 1000:.2f} ms | {waits} |"
    )


if __name__ == "__main__":
    main()
