"""Writes the report folder, and sums a result up for the terminal."""

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tempolor_spec import REVISIONS, __version__

from ..ledger import Tally, Verdict
from ..redaction import Redactor
from ..result import GOOD, VIOLATIONS, RunResult
from .junit import junit
from .page import page
from .text import plain

SCHEMA_VERSION: Final = 1
"""The version of `report.json`; it grows when a field is renamed, removed or changes its meaning."""

_WORDS: Final = {
    Verdict.VIOLATED: "violated",
    Verdict.KNOWN: "known deviations",
    Verdict.NOTED: "noted",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NEVER_REACHED: "never reached",
    Verdict.SKIPPED: "skipped",
    Verdict.PASSED: "passed",
}
_MOST_SHOWN: Final = 3


@dataclass(frozen=True)
class ReportFiles:
    """Where the reports of a result are."""

    page: Path
    junit: Path
    json: Path


def write_reports(
    result: RunResult, folder: Path, *, command: str = "", redactor: Redactor | None = None
) -> ReportFiles:
    """Write `report.html`, `junit.xml` and `report.json` into a folder, which is made if need be.

    `command` is what repeats the run, without secrets; by default it is guessed from the result. Each file is
    replaced as a whole, so that a reader never finds half of one. OSError if it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    redactor = redactor or Redactor()
    command = command or reproduction(result, redactor)
    files = ReportFiles(folder / "report.html", folder / "junit.xml", folder / "report.json")
    _replace(files.json, json.dumps(_document(result, command, redactor), indent=1, default=str) + "\n")
    _replace(files.junit, junit(result, redactor))
    _replace(files.page, page(result, command, redactor))
    return files


def reproduction(result: RunResult, redactor: Redactor | None = None) -> str:
    """Return a command line that repeats a run, its tokens left to the environment."""
    source = shlex.quote((redactor or Redactor()).url(result.source))
    if not result.source.startswith(("http://", "https://")):
        return f"tempolor check {source}"
    if result.level not in {"read", "safe", "full"}:
        return f"tempolor {result.level or 'proxy'} --upstream {source}"
    parts = ["tempolor contract", source, '--token "$TEMPOLOR_TOKEN"', f"--level {result.level}"]
    if result.seed is not None:
        parts.append(f"--seed {result.seed}")
    if result.revision not in {"", REVISIONS[0]}:
        parts.append(f"--revision {result.revision}")
    if limit := result.spending.get("max_creations"):
        parts.append(f"--max-creations {limit}")
    return " ".join(parts)


def summary(result: RunResult, files: ReportFiles | None = None) -> str:
    """Return what a terminal shows at the end: what is wrong first, then the figures."""
    lines = [line for tally in result.by_verdict()[Verdict.VIOLATED] for line in _violated(tally)]
    lines += [
        f"known    {tally.rule.id}: {known.reason} (until {known.expires})"
        for tally in result.tallies
        for known in tally.known[:1]
    ]
    lines += [
        f"register {each['name']}: {each['state']}"
        for each in result.deviations
        if each["state"] not in {"used", "not yet in force"}
    ]
    if lines:
        lines.append("")
    counted = [f"{len(tallies)} {_WORDS[verdict]}" for verdict, tallies in result.by_verdict().items() if tallies]
    lines.append(f"{len(result.tallies)} rules: {', '.join(counted) or 'none'}")
    lines.append(_spent(result))
    if result.left_behind:
        named = [str(each.get("id") or f"{each.get('operation')} without an id") for each in result.left_behind]
        lines.append(f"left behind: {', '.join(named)}")
    if files is not None:
        lines.append(f"report: {files.page}")
    lines.append(_judgement(result))
    return plain("\n".join(lines))


def _violated(tally: Tally) -> list[str]:
    lines = [f"VIOLATED {tally.rule.id}: {tally.rule.sentence}"]
    for violation in tally.violations[:_MOST_SHOWN]:
        lines += [f"         {violation.message}", f"         {violation.curl}"]
    more = max(tally.count, len(tally.violations)) - _MOST_SHOWN
    return lines + ([f"         and {more} more"] if more > 0 else [])


def _spent(result: RunResult) -> str:
    told = f"{result.exchanges} exchanges judged in {result.elapsed:.1f} s"
    if created := result.spending.get("created"):
        told += f", {created} creating calls"
    if result.faults:
        told += f", {result.faults} without an answer"
    return told


def _judgement(result: RunResult) -> str:
    if result.exit_code == VIOLATIONS:
        verdict = "the contract is broken"
    elif result.exit_code == GOOD:
        verdict = "the contract is kept, as far as it was reached"
    else:
        verdict = "nothing was verified" if not result.verified else "not finished"
    return f"{verdict}; stopped: {result.stopped}" if result.stopped else verdict


def _document(result: RunResult, command: str, redactor: Redactor) -> dict[str, Any]:
    return {
        "version": SCHEMA_VERSION,
        "kit": __version__,
        "verified": result.verified,
        "command": command,
        **result.to_json(redactor),
    }


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    draft.replace(file)
