"""A result in a few lines of text."""

from collections.abc import Iterator

from ..ledger import Verdict
from ..result import RunResult
from ..rule import Violation


def summary(result: RunResult) -> Iterator[str]:
    """Yield the lines of a short report: each violation with its rule, page and command, then the figures."""
    for tally in result.tallies:
        for violation in tally.violations:
            yield from _violation(violation)
        if tally.count > len(tally.violations):
            yield f"  ... and {tally.count - len(tally.violations)} more of {tally.rule.id}"
    for tally in result.tallies:
        for note in tally.notes[:1]:
            yield f"note  {tally.rule.id}: {note.message}"
    counts = result.by_verdict()
    yield (
        f"{result.exchanges} exchanges in {result.elapsed:.1f} s: {len(counts[Verdict.VIOLATED])} rules violated, "
        f"{len(counts[Verdict.PASSED])} passed, {len(counts[Verdict.NOTED])} noted, "
        f"{len(counts[Verdict.INCONCLUSIVE])} inconclusive, {len(counts[Verdict.NEVER_REACHED])} never reached"
    )
    if result.foreign:
        yield f"{result.foreign} exchanges were not with the API"
    if result.faults:
        yield f"{result.faults} requests had no answer"
    if result.stopped:
        yield f"stopped: {result.stopped}"


def _violation(violation: Violation) -> Iterator[str]:
    call = violation.calls[-1]
    where = call.exchange.label or f"call {call.number}"
    yield f"FAIL  {violation.rule.id}: {violation.message}"
    yield f"      {violation.rule.sentence} [{violation.rule.strength}, {violation.rule.page_url}]"
    yield f"      {where}: {violation.curl}"
