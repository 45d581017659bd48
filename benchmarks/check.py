"""How fast `tempolor check` reads a recording: exchanges a second, after it has started.

The recording is made here, against a mock in this process: orders, each followed through its life, with listings and
the scheduler in between. It is judged by all rules, as a user would, by the command.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from tempolor_contract import Exchange, Request, Response
from tempolor_contract.exchanges.har import HarWriter
from tempolor_mock import Policy, Settings, create_app

BASE = "http://mock/v1/tempolor"
CLOCK = "http://mock/_mock/clock"
AUTHORIZED = {"Authorization": "Bearer user:12345-check"}
POLLS = 8
SECONDS_BETWEEN = 5


class Recorder:
    """Sends to a mock whose clock stands still, and writes down what passes, by that clock."""

    def __init__(self, client: httpx.AsyncClient, har: HarWriter, now: float) -> None:
        self.count = 0
        self._client = client
        self._har = har
        self._clock = self._now = now

    async def send(self, method: str, path: str, **content: object) -> httpx.Response:
        """Send one request, and record it."""
        request = self._client.build_request(method, BASE + path, **content)
        answer = await self._client.send(request)
        sent = Request(
            method=method, url=str(request.url), headers=tuple(request.headers.items()), body=request.content
        )
        told = Response(status=answer.status_code, headers=tuple(answer.headers.items()), body=answer.content)
        self._now += 0.001
        self._har.write(Exchange(sent, told, self._now, 0.0005))
        self.count += 1
        return answer

    async def wait(self) -> None:
        """Let some of the mock's time pass."""
        (await self._client.post(f"{CLOCK}/advance", json={"seconds": SECONDS_BETWEEN})).raise_for_status()
        self._clock += SECONDS_BETWEEN
        self._now = self._clock


async def record(file: Path, exchanges: int) -> int:
    """Record so many exchanges, or a few more, and return how many."""
    settings = Settings(policy=Policy(total_generations=10**9), frozen=True)
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, headers=AUTHORIZED, timeout=60) as client:
        now = (await client.get(CLOCK)).json()["now"] / 1000
        with HarWriter(file) as har:
            recorder = Recorder(client, har, now)
            await recorder.send("POST", "/accounts", json={"requestParams": {}})
            while recorder.count < exchanges:
                await song(recorder)
            return recorder.count


async def song(recorder: Recorder) -> None:
    """Order a song and follow its jobs to the end, as an app would."""
    jobs = (await recorder.send("POST", "/music/song", json={"prompt": "Rain on the window"})).json()["jobs"]
    for _ in range(POLLS):
        await recorder.wait()
        for job in jobs:
            await recorder.send("GET", f"/music/{job}")
        await recorder.send("GET", "/scheduler")
    await recorder.send("GET", "/music")
    for job in jobs:
        await recorder.send("GET", f"/music/download/{job}")


def check(recording: Path, reports: Path) -> dict[str, float]:
    """Judge a recording with the command, and return its report."""
    command = [str(Path(sys.executable).with_name("tempolor")), "check", str(recording), "--report-dir", str(reports)]
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
    report: dict[str, float] = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    return report


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exchanges", type=int, default=20_000, help="exchanges in the recording")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "recording.har"
        asyncio.run(record(recording, arguments.exchanges))
        megabytes = recording.stat().st_size / 1e6
        report = check(recording, Path(folder))
    speed = report["exchanges"] / report["elapsed"]
    print(
        f"- check: {report['exchanges']:,} recorded exchanges ({megabytes:.0f} MB) in {report['elapsed']:.1f} s: "
        f"{speed:,.0f}/s"
    )


if __name__ == "__main__":
    main()
