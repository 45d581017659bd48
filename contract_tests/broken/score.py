"""Scores the contract tests: `python -m broken.score` plays all mutants and prints who noticed what."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from . import MUTANTS, VARIANTS, Kind, Mutant, Service
from .detectors import DETECTORS

HERE: Final = Path(__file__).parent
_UNBROKEN: Final = "unbroken"
_AS_IT_COMES: Final = "schemathesis"
_RANDOM: Final = frozenset({"stateful"})
"""Detectors that play each mutant under each seed, because one seed is one draw."""
_SAMPLED: Final = frozenset({"generated", _AS_IT_COMES})
"""Detectors that take too long to play all mutants, and play a sample, the seeds in turn."""
_LONG: Final = frozenset({"stateful", "check"})
"""Detectors that play each third mutant, and all variants."""
_OF_EACH_CLASS: Final = 2
_VARIANTS_OF_SAMPLE: Final = 5
_BY_ID: Final = {each.id: each for each in (*MUTANTS, *VARIANTS)}
_ABOUT: Final = """\
{mutants} mutants, each the mock broken in one place, and {variants} variants that are only unusual.
A kill counts where a rule failed that is about the broken place.

- "schema" judges a fixed traffic by the document alone.
- "rules" plays all scenarios.
- "stateful" plays random sequences of calls, all rules looking on: each third mutant, over {seeds} seeds, and the mean
  counts.
- "generated" sends what Schemathesis generates as this kit drives it, 1,000 requests, all rules looking on.
- "check" judges the recording of a session of the Python client, made by the proxy: each third mutant, all variants.
- "schemathesis" is `st run` as it comes, with its defaults, an account and 8 s.
  Whatever it says of a mutant counts for it, whichever check says it, but for what it says of the unbroken service.

"generated" and "schemathesis" play a sample, {each} mutants of each class and {sample} variants, the seeds in turn.
"""
_service: list[Service] = []
Row = dict[str, Any]
Task = tuple[str, str, int]


def _start() -> None:
    """Start the service of this process; it goes with it."""
    _service.append(Service())


def _work(task: Task) -> Row:
    name, detector, seed = task
    try:
        outcome = asdict(DETECTORS[detector](_service[0], _BY_ID.get(name), seed))
    except Exception as error:  # noqa: BLE001 - one that fails must not hide the others
        outcome = {"found": [], "killed": False, "reached": False, "calls": 0, "seconds": 0.0, "stopped": repr(error)}
    return {"id": name, "detector": detector, "seed": seed, **outcome}


def sample() -> list[Mutant]:
    """Return some mutants of each class and some variants, chosen by their place alone."""
    chosen: list[Mutant] = []
    for kind in Kind:
        mine = [each for each in (*MUTANTS, *VARIANTS) if each.kind is kind]
        count = _VARIANTS_OF_SAMPLE if kind is Kind.LEGAL else _OF_EACH_CLASS
        chosen += [mine[number * len(mine) // count] for number in range(count)]
    return chosen


def _chosen(detector: str) -> Sequence[Mutant]:
    if detector in _SAMPLED:
        return sample()
    return (*MUTANTS[::3], *VARIANTS) if detector in _LONG else (*MUTANTS, *VARIANTS)


def tasks(detectors: Iterable[str], only: Sequence[str] = (), seeds: int = 3) -> list[Task]:
    """Return what is to be played: the unbroken service over all seeds, mutants and variants as the detector is."""
    wanted: list[Task] = []
    for detector in detectors:
        wanted += [(_UNBROKEN, detector, seed) for seed in range(seeds)]
        chosen = _chosen(detector)
        for number, each in enumerate(each for each in chosen if not only or each.id in only):
            if detector in _SAMPLED or (detector in _RANDOM and each.kind is Kind.LEGAL):
                wanted.append((each.id, detector, number % seeds))
            else:
                wanted += [(each.id, detector, seed) for seed in range(seeds if detector in _RANDOM else 1)]
    return wanted


def play(wanted: Sequence[Task], processes: int, file: Path, *, resume: bool = False) -> list[Row]:
    """Play in some processes, and tell on stderr how far it is. Each row is written as it comes.

    With `resume`, what the file holds is not played again.
    """
    known = {_key(row): row for row in _read(file)} if resume else {}
    rows = [known[task] for task in wanted if task in known]
    left = [task for task in wanted if task not in known]
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        file.open("a" if resume else "w", encoding="utf-8") as out,
        ProcessPoolExecutor(processes, get_context("spawn"), initializer=_start) as pool,
    ):
        for number, row in enumerate(pool.map(_work, left, chunksize=4), 1):
            rows.append(row)
            out.write(json.dumps(row) + "\n")
            out.flush()
            if number % 20 == 0:
                print(f"{number} of {len(left)}", file=sys.stderr)  # noqa: T201 - a command's progress
    return without_noise(rows)


def _read(file: Path) -> Iterator[Row]:
    if file.exists():
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def _key(row: Row) -> Task:
    return row["id"], row["detector"], row["seed"]


def without_noise(rows: list[Row]) -> list[Row]:
    """Count for Schemathesis what it does not say of the unbroken service too."""
    mine = [row for row in rows if row["detector"] == _AS_IT_COMES]
    noise = {found for row in mine if row["id"] == _UNBROKEN for found in row["found"]}
    for row in mine:
        if row["id"] != _UNBROKEN:
            row["found"] = [each for each in row["found"] if each not in noise]
            row["killed"] = bool(row["found"])
    return rows


def killed(rows: Iterable[Row]) -> float:
    """Return how many mutants were killed: for one that was played several times, the share of its kills."""
    kills: dict[str, list[bool]] = {}
    for row in rows:
        kills.setdefault(row["id"], []).append(row["killed"])
    return sum(statistics.mean(each) for each in kills.values())


def _cell(rows: list[Row]) -> str:
    return f"{round(killed(rows), 1):g} / {len({row['id'] for row in rows})}" if rows else "-"


def report(rows: list[Row], seeds: int = 3) -> str:
    """Return the page."""
    present = {row["detector"] for row in rows}
    detectors = [each for each in DETECTORS if each in present]
    broken = [row for row in rows if row["id"] in _BY_ID and _BY_ID[row["id"]].kind is not Kind.LEGAL]
    about = _ABOUT.format(
        mutants=len(MUTANTS), variants=len(VARIANTS), seeds=seeds, each=_OF_EACH_CLASS, sample=_VARIANTS_OF_SAMPLE
    )
    lines = ["# The score of the contract tests", "", about]
    lines += [f"| class | {' | '.join(detectors)} | any |", f"| --- |{' ---: |' * (len(detectors) + 1)}"]
    for kind in [each for each in Kind if each is not Kind.LEGAL]:
        lines.append(_line(kind.value, [row for row in broken if _BY_ID[row["id"]].kind is kind], detectors))
    lines += [_line("**all**", broken, detectors), ""]
    lines += ["| detector | kills by seed | false alarms | unbroken, over seeds | median to the first kill | slowest |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    lines += [_figures(each, [row for row in rows if row["detector"] == each]) for each in detectors]
    lines += ["", "## Survivors of the rules", "", "| mutant | class | rules | what failed instead |"]
    lines += ["| --- | --- | --- | --- |", *_survivors(broken), ""]
    return "\n".join(lines)


def _survivors(broken: list[Row]) -> Iterator[str]:
    elsewhere = {row["id"] for row in broken if row["killed"]}
    for row in broken:
        each = _BY_ID[row["id"]]
        if row["detector"] == "rules" and not row["killed"]:
            how = each.equivalent or ("reached, not noticed" if row["reached"] else "never reached")
            found = " (found by another detector)" if row["id"] in elsewhere else ""
            told = ", ".join(row["found"]) or row["stopped"] or "nothing"
            yield f"| {each.id} | {each.kind.value} | {how}{found} | {told} |"


def _line(name: str, rows: list[Row], detectors: Sequence[str]) -> str:
    cells = [_cell([row for row in rows if row["detector"] == each]) for each in detectors]
    ids = {row["id"] for row in rows}
    some = {row["id"] for row in rows if row["killed"]}
    return f"| {name} | {' | '.join(cells)} | {len(some)} / {len(ids)} |"


def _figures(detector: str, rows: list[Row]) -> str:
    kills = [row for row in rows if row["killed"]]
    unbroken = [row for row in rows if row["id"] == _UNBROKEN]
    green = f"{sum(not row['found'] for row in unbroken)} of {len(unbroken)} green"
    legal = [row for row in rows if row["id"] in _BY_ID and _BY_ID[row["id"]].kind is Kind.LEGAL]
    alarms = [f"{row['id']} ({', '.join(row['found'])})" for row in legal if row["found"]]
    told = f"{len(alarms)} of {len(legal)}" + (f": {'; '.join(alarms)}" if alarms else "")
    seeds = {row["seed"]: sum(each["killed"] for each in rows if each["seed"] == row["seed"]) for row in rows}
    spread = f"{min(seeds.values())} to {max(seeds.values())}" if detector in _RANDOM and len(seeds) > 1 else "-"
    if not kills:
        return f"| {detector} | {spread} | {told} | {green} | - | - |"
    calls, times = [row["calls"] for row in kills], [row["seconds"] for row in kills]
    middle = f"{statistics.median(calls):.0f} calls, {statistics.median(times):.1f} s"
    return f"| {detector} | {spread} | {told} | {green} | {middle} | {max(calls)} calls, {max(times):.1f} s |"


def main(given: Sequence[str] | None = None) -> None:
    """Play, print, and write the page beside this module if all was played."""
    parser = argparse.ArgumentParser(prog="python -m broken.score", description=__doc__)
    parser.add_argument("--detectors", nargs="+", choices=DETECTORS, default=tuple(DETECTORS))
    parser.add_argument("--only", nargs="+", choices=_BY_ID, default=[], metavar="ID", help="These mutants.")
    parser.add_argument("--seeds", type=int, default=3, help="How many seeds random detectors play.  [default: 3]")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rows", type=Path, default=Path("../build/score.jsonl"), help="Where what was played goes.")
    parser.add_argument("--resume", action="store_true", help="Play only what that file does not hold yet.")
    options = parser.parse_args(given)
    if options.seeds < 1:
        parser.error("--seeds: at least 1")
    wanted = tasks(options.detectors, options.only, options.seeds)
    began = time.perf_counter()
    rows = play(wanted, options.processes, options.rows, resume=options.resume)
    page = report(rows, options.seeds)
    if set(options.detectors) == set(DETECTORS) and not options.only:
        (HERE / "SCORE.md").write_text(page, encoding="utf-8")
    print(page)  # noqa: T201 - what the command is for
    print(f"{len(wanted)} plays took {time.perf_counter() - began:.0f} s", file=sys.stderr)  # noqa: T201 - the same


if __name__ == "__main__":
    main()
