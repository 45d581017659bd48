"""Differences in words: for terminals, and for overlays."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from .changes import Action
from .facts import Fact
from .findings import ANY, Kind
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
    home, kind, detail = _home(fact.key.at), fact.key.kind, fact.key.detail
    template = _UNITED.get(kind, "") if detail == ANY else _CHANGES.get(kind, "{home} gets the {kind} {detail}")
    weaker = "becomes weaker" if any("update" in each for each in actions) else "is taken away"
    moved = f"moves to {fact.extreme}" if fact.extreme is not None else weaker
    return template.format(home=home, kind=kind.removeprefix("new "), detail=detail, typed=_typed(fact), moved=moved)


def _typed(fact: Fact) -> str:
    schema = fact.shape.schema()
    kinds = [each.get("type", "anything") for each in schema.get("anyOf", [schema])]
    told = " or ".join(kinds) + (f" ({schema['format']})" if "format" in schema else "")
    return f"{told} or null" if schema.get("nullable") else told


def _home(at: At) -> str:
    """Return a place in the document as people call it."""
    if at[:1] == ("components",):
        rest = [str(each) for each in at[3:] if each not in {"properties", "content", "examples", "headers"}]
        return ".".join([str(at[2]), *rest])
    if at[:1] == ("paths",) and len(at) >= _SCHEMA_DEPTH:
        return " ".join([str(at[2]).upper(), str(at[1]), *(str(each) for each in at[4:5])])
    return "the document"


def as_text(report: DriftReport) -> str:
    """Return what a terminal shows: what was reached, how many differences there are, then each in some lines."""
    lines = list(_reached(report))
    for each in report.differences:
        lines += ["", *_lines(each)]
    lines += [f"stopped: {report.stopped}"] if report.stopped else []
    return "\n".join(lines)


def _reached(report: DriftReport) -> Iterator[str]:
    known = sum(
        not operation.startswith(("GET ", "POST ", "PUT ", "PATCH ", "DELETE ")) for operation in report.reached
    )
    told = f"compared {report.answers:,} answers of {known} operations ({report.operations} documented)"
    yield f"{told} with {report.revision or 'the document'}"
    left = [f"{count:,} {reason}" for reason, count in report.skipped.items()]
    left += [f"{report.foreign:,} not of this API"] if report.foreign else []
    if left:
        yield f"left aside: {', '.join(left)}"
    count = len(report.differences)
    more = f", and more than can be told apart ({report.left_out:,} sights)" if report.left_out else ""
    yield f"{count or 'no'} difference{'' if count == 1 else 's'}{more}"


def _lines(difference: Difference) -> Iterator[str]:
    first, *others = difference.sights
    example = "" if difference.example is None else f", for example {shortened(difference.example)}"
    yield difference.headline
    yield f"  in {first.count:,} of {first.of:,}{_when(first)}{example}"
    if others:
        told = [f"{each.spot.operation} {each.spot.status or ''} {each.spot.place}" for each in others[:_MOST_SIGHTS]]
        more = f" and {len(others) - _MOST_SIGHTS} more" if len(others) > _MOST_SIGHTS else ""
        yield f"  also {', '.join(' '.join(each.split()) for each in told)}{more}"
    yield f"  document: {difference.change}"


def _when(sight: Sight) -> str:
    if not sight.first:
        return ""
    first, last = (datetime.fromtimestamp(each, UTC).strftime("%Y-%m-%d %H:%M") for each in (sight.first, sight.last))
    return f", {first} UTC" if first == last else f", {first} to {last} UTC"


def shortened(value: Any) -> str:
    """Return a value as JSON in one line, cut where it is long."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
