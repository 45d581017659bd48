"""Sums a result up in some lines for the terminal."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ...rules.rule import Violation
from ...target.guard import Level
from ..ledger import Verdict
from ..result import GOOD, VIOLATIONS, RunResult
from .text import count, plain
from .writing import ReportFiles

_WORDS: Final = {
    Verdict.VIOLATED: "violated",
    Verdict.KNOWN: "known differences",
    Verdict.NOTED: "noted",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NEVER_REACHED: "never reached",
    Verdict.SKIPPED: "skipped",
    Verdict.PASSED: "passed",
}
_MOST_SHOWN: Final = 3
_MOST_LEFT: Final = 40
_PLAYED: Final = "played"
_SKIPPED: Final = "skipped: "


def summary(result: RunResult, files: ReportFiles | None = None) -> str:
    """Return what a terminal shows at the end: what is wrong first, then what was left out, the figures, verdict.

    Of a run that could not begin there is nothing to tell but the reason.
    """
    if not (result.verified or result.left_behind):
        return plain(_judgement(result))
    details = [*_broken(result), *_excused(result), *_left_out(result), *_not_created(result)]
    figures = [_counted(result), _spent(result), *_left_behind(result)]
    if files is not None:
        figures.append(f"report: {files.page}")
    return plain("\n".join([*details, *([""] if details else []), *figures, _judgement(result)]))


def _broken(result: RunResult) -> Iterator[str]:
    for tally in result.by_verdict()[Verdict.VIOLATED]:
        yield f"VIOLATED {tally.rule.id}: {tally.rule.sentence}"
        yield f"         {tally.rule.page_url}"
        for violation in tally.violations[:_MOST_SHOWN]:
            yield f"         {_place(violation)}{violation.message}"
            yield f"         {violation.curl}"
        more = max(tally.count, len(tally.violations)) - _MOST_SHOWN
        if more > 0:
            places = len(tally.places)
            where = f", in {places:,} places altogether" if places > _MOST_SHOWN else ""
            yield f"         and {more:,} more{where}"


def _place(violation: Violation) -> str:
    label = violation.calls[-1].exchange.label if violation.calls else ""
    return f"{label}: " if label else ""


def _excused(result: RunResult) -> Iterator[str]:
    for tally in result.tallies:
        for known in tally.known[:1]:
            yield f"known    {tally.rule.id}: {known.reason} (until {known.expires})"
    for entry in result.known_differences:
        if entry["state"] not in {"used", "not yet in force"}:
            yield f"register {entry['name']}: {entry['state']}"
    for tally in result.by_verdict()[Verdict.NOTED]:
        yield f"noted    {tally.rule.id}: {tally.notes[0].message}"


def _left_out(result: RunResult) -> Iterator[str]:
    by_outcome: dict[str, list[str]] = defaultdict(list)
    for scenario, outcome in result.scenarios.items():
        by_outcome[outcome].append(scenario)
    by_outcome.pop(_PLAYED, None)
    for outcome, scenarios in by_outcome.items():
        how = "not played" if outcome.startswith(_SKIPPED) else "not finished"
        yield f"{how}: {', '.join(scenarios)} ({outcome.removeprefix(_SKIPPED)})"


def _not_created(result: RunResult) -> Iterator[str]:
    """Say what a budget of nothing costs: it is the default of level safe."""
    if result.level == Level.SAFE and result.spending.get("max_creations") == 0:
        skipped = count(len(result.by_verdict()[Verdict.SKIPPED]), "rule")
        yield f"nothing was created, because --max-creations is 0: {skipped} could not be judged (orders, files, slots)"


def _counted(result: RunResult) -> str:
    counted = [f"{len(tallies)} {_WORDS[verdict]}" for verdict, tallies in result.by_verdict().items() if tallies]
    return f"{count(len(result.tallies), 'rule')}: {', '.join(counted) or 'none'}"


def _spent(result: RunResult) -> str:
    told = f"{count(result.exchanges, 'exchange')} judged in {result.elapsed:.1f} s"
    if created := result.spending.get("created"):
        told += f", {count(created, 'creating call')}"
    if result.foreign:
        told += f", {result.foreign:,} not of this API"
    if result.faults:
        told += f", {result.faults:,} without an answer"
    if result.unrecorded:
        told += f", {result.unrecorded:,} without a recorded body, which proves little"
    return told


def _left_behind(result: RunResult) -> Iterator[str]:
    if result.left_behind:
        yield f"left behind on the service: {len(result.left_behind)}"
    for each in result.left_behind[:_MOST_LEFT]:
        yield f"  {each['operation']}: {each['id'] or 'no answer told its id'}"
    if len(result.left_behind) > _MOST_LEFT:
        yield f"  and {len(result.left_behind) - _MOST_LEFT} more, which report.json lists"


def _judgement(result: RunResult) -> str:
    if result.exit_code == VIOLATIONS:
        verdict = "the contract is broken" if result.violations else "not good enough for --strict"
    elif result.exit_code == GOOD:
        verdict = "the contract is kept, as far as it was reached"
        verdict += ", with nothing created" if any(_not_created(result)) else ""
    elif result.verified:
        verdict = "not finished"
    else:
        return f"nothing was verified: {result.stopped or 'no rule was judged'}"
    if result.crashes_often:
        verdict += f"; {result.crashes:,} of {result.exchanges:,} requests were answered 5xx, which proves nothing"
    if result.stopped or result.mishap:
        return f"{verdict}; stopped: {result.stopped}" if result.stopped else f"{verdict}: {result.mishap}"
    return verdict
