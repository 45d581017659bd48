"""Takes the screenshots of the README and of the site from the product itself, by a headless Chromium.

`make pictures` runs it, and draws the plots too.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from broken import MUTANTS
from broken.service import Service
from plots import PICTURES
from tempolor_client import TemPolor
from tempolor_contract import CATALOGUE, pick, provoking, run
from tempolor_contract.judging.reports import write_reports
from tempolor_mock.testing import MockServer

TOKEN: Final = "user:12345-demo"  # noqa: S105 - of a mock
_LOOPBACK_ONLY: Final = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""A browser asks its maker for this and that; here it finds nobody."""

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")


def show_mock(picture: Path) -> None:
    """Take a picture of the mock's page: jobs that wait, move, are finished, and one that failed."""
    with MockServer(seed=7, job_seconds=(60, 90)) as server:
        world = server.world(TOKEN)
        account = world.add_account(max_jobs=6)
        world.control("POST", "faults", {"match": {"prompt": "storm"}, "effect": {"kind": "job_fails", "progress": 40}})
        for prompt, seconds in (
            ("A lo-fi beat about rain on the window", 70),
            ("A storm over the harbour, strings and drums", 40),
            ("Slow trains at night, a ballad with piano", 20),
        ):
            _order(server.url, account, prompt)
            world.advance(seconds)
        _shoot(f"{server.url}/_mock/", picture, 1280, 900)


def _order(url: str, account: str, prompt: str) -> None:
    with TemPolor(TOKEN, base_url=url) as client:
        client.songs.create(prompt, user_id=account)


def show_report(picture: Path) -> None:
    """Take a picture of the report about a mock that never says that an account is busy."""
    (mutant,) = (each for each in MUTANTS if each.id == "never-busy")
    with Service() as service, service.mutated(mutant), tempfile.TemporaryDirectory() as folder:
        result = run(service.target(), CATALOGUE, scenarios=provoking(pick(only=["full-is-busy"])))
        _shoot(write_reports(result, Path(folder)).page.as_uri(), picture, 1280, 900)


def _shoot(address: str, picture: Path, width: int, height: int) -> None:
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SystemExit("Pictures of pages need a Chromium: install one, such as Debian's package chromium.")
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en"]
        command += [f"--host-resolver-rules={_LOOPBACK_ONLY}", "--no-first-run", "--disable-background-networking"]
        command += [f"--user-data-dir={profile}", f"--window-size={width},{height}", "--virtual-time-budget=3000"]
        subprocess.run([*command, f"--screenshot={picture}", address], check=True, capture_output=True, timeout=120)


def main() -> None:
    """Take every screenshot anew."""
    show_mock(PICTURES / "mock.png")
    show_report(PICTURES / "report.png")


if __name__ == "__main__":
    main()
