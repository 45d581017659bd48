"""Changes the code in one place at a time, and counts how many of those changes its tests notice.

Each area of code has the tests that are meant to hold it. mutmut makes the changes in a copy of the repository, and
runs for each the tests that reach the changed function, in a fork of a process that has imported them already. Of each
area a sample is tried, the same one for the same code and seed. Survivors that change nothing anybody could see stand
in `equivalents.toml`, each with a reason.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from page import write_page

_ROOT: Final = Path(__file__).parents[2]
sys.path.append(str(_ROOT / "mock_server" / "tests"))
from postgresql import VARIABLE, shared_cluster  # noqa: E402 - a program, no package

_BUILD: Final = _ROOT / "build" / "mutation"
_PAGE: Final = Path(__file__).parent / "RESULTS.md"
_SEED: Final = "2025-05"
_SECONDS: Final = 10.0
_MUTATED: Final = Path("mutants", "src")
_SOURCES: Final = (
    "mock_server/tempolor_mock",
    "contract_tests/tempolor_contract",
    "generated_client/python/tempolor_client",
)
_CONFIGURATION: Final = """[mutmut]
source_paths=
    src/
only_mutate=
    {mutated}{left_out}
also_copy=
    {copied}
pytest_add_cli_args=
    -p
    no:cacheprovider
    -p
    no:randomly
    --rootdir=.
    --tb=line{tests_left_out}
pytest_add_cli_args_test_selection=
    {tests}
track_dependencies=false
"""


@dataclass(frozen=True)
class Area:
    """A part of the code, and the tests that are meant to hold it."""

    name: str
    mutated: tuple[str, ...]
    tests: tuple[str, ...]
    sample: int
    of_postgresql: str = ""
    """What of it only tests with a PostgreSQL reach; without it, none of them is run."""

    @property
    def results(self) -> Path:
        """The file with what became of its mutants."""
        return _BUILD / f"{self.name}.json"


_MOCK: Final = "mock_server/tests"
_OF_THE_DOMAIN: Final = (
    "accounts",
    "busy",
    "checks",
    "control",
    "limits",
    "midi",
    "music",
    "orders",
    "scheduler",
    "stems",
    "turns",
    "voices",
    "worlds",
)
_OF_THE_RULES: Final = ("overlays", "recordings", "reading", "known_differences")
AREAS: Final = (
    Area(
        "domain",
        ("tempolor_mock/domain/*",),
        (
            *(f"{_MOCK}/{each}" for each in ("domain", "callbacks", "faults/test_jobs.py", "faults/test_rules.py")),
            *(f"{_MOCK}/http/test_{each}.py" for each in _OF_THE_DOMAIN),
        ),
        80,
    ),
    Area(
        "store",
        ("tempolor_mock/store/*",),
        (f"{_MOCK}/store", f"{_MOCK}/domain"),
        80,
        of_postgresql="tempolor_mock/store/postgresql/*",
    ),
    Area("callbacks", ("tempolor_mock/callbacks/*",), (f"{_MOCK}/callbacks", f"{_MOCK}/store/test_callbacks.py"), 40),
    Area(
        "rules",
        ("tempolor_contract/rules/*",),
        (
            "contract_tests/tests/rules",
            *(f"contract_tests/tests/test_{each}.py" for each in _OF_THE_RULES),
        ),
        120,
    ),
    Area(
        "retries",
        ("tempolor_client/policy.py",),
        tuple(f"generated_client/python/tests/client_tests/test_{each}.py" for each in ("retries", "errors")),
        67,
    ),
)


def main() -> int:
    """Try the areas that were asked for, and write the page of all that were; 1 where too little was noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("area", nargs="*", choices=[[], *(each.name for each in AREAS)], help="all, if none is named")
    parser.add_argument("--sample", type=int, help="mutants of each area, in place of its own number; no page")
    parser.add_argument("--seed", default=_SEED)
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants with this in their names; no page")
    parser.add_argument("--again", action="store_true", help="try only what was not noticed before")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="of tests, for each mutant")
    parser.add_argument("--page", action="store_true", help="try nothing, make the page of what is there")
    options = parser.parse_args()
    os.nice(10)  # It takes long, and others work beside it.
    for area in AREAS:
        if not options.page and (not options.area or area.name in options.area):
            if not options.again:
                for file in (area.results, area.results.with_suffix(".reach.json")):
                    file.unlink(missing_ok=True)
            _try(area, options.sample or area.sample, options.seed, options.only, options.seconds)
    results = {each.name: found for each in AREAS if (found := _results(each))}
    left_out = [each.name for each in AREAS if each.name not in results]
    whole = not (options.only or options.sample)
    return 0 if write_page(results, options.seed, left_out, _PAGE if whole else None) and not left_out else 1


def _try(area: Area, sample: int, seed: str, only: str, seconds: float) -> None:
    arguments = (sample, seed, only, seconds, area.results)
    command = [sys.executable, str(Path(__file__).with_name("driver.py")), *map(str, arguments)]
    with _postgresql(area) as database:
        folder = _stage(area, has_postgresql=bool(database))
        print(f"{area.name}: {sample} mutants, {folder}", flush=True)
        # The programs that tests start are mutated too; what is in neither place is nobody's.
        environment = os.environ | database | {"PYTHONPATH": str(folder / _MUTATED)}
        with (folder / "log.txt").open("w") as log:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
            )
    if done.returncode:
        sys.exit(f"mutmut failed on {area.name}; see {folder / 'log.txt'}")


@contextmanager
def _postgresql(area: Area) -> Iterator[dict[str, str]]:
    """Start a PostgreSQL where an area needs one, and yield the variable that names it; empty where there is none."""
    if not area.of_postgresql:
        yield {}
        return
    os.environ.pop(VARIABLE, None)  # Mutants may do anything to it: nobody's own one is for them.
    with tempfile.TemporaryDirectory() as folder, shared_cluster(Path(folder)) as url:
        if url is None:
            print(f"{area.name}: no PostgreSQL is installed; {area.of_postgresql} is left out", flush=True)
        yield {} if url is None else {VARIABLE: url}


def _stage(area: Area, *, has_postgresql: bool) -> Path:
    """Copy what the tests need into a folder of the area's own, as mutmut wants it."""
    folder = _BUILD / area.name
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (_ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(_ROOT / name, folder / name)
    for source in _SOURCES:
        shutil.move(folder / source, folder / "src" / Path(source).name)
    # It has to be there before Python looks for it, or is taken for missing as long as the process lives.
    (folder / _MUTATED).mkdir(parents=True)
    (folder / "setup.cfg").write_text(
        _CONFIGURATION.format(
            mutated="\n    ".join(f"src/{each}" for each in area.mutated),
            left_out=(
                f"\ndo_not_mutate=\n    src/{area.of_postgresql}" if area.of_postgresql and not has_postgresql else ""
            ),
            tests_left_out="" if has_postgresql else "\n    -k\n    not postgresql",
            copied="\n    ".join(sorted(each.name for each in folder.iterdir() if each.name not in {"src", "mutants"})),
            tests="\n    ".join(area.tests),
        )
    )
    return folder


def _results(area: Area) -> dict[str, object]:
    return json.loads(area.results.read_text(encoding="utf-8")) if area.results.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
