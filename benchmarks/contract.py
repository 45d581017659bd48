"""How long `tempolor contract --level full` takes where time is real: on loopback, and behind a slow line.

The mock's control plane wants a token that the contract tests do not have, so its clock is as good as any service's.
In front of it stands a relay that holds back whatever passes, half of the latency each way. Beside the seconds stands
what of them was computing (user and system time of the contract tests), since that alone depends on the machine.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

COMMAND: Final = [str(Path(sys.executable).with_name("tempolor"))]
LIMITS: Final = {0: 60, 300: 120}
"""Milliseconds of latency, and the seconds that a run may take then on a machine that does nothing else."""
_LONGEST: Final = 8


class Relay:
    """Passes bytes on between a client and a server, each some time after it came."""

    def __init__(self, port: int, seconds: float) -> None:
        self._port = port
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1"), self._loop)
        self.port: int = listening.result().sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer), return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on in the order of arrival; what comes while something waits is held back from its own arrival on."""
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def release() -> None:
            while True:
                due, data = await held.get()
                await asyncio.sleep(due - self._loop.time())
                if not data:
                    writer.close()
                    return
                writer.write(data)
                await writer.drain()

        releasing = asyncio.create_task(release())
        try:
            while data := await reader.read(1 << 16):
                held.put_nowait((self._loop.time() + self._seconds, data))
        finally:
            held.put_nowait((self._loop.time() + self._seconds, b""))
            await releasing

    def close(self) -> None:
        """Stop passing on."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@contextmanager
def mock() -> Iterator[int]:
    """Run a mock of quick jobs whose clock nobody can move, and return its port."""
    options = ["--port", "0", "--control-token", os.urandom(8).hex(), "--job-seconds", "1..3"]
    with subprocess.Popen(
        [*COMMAND, "mock", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            announced = process.stdout.readline() if process.stdout else ""
            found = re.search(r":(\d+)/v1", announced)
            if found is None:
                sys.exit(f"the mock did not start: {announced!r}")
            yield int(found[1])
        finally:
            process.terminate()


def measure(latency_ms: int) -> dict[str, object]:
    """Return what a run with so much latency took."""
    with mock() as port, tempfile.TemporaryDirectory() as folder:
        relay = Relay(port, latency_ms / 2000)
        address = f"http://127.0.0.1:{relay.port if latency_ms else port}/v1/tempolor"
        before = os.times()
        options = ["--token", "user:12345-slow", "--other-token", "user:777-slow", "--level", "full"]
        run = subprocess.run(
            [*COMMAND, "contract", address, *options, "--report-dir", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        after = os.times()
        relay.close()
        report = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
    computing = after.children_user + after.children_system - before.children_user - before.children_system
    return {**report, "computing": computing, "said": run.stdout.splitlines()[-1]}


def main() -> None:
    """Measure, and print a table in Markdown with the longest parts of each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("latency", nargs="*", type=int, default=list(LIMITS), help="milliseconds  [default: 0 300]")
    options = parser.parse_args()
    print("\n## A whole run of the contract tests where time is real\n")
    print("| latency | seconds | of them computing | requests | at most | longest parts | end |")
    print("| ---: | ---: | ---: | ---: | ---: | --- | --- |")
    for latency in options.latency:
        found = measure(latency)
        parts = sorted(found["timings"].items(), key=lambda each: -each[1])[:_LONGEST]
        told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts)
        print(
            f"| {latency} ms | {found['elapsed']:.1f} | {found['computing']:.1f} | {found['exchanges']:,}"
            f" | {LIMITS.get(latency, '-')} s | {told} | {found['said']} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
