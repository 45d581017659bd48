"""The mock beside its peers: requests a second, time to readiness and memory, all in one run.

Each server runs alone on one core and the load comes from another. Rounds alternate between the servers, after a
warm-up, so that a machine whose speed drifts drifts for all of them; the figures are medians, to be read as ratios.

Needs Linux (taskset), wrk, Node 20, Java 17 and `npm ci` in this folder; `make bench` sees to the last.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tempolor_spec import load_document, operations

HERE = Path(__file__).parent
SERVER_CORE, LOAD_CORE = "0", "1"
CONNECTIONS = 16
TOKEN = "user:12345-bench"  # noqa: S105 - any token will do
BASE = "/v1/tempolor"
STARTED = 60.0


@dataclass
class Peer:
    """A server to be measured: how it is started on a port, and what the three requests of the run are to it."""

    name: str
    command: Callable[[int, Path], list[str]]
    prepare: Callable[[int], str] = lambda _port: "user:12345-tempolor:204816357-job:8f3c1d5ab27e940"
    base: str = BASE
    ready_seconds: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    orders: list[float] = field(default_factory=list)
    new_connections: list[float] = field(default_factory=list)
    megabytes: float = 0
    megabytes_after_orders: float = 0


def mock_command(port: int, _folder: Path) -> list[str]:
    """Start the mock with its journal on, and jobs that never end during the run."""
    return [
        str(Path(sys.executable).with_name("tempolor")),
        "mock",
        "--port",
        str(port),
        "--job-seconds",
        "100000",
        "--generations",
        "1000000000",
        "--log",
        "off",
    ]


def sqlite_command(port: int, folder: Path) -> list[str]:
    """Start the same mock with its worlds in a file."""
    return [*mock_command(port, folder), "--store", f"sqlite:{folder / 'worlds.db'}"]


def starlette_command(port: int, _folder: Path) -> list[str]:
    """Start bare Starlette on the same server and event loop."""
    options = ["--app-dir", str(HERE / "peers"), "--port", str(port), "--no-access-log"]
    return [sys.executable, "-m", "uvicorn", *options, "starlette_app:app"]


def prism_command(port: int, folder: Path) -> list[str]:
    """Start Prism on the same document."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(load_document()), "utf-8")
    prism = HERE / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    return ["node", str(prism), "mock", str(document), "--port", str(port), "--host", "127.0.0.1", "-v", "silent"]


def wiremock_command(port: int, folder: Path) -> list[str]:
    """Start WireMock with two stubs that answer the document's examples."""
    mappings = folder / "mappings"
    mappings.mkdir(exist_ok=True)
    for name, stub in wiremock_stubs().items():
        (mappings / f"{name}.json").write_text(json.dumps(stub), "utf-8")
    (jar,) = (HERE / "node_modules" / "wiremock" / "build").glob("*.jar")
    options = ["--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", str(folder)]
    return ["java", "-jar", str(jar), *options, "--no-request-journal", "--disable-banner"]


def wiremock_stubs() -> dict[str, dict[str, object]]:
    """Return WireMock's stubs for the poll and the order."""
    answers = {name: example(name) for name in ("get_music", "create_song")}
    authorized = {"Authorization": {"matches": "Bearer user:.*"}}
    return {
        "poll": {
            "request": {"method": "GET", "urlPathPattern": f"{BASE}/music/user.*", "headers": authorized},
            "response": {"status": 200, "jsonBody": answers["get_music"]},
        },
        "order": {
            "request": {
                "method": "POST",
                "urlPath": f"{BASE}/music/song",
                "headers": authorized,
                "bodyPatterns": [{"matchesJsonPath": "$.prompt"}],
            },
            "response": {"status": 200, "jsonBody": answers["create_song"]},
        },
    }


def example(operation_id: str) -> object:
    """Return the first example of an operation's 200."""
    (found,) = (each for each in operations(load_document()) if each.operation_id == operation_id)
    examples = found.definition["responses"]["200"]["content"]["application/json"]["examples"]
    return next(iter(examples.values()))["value"]


def order_a_job(port: int) -> str:
    """Configure an account with room for everything, order a song, and return its first job's id."""
    call(port, "/accounts", {"requestParams": {}, "maxJobs": 1_000_000_000})
    jobs: list[str] = call(port, "/music/song", {"prompt": "The one that is polled"})["jobs"]
    return jobs[0]


def call(port: int, path: str, body: object) -> dict[str, list[str]]:
    """Post JSON to a server and return the JSON it answers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{BASE}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - a server of our own
        found: dict[str, list[str]] = json.load(answer)
    return found


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(peer: Peer) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run a server alone on its core; note how long it took until it answered an authorized poll."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = ["taskset", "-c", SERVER_CORE, *peer.command(port, Path(folder))]
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            wait_until_answering(f"http://127.0.0.1:{port}{peer.base}", process)
            peer.ready_seconds.append(time.perf_counter() - begun)
            yield port, process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def wait_until_answering(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers HTTP with whatever status."""
    request = urllib.request.Request(  # noqa: S310 - a server of our own
        f"{url}/music/user:12345-tempolor:1-job:2", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    while process.poll() is None:
        try:
            urllib.request.urlopen(request, timeout=STARTED).close()  # noqa: S310 - the same
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise SystemExit(f"a server ended at once: {process.args}")


def peak_megabytes(pid: int) -> float:
    """Return the largest resident size a process has had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def load(url: str, seconds: int, *, order: bool = False, keep: bool = True) -> float:
    """Return the requests a second that wrk got answered with 2xx, without `keep` each on a connection of its own."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    command += ["-H", f"Authorization: Bearer {TOKEN}"]
    if order:
        command += ["-s", str(HERE / "peers" / "order.lua")]
    if not keep:
        command += ["-H", "Connection: close"]
    return told_rate(subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout)


def told_rate(report: str) -> float:
    """Return the requests a second that wrk reports, which must all have been answered with 2xx."""
    if "Non-2xx" in report:
        raise SystemExit(f"answers were not 2xx:\n{report}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if found is None:
        raise SystemExit(f"wrk told no rate:\n{report}")
    return float(found[1])


def measure(peers: list[Peer], rounds: int, seconds: int) -> None:
    """Run all rounds: in each, every server once, in turn."""
    for number in range(rounds):
        for peer in peers:
            with running(peer) as (port, process):
                url = f"http://127.0.0.1:{port}{peer.base}/music"
                poll, order = f"{url}/{peer.prepare(port)}", f"{url}/song"
                warm_up = 2 * seconds if peer.name == "WireMock" else 1
                load(poll, warm_up)
                peer.polls.append(load(poll, seconds))
                peer.new_connections.append(load(poll, seconds, keep=False))
                peer.megabytes = max(peer.megabytes, peak_megabytes(process.pid))
                load(order, warm_up, order=True)
                peer.orders.append(load(order, seconds, order=True))
                peer.megabytes_after_orders = max(peer.megabytes_after_orders, peak_megabytes(process.pid))
            print(f"round {number + 1}: {peer.name} done", file=sys.stderr, flush=True)


def table(peers: list[Peer]) -> str:
    """Return the figures as a Markdown table, each beside its ratio to the first server's."""
    lines = [
        "| server | polls/s | a connection each | orders/s | ready after | peak memory, polls | and orders |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {peer.name} | {statistics.median(peer.polls):,.0f} | {statistics.median(peer.new_connections):,.0f} "
        f"| {statistics.median(peer.orders):,.0f} "
        f"| {statistics.median(peer.ready_seconds):.2f} s "
        f"| {peer.megabytes:.0f} MB | {peer.megabytes_after_orders:.0f} MB |"
        for peer in peers
    ]
    first, *others = peers
    lines += [
        "",
        f"| {first.name} to | polls | a connection each | orders | readiness | memory, polls |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {peer.name} | {ratio(first.polls, peer.polls)} | {ratio(first.new_connections, peer.new_connections)} "
        f"| {ratio(first.orders, peer.orders)} "
        f"| {ratio(first.ready_seconds, peer.ready_seconds)} | {first.megabytes / peer.megabytes:.2f} |"
        for peer in others
    ]
    return "\n".join(lines)


def ratio(mine: list[float], theirs: list[float]) -> str:
    """Return the median of the rounds' ratios."""
    return f"{statistics.median(a / b for a, b in zip(mine, theirs, strict=True)):.2f}"


def machine() -> str:
    """Return one line about where this ran."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    name = model[1] if model else platform.machine()
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}, Linux {platform.release()}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="length of each measurement")
    parser.add_argument("--only", nargs="*", default=[], help="names of servers to measure")
    arguments = parser.parse_args()
    for program in ("taskset", "wrk", "node", "java"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is not installed; this benchmark needs it")
    peers = [
        Peer("the mock", mock_command, order_a_job),
        Peer("Prism", prism_command, base=""),
        Peer("WireMock", wiremock_command),
        Peer("bare Starlette", starlette_command),
        Peer("the mock, SQLite", sqlite_command, order_a_job),
    ]
    peers = [peer for peer in peers if not arguments.only or peer.name in arguments.only]
    measure(peers, arguments.rounds, arguments.seconds)
    print(f"# Results\n\n{machine()}; {arguments.rounds} rounds of {arguments.seconds} s, {CONNECTIONS} connections.\n")
    print(f"{table(peers)}\n")


if __name__ == "__main__":
    main()
