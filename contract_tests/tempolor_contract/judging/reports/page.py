"""One page that shows everything: no scripts, styles, fonts or pictures from elsewhere."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from tempolor_spec import __version__

from ...document.call import Call
from ...exchanges.redaction import Redactor
from ...exchanges.visible import plain
from ...readings.judge import Verdict as ReadingVerdict
from ...rules.rule import Violation
from ..ledger import Tally, Verdict
from ..result import GOOD, VIOLATIONS, RunResult
from .text import body, shortened

_ORDER: Final = (
    Verdict.VIOLATED,
    Verdict.KNOWN,
    Verdict.NOTED,
    Verdict.INCONCLUSIVE,
    Verdict.NEVER_REACHED,
    Verdict.SKIPPED,
    Verdict.PASSED,
)
_LABELS: Final = {
    Verdict.VIOLATED: "Violated",
    Verdict.KNOWN: "Known difference",
    Verdict.NOTED: "Noted",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.NEVER_REACHED: "Never reached",
    Verdict.SKIPPED: "Skipped",
    Verdict.PASSED: "Passed",
}
_KINDS: Final = {
    "operation": "Operations",
    "status": "Statuses",
    "parameter": "Parameters and fields",
    "value": "Values of closed lists",
    "example": "Examples",
}
_MOST_EARLIER: Final = 6


def page(result: RunResult, redactor: Redactor) -> str:
    """Return the page as HTML; the template escapes whatever it is given."""
    style, script = _part("page.css"), _part("page.js")
    tallies = sorted(result.tallies, key=lambda each: (_ORDER.index(each.verdict), each.since))
    rendered: str = _template().render(
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{_hash(style)}'",
                f"script-src '{_hash(script)}'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        style=style,
        script=script,
        kit=__version__,
        command=result.command,
        source=redactor.url(result.source),
        banner=_banner(result),
        facts=_facts(result),
        verdicts=[
            {
                "name": verdict.value,
                "label": _LABELS[verdict],
                "count": sum(each.verdict is verdict for each in tallies),
            }
            for verdict in _ORDER
        ],
        rules=[_rule(tally, result.command, redactor) for tally in tallies],
        coverage=_coverage(result.coverage),
        operations=_by_operation(result.coverage),
        readings=_readings(result, redactor),
        spending=_spending(result.spending),
        left_behind=[{name: str(value) for name, value in each.items()} for each in result.left_behind],
        known_differences=result.known_differences,
        scenarios=_scenarios(result),
    )
    return plain(rendered)


@cache
def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_part("page.html.jinja"))


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _banner(result: RunResult) -> dict[str, str]:
    broken = len(result.by_verdict()[Verdict.VIOLATED])
    if result.exit_code == VIOLATIONS:
        state, text = "bad", f"{broken} {'rule is' if broken == 1 else 'rules are'} broken"
    elif result.exit_code == GOOD:
        state, text = "good", "The contract is kept, as far as it was reached"
    else:
        state, text = "unsure", "Nothing was verified" if not result.verified else "Not finished"
    return {"state": state, "text": text, "stopped": result.stopped}


def _readings(result: RunResult, redactor: Redactor) -> list[dict[str, str]]:
    """Return a row for each reading, contradicted ones first; a text that somebody sent may hold a secret."""
    tallies = list(result.readings.tallies.values()) if result.readings else []
    return [
        {
            "id": each.reading.id,
            "question": each.reading.question,
            "verdict": each.verdict,
            "confirmed": _by_place(each.count.confirmed),
            "contradicted": _by_place(each.count.contradicted),
            "against": redactor.text(each.against[0][0]) if each.against else "",
        }
        for each in sorted(tallies, key=lambda each: each.verdict is not ReadingVerdict.CONTRADICTED)
    ]


def _by_place(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {where}" for where, count in counts.items())


def _facts(result: RunResult) -> list[tuple[str, str]]:
    started = datetime.fromtimestamp(result.started, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if result.started else ""
    told = {
        "Judged as": result.judged_as,
        "Level": result.level,
        "Seed": "" if result.seed is None else str(result.seed),
        "Revision": result.revision,
        "Started": started,
        "Took": f"{result.elapsed:.1f} s",
        "Exchanges judged": f"{result.exchanges:,}",
        "Without an answer": f"{result.faults:,}" if result.faults else "",
        "Without a recorded body": f"{result.unrecorded:,}" if result.unrecorded else "",
        "Not of this API": f"{result.foreign:,}" if result.foreign else "",
    }
    return [(name, value) for name, value in told.items() if value]


def _rule(tally: Tally, command: str, redactor: Redactor) -> dict[str, Any]:
    rule = tally.rule
    found = [("", each) for each in tally.violations] + [("noted", each) for each in tally.notes]
    found += [(f"known until {each.expires}: {each.reason}", each.violation) for each in tally.known]
    hidden = tally.count - len(tally.violations)
    return {
        "id": rule.id,
        "sentence": rule.sentence,
        "page": rule.page_url,
        "strength": rule.strength.value,
        "severity": rule.severity.value,
        "evidence": ", ".join(rule.evidence),
        "verdict": tally.verdict.value,
        "label": _LABELS[tally.verdict],
        "outcome": _outcome(tally),
        "command": f"{command} --rule {rule.id}",
        "problems": [_problem(note, each, redactor) for note, each in found],
        "hidden": max(0, hidden) if tally.violations else 0,
    }


def _outcome(tally: Tally) -> str:
    times = f"judged {tally.judged:,} {'time' if tally.judged == 1 else 'times'}"
    match tally.verdict:
        case Verdict.PASSED:
            return f"passed {tally.judged:,} {'time' if tally.judged == 1 else 'times'}"
        case Verdict.VIOLATED:
            count = max(tally.count, len(tally.violations))
            return f"broken {count:,} {'time' if count == 1 else 'times'}, {times}"
        case Verdict.SKIPPED:
            return tally.skipped
        case Verdict.INCONCLUSIVE:
            return "; ".join(tally.inconclusive)
        case Verdict.NEVER_REACHED:
            return "nothing that was seen says anything about it"
        case _:
            return times


def _problem(note: str, violation: Violation, redactor: Redactor) -> dict[str, Any]:
    calls = violation.calls[-_MOST_EARLIER:]
    return {
        "note": note,
        "message": shortened(violation.message, 1000),
        "curl": violation.curl,
        "left_out": len(violation.calls) - len(calls),
        "calls": [_exchange(call, redactor, last=call is calls[-1]) for call in calls],
    }


def _exchange(call: Call, redactor: Redactor, *, last: bool) -> dict[str, Any]:
    exchange = redactor.exchange(call.exchange)
    request, response = exchange.request, exchange.response
    return {
        "last": last,
        "number": call.number,
        "operation": call.operation,
        "line": shortened(f"{request.method} {request.url}", 400),
        "answer": str(response.status) if response else exchange.fault or "no answer",
        "took": f"{exchange.elapsed * 1000:,.0f} ms",
        "request_headers": _headers(request.headers),
        "request_body": body(request),
        "response_headers": _headers(response.headers) if response else "",
        "response_body": body(response) if response else "",
    }


def _headers(headers: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(shortened(f"{name}: {value}", 400) for name, value in headers[:40])


def _coverage(coverage: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    return [
        {"label": label, "reached": sum(count > 0 for count in coverage[kind].values()), "all": len(coverage[kind])}
        for kind, label in _KINDS.items()
        if coverage.get(kind)
    ]


def _by_operation(coverage: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """Return the table of coverage: for each operation and kind the names and how often each was reached."""
    found: dict[str, dict[str, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for kind in _KINDS:
        for path, count in coverage.get(kind, {}).items():
            operation, _, rest = path.partition(" ")
            found[operation][kind].append((rest, count))
    return [
        {
            "name": name,
            "count": kinds["operation"][0][1] if kinds["operation"] else 0,
            "reached": sum(count > 0 for kind in kinds for _, count in kinds[kind]),
            "all": sum(len(kinds[kind]) for kind in kinds),
            "kinds": [(label, kinds[kind]) for kind, label in _KINDS.items() if kind != "operation" and kinds[kind]],
        }
        for name, kinds in found.items()
    ]


def _spending(spending: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " ").capitalize(), _figure(value)) for name, value in spending.items()]


def _figure(value: Any) -> str:
    if value is None:
        return "no limit"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {count}" for key, count in value.items() if count) or "none"
    return str(value)


def _scenarios(result: RunResult) -> list[tuple[str, str, str]]:
    names = {**result.scenarios, **{name: "" for name in result.timings if name not in result.scenarios}}
    return [
        (name, outcome, f"{result.timings[name]:.2f} s" if name in result.timings else "")
        for name, outcome in names.items()
    ]
