"""Scores the contract tests: `python -m broken.score` plays all mutants and prints who noticed what."""

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from . import MUTANTS, VARIANTS, Kind, Mutant, Service
from .detectors import DETECTORS

HERE: Final = Path(__file__).parent
SEEDS: Final = range(5)
_UNBROKEN: Final = "unbroken"
_AS_IT_COMES: Final = "schemathesis"
_DETECTORS: Final = tuple(DETECTORS)
_OF_EACH_CLASS: Final = 2
_VARIANTS_OF_SAMPLE: Final = 5
_SEEDS_OF_SAMPLE: Final = 5
_BY_ID: Final = {each.id: each for each in (*MUTANTS, *VARIANTS)}
_ABOUT: Final = """\
{} services, each broken in one place, and {} that are only unusual.
A kill counts where a rule failed that is about the broken place.
"schemathesis" is `st run` as it comes, with its defaults, an account and 8 s, on a sample: {} mutants of each class
and {} variants.
Whatever it says of a service counts for it, whichever check says it, but for what it says of the unbroken one over {}
seeds.
"schema" judges a fixed traffic by the document alone, "rules" plays all scenarios, "stateful" are random
sequences, "generated" what Schemathesis generates as the kit drives it, all rules looking on.
"""
_service: list[Service] = []
Row = dict[str, Any]
Task = tuple[str, str, int]


def _start() -> None:
    """Start the service of this process; it goes with it."""
    _service.append(Service())


def _work(task: Task) -> Row:
    name, detector, seed = task
    detect = DETECTORS[detector]
    try:
        outcome = asdict(detect(_service[0], _BY_ID.get(name), seed))
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


def tasks(detectors: Iterable[str], only: Sequence[str] = ()) -> list[Task]:
    """Return what is to be played: the unbroken service over all seeds, all mutants, all variants."""
    wanted: list[Task] = []
    for detector in detectors:
        if detector == _AS_IT_COMES:
            names, seeds = [each.id for each in sample()], SEEDS[:_SEEDS_OF_SAMPLE]
        else:
            names, seeds = [each.id for each in (*MUTANTS, *VARIANTS)], SEEDS
        wanted += [(_UNBROKEN, detector, seed) for seed in seeds]
        wanted += [(name, detector, 0) for name in names if not only or name in only]
    return wanted


def play(wanted: Sequence[Task], processes: int) -> list[Row]:
    """Play in some processes, and tell on stderr how far it is."""
    rows = []
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_start) as pool:
        for number, row in enumerate(pool.map(_work, wanted, chunksize=4), 1):
            rows.append(row)
            if number % 20 == 0:
                print(f"{number} of {len(wanted)}", file=sys.stderr)  # noqa: T201 - a command's progress
    return without_noise(rows)


def without_noise(rows: list[Row]) -> list[Row]:
    """Count for Schemathesis what it does not say of the unbroken service too."""
    mine = [row for row in rows if row["detector"] == _AS_IT_COMES]
    noise = {found for row in mine if row["id"] == _UNBROKEN for found in row["found"]}
    for row in mine:
        if row["id"] != _UNBROKEN:
            row["found"] = [each for each in row["found"] if each not in noise]
            row["killed"] = bool(row["found"])
    return rows


def _cell(rows: list[Row]) -> str:
    return f"{sum(row['killed'] for row in rows)} / {len(rows)}" if rows else "-"


def report(rows: list[Row], seconds: float) -> str:
    """Return the page."""
    present = {row["detector"] for row in rows}
    detectors = [each for each in _DETECTORS if each in present]
    broken = [row for row in rows if row["id"] in _BY_ID and _BY_ID[row["id"]].kind is not Kind.LEGAL]
    lines = ["# The score of the contract tests", ""]
    lines += [_ABOUT.format(len(MUTANTS), len(VARIANTS), _OF_EACH_CLASS, _VARIANTS_OF_SAMPLE, _SEEDS_OF_SAMPLE)]
    lines += [
        f"| class | {' | '.join(detectors)} | any |",
        f"| --- |{' ---: |' * (len(detectors) + 1)}",
    ]
    for kind in [each for each in Kind if each is not Kind.LEGAL]:
        lines.append(_line(kind.value, [row for row in broken if _BY_ID[row["id"]].kind is kind], detectors))
    lines += [_line("**all**", broken, detectors), ""]
    lines += ["| detector | false alarms | unbroken, over seeds | median to the first kill | slowest |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    lines += [_speed(each, [row for row in rows if row["detector"] == each]) for each in detectors]
    lines += [
        "",
        "## Survivors",
        "",
        "| mutant | class | rules | what failed instead |",
        "| --- | --- | --- | --- |",
    ]
    killed = {row["id"] for row in broken if row["killed"]}
    for row in broken:
        each = _BY_ID[row["id"]]
        if row["detector"] == "rules" and not row["killed"]:
            how = each.equivalent or ("reached, not noticed" if row["reached"] else "never reached")
            elsewhere = " (found by another detector)" if row["id"] in killed else ""
            told = ", ".join(row["found"]) or row["stopped"] or "nothing"
            lines.append(f"| {each.id} | {each.kind.value} | {how}{elsewhere} | {told} |")
    lines += ["", f"A whole run took {seconds:.0f} s.", ""]
    return "\n".join(lines)


def _line(name: str, rows: list[Row], detectors: Sequence[str]) -> str:
    cells = [_cell([row for row in rows if row["detector"] == each]) for each in detectors]
    ids = {row["id"] for row in rows}
    killed = {row["id"] for row in rows if row["killed"]}
    return f"| {name} | {' | '.join(cells)} | {len(killed)} / {len(ids)} |"


def _speed(detector: str, rows: list[Row]) -> str:
    kills = [row for row in rows if row["killed"]]
    unbroken = [row for row in rows if row["id"] == _UNBROKEN]
    loud = Counter(row["id"] for row in unbroken if row["found"])
    legal = [row for row in rows if row["id"] in _BY_ID and _BY_ID[row["id"]].kind is Kind.LEGAL]
    alarms = [f"{row['id']} ({', '.join(row['found'])})" for row in legal if row["found"]]
    told = f"{len(alarms)} of {len(legal)}" + (f": {'; '.join(alarms)}" if alarms else "")
    green = f"{len(unbroken) - sum(loud.values())} of {len(unbroken)} green"
    if not kills:
        return f"| {detector} | {told} | {green} | - | - |"
    calls, times = [row["calls"] for row in kills], [row["seconds"] for row in kills]
    middle = f"{statistics.median(calls):.0f} calls, {statistics.median(times):.1f} s"
    return f"| {detector} | {told} | {green} | {middle} | {max(calls)} calls, {max(times):.1f} s |"


def main(given: Sequence[str] | None = None) -> None:
    """Play, print, and write the page beside this module."""
    parser = argparse.ArgumentParser(prog="python -m broken.score", description=__doc__)
    parser.add_argument("--detectors", nargs="+", choices=_DETECTORS, default=_DETECTORS)
    parser.add_argument("--only", nargs="+", default=[], metavar="ID", help="These mutants.")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(given)
    began = time.perf_counter()
    rows = play(tasks(options.detectors, options.only), options.processes)
    seconds = time.perf_counter() - began
    page = report(rows, seconds)
    if not options.only:
        (HERE / "SCORE.md").write_text(page, encoding="utf-8")
    print(page)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
