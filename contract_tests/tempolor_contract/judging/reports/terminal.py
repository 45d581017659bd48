"""Sums a result up in some lines for the terminal."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ...exchanges.visible import plain
from ...readings.judge import Verdict as ReadingVerdict
from ...rules.rule import Strength, Violation
from ...target.guard import Level
from ..ledger import Verdict
from ..result import GOOD, VIOLATIONS, RunResult
from .text import count, cut
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
_MOST_LEFT: Final = 3
_PLAYED: Final = "played"
_SKIPPED: Final = "skipped: "


def summary(result: RunResult, files: ReportFiles | None = None) -> str:
    """Return what a terminal shows at the end: what is wrong first, then what was left out, the figures, verdict.

    Of a run that could not begin there is nothing to tell but the reason.
    """
    if not (result.verified or result.left_behind):
        return plain(_judgement(result))
    details = [_assumed(result), *_broken(result), *_excused(result), *_left_out(result), *_not_created(result)]
    figures = [_counted(result), *_readings(result), _spent(result), *_left_behind(result)]
    if files is not None:
        figures.append(f"report: {files.page}")
    return plain("\n".join([*details, "", *figures, _judgement(result)]))


def _assumed(result: RunResult) -> str:
    otherwise = {None: "--live and --mock say", True: "--mock says", False: "--live says"}[result.live]
    return f"judged as {result.judged_as}; {otherwise} otherwise"


def _broken(result: RunResult) -> Iterator[str]:
    for tally in result.by_verdict()[Verdict.VIOLATED]:
        shown = list(_once(tally.violations).items())[:_MOST_SHOWN]
        first, others = shown[0], shown[1:]
        how = "the page says" if tally.rule.strength is Strength.DOCUMENTED else "the pages are read as"
        yield f"VIOLATED {tally.rule.id}: {_told(*first)}; {how}: {tally.rule.sentence}"
        yield f"         {tally.rule.page_url}"
        yield f"         {first[1][0].curl}"
        for message, violations in others:
            yield f"         {_told(message, violations)}"
            yield f"         {violations[0].curl}"
        more = max(tally.count, len(tally.violations)) - sum(len(violations) for _, violations in shown)
        if more > 0:
            places = len(tally.places)
            where = f", in {places:,} places altogether" if places > _MOST_SHOWN else ""
            yield f"         and {more:,} more{where}"


def _once(violations: list[Violation]) -> dict[str, list[Violation]]:
    """Return the violations by what they say."""
    by_message: dict[str, list[Violation]] = defaultdict(list)
    for each in violations:
        by_message[each.message].append(each)
    return by_message


def _told(message: str, violations: list[Violation]) -> str:
    """Say what the service did, at which request, since when, and how often."""
    call = violations[0].calls[-1]
    place = call.exchange.label or f"request {call.number:,}"
    times = f"since {place}, {count(len(violations), 'time')}" if len(violations) > 1 else f"at {place}"
    return f"{cut(message)} ({call.method} {cut(call.path or call.exchange.request.url)}, {times})"


def _excused(result: RunResult) -> Iterator[str]:
    for tally in result.tallies:
        for known in tally.known[:1]:
            yield f"known    {tally.rule.id}: {known.reason} (until {known.expires})"
    for entry in result.known_differences:
        if entry["state"] not in {"used", "not yet in force"}:
            yield f"register {entry['name']}: {entry['state']}"
    for tally in result.by_verdict()[Verdict.NOTED]:
        yield f"noted    {tally.rule.id}: {tally.notes[0].message} (not judged, because no page settles it)"


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
    if result.crashes:
        told += f", {result.crashes:,} answered 5xx"
    if result.faults:
        told += f", {result.faults:,} without an answer"
    if result.unrecorded:
        told += f", {result.unrecorded:,} without a recorded body, which proves little"
    return told


def _readings(result: RunResult) -> Iterator[str]:
    """Say what came of the readings of the decisions, and which of them the service contradicts."""
    if result.readings is None:
        return
    found = {verdict: ids for verdict, ids in result.readings.by_verdict().items() if ids}
    if contradicted := found.get(ReadingVerdict.CONTRADICTED):
        yield f"readings contradicted: {', '.join(contradicted)}; report.json shows by what"
    yield f"readings: {', '.join(f'{len(ids)} {verdict}' for verdict, ids in found.items())}"


def _left_behind(result: RunResult) -> Iterator[str]:
    if result.left_behind:
        named = [f"{each['operation']} {each['id'] or 'without an id'}" for each in result.left_behind[:_MOST_LEFT]]
        more = len(result.left_behind) - _MOST_LEFT
        others = f" and {more:,} more, which report.json and --registry list" if more > 0 else ""
        yield f"left behind on the service: {', '.join(named)}{others}"


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
