"""How soon a song sounds: from asking for its mp3 to the first byte and to the last, in a mock just started and later.

Songs are of different lengths, so the whole is told for three minutes of music: as the clock runs and in the mock's own
time, since the encoder's share of it is the same on a machine that has other things to do.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HEADERS = {"Authorization": "Bearer user:12345-files", "Content-Type": "application/json"}
BYTES_A_SECOND = 16_000
MUSIC_SECONDS = 180


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=5, help="songs to fetch after the first")
    options = parser.parse_args()
    command = [str(Path(sys.executable).with_name("tempolor")), "mock", "--port", "0", "--frozen", "--log", "off"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mock:
        assert mock.stdout is not None  # noqa: S101 - tells the type checker
        address = next(word for line in mock.stdout for word in line.split() if word.startswith("http://"))
        try:
            first, *later = [_fetch(mock.pid, link) for link in _links(address.partition("/v1")[0], options.songs + 1)]
        finally:
            mock.terminate()
    middle = sorted(later, key=lambda fetched: fetched[2])[len(later) // 2]
    print(
        f"- an mp3: first byte after {first[0] * 1000:.0f} ms in a mock just started, {middle[0] * 1000:.0f} ms later; "
        f"three minutes of music in {middle[1]:.2f} s, {middle[2]:.2f} s of the processor"
    )


def _links(address: str, songs: int) -> list[str]:
    """Return the links of so many finished songs."""

    def call(path: str, body: object = None) -> dict[str, object]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address + path, data, HEADERS)  # noqa: S310 - a loopback address
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            return dict(json.load(answer))

    call("/v1/tempolor/accounts", {"requestParams": {}, "maxJobs": songs + 1})
    jobs: list[str] = []
    while len(jobs) < songs:
        jobs += call("/v1/tempolor/music/song", {"prompt": "A lo-fi beat about rain"})["jobs"]
    call("/_mock/clock/advance", {"seconds": 600})
    return [str(call(f"/v1/tempolor/music/download/{job}")["url"]) for job in jobs[:songs]]


def _fetch(pid: int, link: str) -> tuple[float, float, float]:
    """Return seconds to the first byte, and for three minutes of music those that passed and those the mock worked."""
    worked, began = _worked(pid), time.perf_counter()
    with urllib.request.urlopen(link) as file:  # noqa: S310 - a loopback address
        size = len(file.read(1))
        first = time.perf_counter() - began
        size += len(file.read())
    share = MUSIC_SECONDS * BYTES_A_SECOND / size
    return first, (time.perf_counter() - began) * share, (_worked(pid) - worked) * share


def _worked(pid: int) -> float:
    """Return the seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
