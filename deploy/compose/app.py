"""The smallest app there is: has a song made and saves it. It knows the service by TEMPOLOR_URL alone."""

import json
import os
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("TEMPOLOR_URL", "http://127.0.0.1:4010/v1/tempolor")
TOKEN = os.environ.get("TEMPOLOR_TOKEN", "user:12345-demo")
POLL_SECONDS = float(os.environ.get("POLL_SECONDS", "0.5"))


def ask(path: str, content: dict[str, Any] | None = None) -> Any:
    """Ask the service; with content, by POST."""
    request = urllib.request.Request(URL + path)  # noqa: S310 - the address is the user's own
    request.add_header("Authorization", f"Bearer {TOKEN}")
    if content is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(content).encode()
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        return json.load(answer)


def main() -> None:
    """Have a song made and save it."""
    ask("/accounts", {"requestParams": {}})
    job_id = ask("/music/song", {"prompt": "A harbour ballad"})["jobs"][0]
    while not (music := ask(f"/music/{job_id}"))["status_final"]:
        sys.stdout.write(f"{music['status_name']} {music['progress']} %\n")
        time.sleep(POLL_SECONDS)
    time.sleep(5 * POLL_SECONDS)
    url = ask(f"/music/download/{job_id}")["url"]
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - the service's own link
        Path("/tmp/song.mp3").write_bytes(answer.read())  # noqa: S108 - a container's own folder
    sys.stdout.write(f"{music['titleEn']} is in /tmp/song.mp3\n")


if __name__ == "__main__":
    main()
