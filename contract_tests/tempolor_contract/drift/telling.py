"""Differences in words: for terminals, and for overlays."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from ..document.call import CALLBACK
from ..exchanges.visible import plain
from .changes import Action
from .facts import Fact
from .findings import ANY, Kind, Where
from .outline import At
from .report import Difference, DriftReport, Sight

_LONGEST: Final = 100
_MOST_SIGHTS: Final = 5
_SCHEMA_DEPTH: Final = 3
_CHANGES: Final = {
    Kind.FIELD: "{home} gets the field {detail}, {typed}",
    Kind.VALUE: "{home} gets the value {detail}",
    Kind.TYPE: "{home} may be of type {detail} too",
    Kind.NULL: "{home} may be null",
    Kind.LIMIT: "{home}: {detail} {moved}",
    Kind.MISSING: "{home}: {detail} may be missing",
    Kind.OPERATION: "the operation {detail} is added",
    Kind.TEXT: "{home} gets an example with this text",
}
_UNITED: Final = {
    Kind.FIELD: "{home} becomes a map: any field, {typed}",
    Kind.VALUE: "{home} is no closed list any more",
}


def change_in_words(fact: Fact, actions: list[Action]) -> str:
    """Say what a fact would change in the document."""
    kind, detail = fact.key.kind, fact.key.detail
    template = _UNITED.get(kind, "") if detail == ANY else _CHANGES.get(kind, "{home} gets the {kind} {detail}")
    weaker = "becomes weaker" if any("update" in each for each in actions) else "is taken away"
    moved = f"moves to {fact.extreme}" if fact.extreme is not None else weaker
    return template.format(
        home=home(fact.key.at), kind=kind.removeprefix("new "), detail=detail, typed=_typed(fact), moved=moved
    )


def _typed(fact: Fact) -> str:
    schema = fact.shape.schema()
    kinds = [each.get("type", "anything") for each in schema.get("anyOf", [schema])]
    told = " or ".join(kinds) + (f" ({schema['format']})" if "format" in schema else "")
    return f"{told} or null" if schema.get("nullable") else told


def home(at: At) -> str:
    """Return a place in the document as people call it."""
    if at[:1] == ("components",):
        rest = [str(each) for each in at[3:] if each not in {"properties", "content", "examples", "headers"}]
        return ".".join([str(at[2]), *rest])
    if at[:1] == ("paths",) and len(at) >= _SCHEMA_DEPTH:
        return " ".join([str(at[2]).upper(), str(at[1]), *(str(each) for each in at[4:5])])
    return "the document"


def as_text(report: DriftReport) -> str:
    """Return what a terminal shows: what was reached, how many differences there are, then each in some lines."""
    lines = list(reached(report))
    for each in report.differences:
        lines += ["", *_lines(each)]
    if report.sent:
        lines += ["", *_sent(report.sent)]
    if report.readings:
        lines += ["", *_readings(report.readings)]
    return plain("\n".join(lines))


def reached(report: DriftReport) -> Iterator[str]:
    """Yield what was compared, what was not, and how many differences there are, a line for each."""
    if report.of_documents:
        yield f"compared {report.source}"
    else:
        known = sum(" " not in operation and operation != CALLBACK for operation in report.reached)
        told = f"compared {count(report.answers, 'answer')} of {known} operations ({report.operations} documented)"
        yield f"{told} with {report.revision or 'the document'}"
    left = [f"{number:,} {reason}" for reason, number in report.skipped.items()]
    left += [f"{report.foreign:,} not of this API"] if report.foreign else []
    if left:
        yield f"left aside: {', '.join(left)}"
    more = f", and more than can be told apart ({report.left_out:,} sights)" if report.left_out else ""
    yield f"{count(len(report.differences), 'difference') if report.differences else 'no differences'}{more}"


def _lines(difference: Difference) -> Iterator[str]:
    first, *others = difference.sights
    example = "" if difference.example is None else f", for example {shortened(difference.example)}"
    yield difference.headline
    if first.of:
        yield f"  in {first.count:,} of {first.of:,}{_when(first)}{example}"
    if others:
        told = [_where(each) for each in others[:_MOST_SIGHTS]]
        more = f" and {len(others) - _MOST_SIGHTS} more" if len(others) > _MOST_SIGHTS else ""
        yield f"  also {', '.join(told)}{more}"
    yield f"  document: {difference.change}" + (f"; {difference.breaks}" if difference.breaks else "")


def _sent(names: tuple[Difference, ...]) -> Iterator[str]:
    yield f"{SENT}:"
    for each in names:
        first = each.sights[0]
        yield f"  {each.headline}, in {first.count:,} of {first.of:,}"


SENT: Final = "sent, and not refused, which does not say that the service reads it"


def seen(sight: Sight) -> str:
    """Return where and how often something was seen."""
    return f"{_where(sight)}: {sight.count:,} of {sight.of:,}{_when(sight)}" if sight.of else _where(sight)


def _readings(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield how many readings have each verdict, and those that traffic contradicts."""
    counted = Counter(str(each["verdict"]) for each in rows)
    yield f"{count(len(rows), 'reading')}: {', '.join(f'{number} {verdict}' for verdict, number in counted.items())}"
    for each in rows:
        if each["verdict"] == "contradicted":
            yield f"  contradicted: {each['id']} {each['question']}"


def _where(sight: Sight) -> str:
    spot = sight.spot
    status = "request" if spot.where is Where.REQUEST else str(spot.status or "")
    return " ".join(f"{spot.operation} {status} {spot.place}".split())


def _when(sight: Sight) -> str:
    if not sight.first:
        return ""
    first, last = (datetime.fromtimestamp(each, UTC).strftime("%Y-%m-%d %H:%M") for each in (sight.first, sight.last))
    return f", {first} UTC" if first == last else f", {first} to {last} UTC"


def count(number: int, thing: str) -> str:
    """Return a number with what it counts."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shortened(value: Any) -> str:
    """Return a value as JSON in one line, cut where it is long."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
