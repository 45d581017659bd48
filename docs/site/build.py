"""Builds the documentation site: `python docs/site/build.py`, or `make site`.

The pages are laid out under build/site, the site is written into the folder `site`, and then looked over: a broken
link, a request to another host or a path of this machine is an error.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from checks import faults_of
from reference_pages import write_reference
from staging import Staging

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
_SEARCH_WORKER: Final = re.compile(r'https://[^"]+/iframe-worker/shim')


def build(workplace: Path, site: Path) -> list[str]:
    """Build the site and return what is wrong with it."""
    shutil.rmtree(workplace, ignore_errors=True)
    shutil.rmtree(site, ignore_errors=True)
    pages = workplace / "pages"
    Staging(pages).fill()
    write_reference(pages / "reference")
    shutil.copyfile(HERE / "zensical.toml", workplace / "zensical.toml")
    shutil.copyfile(HERE / "site.css", pages / "site.css")
    subprocess.run([Path(sys.executable).with_name("zensical"), "build", "--strict"], check=True, cwd=workplace)
    shutil.move(workplace / "site", site)
    _bring_search_worker(site)
    return faults_of(site, machine=(str(ROOT), str(workplace)))


def _bring_search_worker(site: Path) -> None:
    """Put the script by which the search works from a folder into the site; Zensical has it fetched from elsewhere."""
    ours = site / "assets" / "javascripts" / "iframe-worker.js"
    shutil.copyfile(HERE / "node_modules" / "iframe-worker" / "shim" / "index.js", ours)
    for page in site.rglob("*.html"):
        there = os.path.relpath(ours, page.parent) if page.name != "404.html" else f"/{ours.relative_to(site)}"
        page.write_text(_SEARCH_WORKER.sub(there, page.read_text("utf-8")), "utf-8")


def main() -> None:
    """Build the site, and say what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "site", help="folder of the site, replaced as a whole")
    parser.add_argument("--workplace", type=Path, default=ROOT / "build" / "site", help="folder to work in, replaced")
    options = parser.parse_args()
    if faults := build(options.workplace.resolve(), options.output.resolve()):
        sys.exit("\n".join(faults))
    print(f"Open {options.output / 'index.html'}")


if __name__ == "__main__":
    main()
