"""JUnit XML as Jenkins, GitLab and the like read it: one case for each rule."""

from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

from ...exchanges.redaction import Redactor
from ...exchanges.visible import plain
from ..ledger import Tally, Verdict
from ..result import NOTHING_VERIFIED, RunResult
from .text import body

_SUITE: Final = "tempolor_contract"


def junit(result: RunResult, redactor: Redactor) -> str:
    """Return the XML document.

    What was never judged is skipped, with the reason. A run that ended early or verified nothing has one more case,
    an error, so that no reader takes it for a success.
    """
    cases = [_case(tally, redactor) for tally in result.tallies]
    if result.exit_code == NOTHING_VERIFIED or result.stopped:
        cases.append(_unfinished(result))
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
    }
    skipped = str(sum(case.find("skipped") is not None for case in cases))
    root = ET.Element("testsuites", {"name": _SUITE, **counts, "time": f"{result.elapsed:.3f}"})
    suite = ET.SubElement(root, "testsuite", {"name": _SUITE, **counts, "skipped": skipped})
    suite.set("time", f"{result.elapsed:.3f}")
    suite.set("timestamp", datetime.fromtimestamp(result.started, UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(result, redactor).items():
        ET.SubElement(properties, "property", {"name": name, "value": _xml(value)})
    suite.extend(cases)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _properties(result: RunResult, redactor: Redactor) -> dict[str, str]:
    return {
        "target": redactor.url(result.source),
        "level": result.level,
        "judged as": result.judged_as,
        "seed": "" if result.seed is None else str(result.seed),
        "revision": result.revision,
        "exchanges": str(result.exchanges),
        "created": str(result.spending.get("created", 0)),
    }


def _case(tally: Tally, redactor: Redactor) -> ET.Element:
    rule = tally.rule
    case = ET.Element("testcase", {"name": rule.id, "classname": f"{_SUITE}.{rule.strength}"})
    case.set("time", f"{tally.seconds:.3f}")
    if tally.verdict is Verdict.VIOLATED:
        count = max(tally.count, len(tally.violations))
        text = "\n\n".join(_told(tally, number, redactor) for number in range(len(tally.violations)))
        failure = ET.SubElement(case, "failure", {"message": _xml(f"{rule.sentence} Broken {count} times.")})
        failure.set("type", rule.id)
        left_out = count - len(tally.violations)
        text += f"\n\nand {left_out} more that are not shown" if left_out else ""
        failure.text = _xml(f"{rule.page_url}\n\n{text}")
    elif reason := _not_judged(tally):
        ET.SubElement(case, "skipped", {"message": _xml(reason)})
    remarks = [f"noted: {each.message}" for each in tally.notes]
    remarks += [f"known until {each.expires} ({each.reason}): {each.violation.message}" for each in tally.known]
    remarks.append(f"judged {tally.judged} times")
    ET.SubElement(case, "system-out").text = _xml("\n".join(remarks))
    return case


def _not_judged(tally: Tally) -> str:
    match tally.verdict:
        case Verdict.SKIPPED:
            return f"skipped: {tally.skipped}"
        case Verdict.INCONCLUSIVE:
            return f"inconclusive: {'; '.join(tally.inconclusive)}"
        case Verdict.NEVER_REACHED:
            return "never reached: nothing that was seen says anything about it"
        case _:
            return ""


def _told(tally: Tally, number: int, redactor: Redactor) -> str:
    violation = tally.violations[number]
    lines = [violation.message, violation.curl]
    if violation.calls:
        exchange = redactor.exchange(violation.calls[-1].exchange)
        lines.append(f"{exchange.status} {body(exchange.response)}" if exchange.response else exchange.fault)
    return "\n".join(lines)


def _unfinished(result: RunResult) -> ET.Element:
    case = ET.Element("testcase", {"name": "the run itself", "classname": _SUITE, "time": "0.000"})
    reason = f"stopped: {result.stopped}" if result.stopped else "no rule was judged"
    ET.SubElement(case, "error", {"message": _xml(reason), "type": "unfinished"}).text = _xml(reason)
    return case


def _xml(text: str) -> str:
    return plain(text)
