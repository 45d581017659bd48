"""Takes evidence for readings out of reports, and lets the marks of what is settled fall.

    python spec/tools/evidence.py add reports/report.json   # counts and dates only, into spec/evidence/reports/
    python spec/tools/evidence.py apply                     # change the document and the decisions; `make evidence`
    python spec/tools/evidence.py check                     # 1 where they are not as the evidence has them
    python spec/tools/evidence.py register                  # note new marks of the document in spec/evidence/marks.json

The rule is `RULE`, and stands in words in spec/evidence/README.md.
"""

# ruff: noqa: INP001 - a script, not a package

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import jsonschema_rs
import yaml

SPEC: Final = Path(__file__).parents[1]
MARK: Final = "x-inferred"
SETTLED: Final = "; settled by evidence"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INFERRED: Final = re.compile(r"Inferred:\s+(\S)")
_ROW: Final = re.compile(r"^\| (D-\d+) \|.*\|$")
_LIVE: Final = re.compile(r"https?://([a-z0-9-]+\.)*useapi\.net\.?(:[0-9]+)?(/|$)")
"""Where the service is; whoever says so with an option may be wrong."""
_MOST_BYTES: Final = 64 << 20


class Rule(NamedTuple):
    """When something is settled: confirmed so often, on so many days, by so many reports, and contradicted by none."""

    confirmed: int
    days: int
    reports: int


RULE: Final = Rule(confirmed=10, days=3, reports=2)


class EvidenceError(Exception):
    """A file that is no evidence, or a document that is not as it should be; the message says why."""


@dataclass
class Evidence:
    """What all reports together say of a reading or a mark."""

    confirmed: int = 0
    contradicted: int = 0
    days: set[str] = field(default_factory=set)
    reports: int = 0

    def add(self, count: Mapping[str, Any]) -> None:
        """Take in what one report says."""
        self.confirmed += count["confirmed"]
        self.contradicted += count["contradicted"]
        self.days.update(count["days"])
        self.reports += count["confirmed"] > 0

    def settles(self, rule: Rule = RULE) -> bool:
        """Whether it is enough."""
        enough = self.confirmed >= rule.confirmed and len(self.days) >= rule.days and self.reports >= rule.reports
        return enough and not self.contradicted


class Folder:
    """The files that the tool reads and writes, below `spec/` or a copy of it."""

    def __init__(self, spec: Path = SPEC) -> None:
        self.document = spec / "tempolor_spec" / "openapi.yaml"
        self.readings = spec / "tempolor_spec" / "readings.yaml"
        self.decisions = spec / "DECISIONS.md"
        self.reports = spec / "evidence" / "reports"
        self.schema = spec / "evidence" / "report.schema.json"
        self.marks = spec / "evidence" / "marks.json"


def evidence_in(folder: Folder) -> tuple[dict[str, Evidence], dict[str, Evidence]]:
    """Return the evidence by reading, and by mark (`PLACE KEYWORD`); EvidenceError for a file that is none."""
    readings: dict[str, Evidence] = {}
    marks: dict[str, Evidence] = {}
    seen: dict[str, Path] = {}
    for file in sorted(folder.reports.glob("*.json")):
        report = _checked(file, folder)
        if (run := report["run"]) in seen:
            raise EvidenceError(f"{file.name} was taken from the same run as {seen[run].name}: keep one of them")
        seen[run] = file
        for reading_id, row in report["readings"].items():
            readings.setdefault(reading_id, Evidence()).add(row)
            for mark, count in row.get("marks", {}).items():
                marks.setdefault(mark, Evidence()).add(count)
    return readings, marks


def _checked(file: Path, folder: Folder) -> Any:
    report = _json(file)
    validator = jsonschema_rs.Draft7Validator(_json(folder.schema))
    for error in validator.iter_errors(report):
        place = "/".join(map(str, error.instance_path))
        raise EvidenceError(f"{file.name} is no evidence: {place or 'the file'}: {error.message[:200]}")
    return report


def _json(file: Path) -> Any:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise EvidenceError(f"{file} is larger than {_MOST_BYTES >> 20} MB")
        return json.loads(file.read_bytes())
    except OSError as error:
        raise EvidenceError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{file} is no JSON: {error}") from None


def taken_from(file: Path) -> dict[str, Any]:
    """Return the evidence in a `report.json` or the JSON of `tempolor drift`: what was seen on the live service."""
    report = _json(file)
    rows = report.get("readings") if isinstance(report, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise EvidenceError(f"{file} is no report with readings")
    if report.get("judged_as") == "the live service" and not _LIVE.match(str(report.get("source"))):
        raise EvidenceError(f"{file} was judged with --live: only addresses of the service itself count here")
    readings = {row["id"]: {**_live(row), "marks": _live_marks(row)} for row in rows}
    return {
        "schema": 1,
        "run": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made": datetime.now(UTC).date().isoformat(),
        "kind": {"recording": "check", "proxy": "proxy", None: "drift"}.get(report.get("level"), "contract"),
        "revision": report["revision"],
        "readings": {name: row for name, row in readings.items() if row["confirmed"] or row["contradicted"]},
    }


def _live(count: Mapping[str, Any]) -> dict[str, Any]:
    sides = {side: count.get(side, {}).get("live", 0) for side in ("confirmed", "contradicted")}
    return {**sides, "days": count.get("days", {}).get("live", [])}


def _live_marks(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {mark: _live(count) for mark, count in row.get("marks", {}).items()}
    return {mark: count for mark, count in found.items() if count["confirmed"] or count["contradicted"]}


def add(file: Path, folder: Folder) -> Path:
    """Write the evidence in a report beside what is there; EvidenceError where there is none."""
    found = taken_from(file)
    if not found["readings"]:
        raise EvidenceError(f"{file} shows nothing of the live service: what a mock does is no evidence")
    folder.reports.mkdir(parents=True, exist_ok=True)
    target = folder.reports / f"{found['made']}-{found['run'][:12]}.json"
    target.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    evidence_in(folder)
    return target


def settled(folder: Folder) -> tuple[set[str], dict[str, set[str]]]:
    """Return the readings that are settled, and what falls by place: keywords, or `true` for a whole element."""
    readings, marks = evidence_in(folder)
    register = yaml.load(folder.readings.read_bytes(), Loader=_Loader)  # noqa: S506 - both loaders are safe ones
    ids = {name for name, found in readings.items() if found.settles() and name in register}
    falls: dict[str, set[str]] = {}
    for mark, found in marks.items():
        place, _, keyword = mark.partition(" ")
        if found.settles():
            falls.setdefault(place, set()).add(keyword)
    for name in ids:
        for place in register[name].get("settles", ()):
            falls.setdefault(place, set()).add("true")
    return ids, falls


Marks = dict[str, list[str]]
"""The marked places of a document, with the keywords marked there; `true` for a whole element."""


def marks_in(text: str) -> Marks:
    """Return the marks of a document that is written in YAML."""
    return dict(_marks(yaml.load(text, Loader=_Loader), "#"))  # noqa: S506 - both loaders are safe ones


def _marks(node: Any, place: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, dict):
        if MARK in node:
            yield place, sorted(node[MARK]) if isinstance(node[MARK], list) else ["true"]
        for key, value in node.items():
            if key not in ("value", "example"):
                yield from _marks(value, f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _marks(value, f"{place}/{index}")


def wanted(known: Marks, falls: Mapping[str, set[str]]) -> Marks:
    """Return the marks that a document has to have: those that are known, without those that fall."""
    left = {place: [each for each in words if each not in falls.get(place, ())] for place, words in known.items()}
    return {place: words for place, words in left.items() if words}


def without_marks(text: str, falls: Mapping[str, set[str]]) -> str:
    """Return a document's text without marks that fall, and without the word for it where nothing else is marked."""
    lines = text.splitlines(keepends=True)
    root = yaml.compose(text, Loader=_Loader)
    edits = sorted(_edits(root, falls, lines), key=lambda edit: edit[0], reverse=True)
    for begin, end, instead in edits:
        lines[begin:end] = instead
    return "".join(lines)


_Edit = tuple[int, int, list[str]]


def _edits(root: Any, falls: Mapping[str, set[str]], lines: list[str]) -> Iterator[_Edit]:
    """Yield which lines to replace by which."""
    for place, gone in falls.items():
        entries = _entries(_at(root, place))
        if MARK not in entries:
            continue
        key, value = entries[MARK]
        marked = [each.value for each in value.value] if isinstance(value, yaml.SequenceNode) else ["true"]
        left = [each for each in marked if each not in gone]
        begin, end = key.start_mark.line, _end(value)
        indent = " " * key.start_mark.column
        yield begin, end, [f"{indent}{MARK}: [{', '.join(left)}]\n"] if left else []
        for name in ("summary", "description") if not left else ():
            if name in entries:
                yield from _reworded(entries[name][1], lines)


def _reworded(value: Any, lines: list[str]) -> Iterator[_Edit]:
    begin, end = value.start_mark.line, _end(value)
    old = "".join(lines[begin:end])
    new = _INFERRED.sub(lambda found: found[1].upper(), old)
    if new != old:
        yield begin, end, new.splitlines(keepends=True)


def _end(node: Any) -> int:
    """Return the line after a node; a block scalar ends at the beginning of the next line."""
    mark = node.end_mark
    return int(mark.line) if mark.column == 0 else int(mark.line) + 1


def _at(root: Any, place: str) -> Any:
    node = root
    for part in place.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.SequenceNode):
            node = node.value[int(name)]
        else:
            node = _entries(node).get(name, (None, None))[1]
        if node is None:
            return None
    return node


def _entries(node: Any) -> dict[str, tuple[Any, Any]]:
    return {key.value: (key, value) for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def with_settled(text: str, ids: Iterable[str]) -> str:
    """Return the decisions with their rows marked that are settled, and no others."""
    settled_ids = frozenset(ids)

    def row(line: str) -> str:
        found = _ROW.match(line)
        if found is None:
            return line
        plain = line.replace(f"{SETTLED} |", " |")
        return f"{plain.removesuffix(' |')}{SETTLED} |" if found[1] in settled_ids else plain

    return "\n".join(map(row, text.split("\n")))


def changes(folder: Folder) -> Iterator[tuple[Path, str]]:
    """Yield the files that are not as the evidence has them, with what they should hold.

    Raises:
        EvidenceError: A mark is not in the register, or is missing though nothing has settled it.

    """
    ids, falls = settled(folder)
    known: Marks = _json(folder.marks)
    text = folder.document.read_text(encoding="utf-8")
    new = without_marks(text, falls)
    there, should = marks_in(new), wanted(known, falls)
    if there != should:
        place = next(each for each in sorted({*there, *should}) if there.get(each) != should.get(each))
        raise EvidenceError(
            f"{place} is marked {there.get(place, 'not')}, but should be {should.get(place, 'not')}: marks fall by "
            "evidence alone, and a new one is noted by `python spec/tools/evidence.py register`"
        )
    decisions = folder.decisions.read_text(encoding="utf-8")
    for file, old, changed in (
        (folder.document, text, new),
        (folder.decisions, decisions, with_settled(decisions, ids)),
    ):
        if changed != old:
            yield file, changed


def register(folder: Folder) -> int:
    """Note the marks of the document that are not in the register, and return how many there are."""
    known: Marks = _json(folder.marks) if folder.marks.exists() else {}
    found = marks_in(folder.document.read_text(encoding="utf-8"))
    new = {place: sorted({*known.get(place, ()), *words}) for place, words in found.items()}
    folder.marks.write_text(json.dumps(known | new, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return sum(len(set(words) - set(known.get(place, ()))) for place, words in found.items())


def main(arguments: list[str] | None = None, folder: Folder | None = None) -> int:
    """Do what was asked; 0 if all is well, 1 if something has to be changed, 2 for what is no evidence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("add", "apply", "check", "register"))
    parser.add_argument("report", nargs="?", type=Path, help="for add: report.json, or what drift --format json prints")
    given = parser.parse_args(arguments)
    if (given.what == "add") != (given.report is not None):
        parser.error("add takes a report, the others take none")
    try:
        return _do(given.what, given.report, folder or Folder())
    except EvidenceError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _do(what: str, report: Path | None, folder: Folder) -> int:
    if report is not None:
        sys.stdout.write(f"{add(report, folder)}\n")
        return 0
    if what == "register":
        sys.stdout.write(f"{register(folder)} marks were new\n")
        return 0
    found = list(changes(folder))
    for file, text in found:
        sys.stdout.write(f"{file} {'has to change' if what == 'check' else 'was changed'}\n")
        if what == "apply":
            file.write_text(text, encoding="utf-8", newline="\n")
    return int(what == "check" and bool(found))


if __name__ == "__main__":
    sys.exit(main())
