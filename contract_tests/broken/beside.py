"""`tempolor drift` beside Redocly's: `python -m broken.beside` records each mutant once and shows both the recording.

Prints a page for the documentation. Redocly's command line is the one in `spec/linters`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from tempolor_contract import CATALOGUE
from tempolor_contract.document.call import Call
from tempolor_contract.drift.session import Drift, drift
from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.exchanges.har import HarWriter
from tempolor_contract.judging.check import check
from tempolor_contract.judging.inspector import Seen
from tempolor_contract.target.control import steady
from tempolor_spec import load_document

from . import MUTANTS, Kind, Mutant, Service
from .detectors import Traffic
from .service import BASE_PATH, TOKEN

_KINDS: Final = (Kind.SCHEMA, Kind.STATUS)
_REDOCLY: Final = Path(__file__).parents[2] / "spec" / "linters" / "node_modules" / ".bin" / "redocly"
_PAGE: Final = """\
# Beside Redocly

`python -m broken.beside` in `contract_tests` wrote this page.
The mock was broken in one place at a time; a fixed traffic of {calls} requests was recorded, and three commands read
the same recording: Redocly's `drift` ({version}), `tempolor drift` and `tempolor check`.
What a command says of the unbroken mock, too, does not count.
Mutants that this traffic does not reach are left out; so are those whose place is about behaviour, which no comparison
with a document can see.

`tempolor drift` lists what the document would have to say, so it leaves broken answers (5xx, HTML, no JSON) alone, on
purpose; `tempolor check` has them.

| | Redocly drift | tempolor drift | tempolor check |
| --- | ---: | ---: | ---: |
{totals}

| the mock, but | Redocly drift | tempolor drift | tempolor check |
| --- | --- | --- | --- |
{rows}
"""


@dataclass(frozen=True)
class Row:
    """What each command says of one recording."""

    redocly: frozenset[str]
    drift: frozenset[str]
    check: frozenset[str]

    def __sub__(self, other: "Row") -> "Row":
        return Row(self.redocly - other.redocly, self.drift - other.drift, self.check - other.check)


class _Recorder:
    """Takes the place of an inspector, and records what it is shown."""

    def __init__(self, har: HarWriter) -> None:
        self.count = 0
        self._har = har

    def see(self, exchange: Exchange) -> Seen:
        """Record an exchange."""
        self._har.write(exchange)
        self.count += 1
        return Seen(Call(exchange))


def record(service: Service, mutant: Mutant | None, file: Path) -> tuple[int, bool]:
    """Record the fixed traffic with a mutant; return how many requests it was, and whether the mutant was reached."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        service.mutated(mutant),
        steady(service.target()),
        HarWriter(file) as har,
        httpx.Client(transport=service.transport, headers=headers, timeout=10.0, trust_env=False) as client,
    ):
        service.app.touched = 0
        recorder: Any = _Recorder(har)
        Traffic(client, recorder, service.server.url).send_all()
        return recorder.count, service.app.touched > 0


def told(file: Path, document: Path, server: str) -> Row:
    """Show a recording to all three."""
    report = drift([file], Drift(file.name, load_document()))
    return Row(
        frozenset(_redocly(file, document, server)),
        frozenset(each.headline for each in report.differences),
        frozenset(each.rule.id for each in check([file], CATALOGUE, live=False).violations),
    )


def _redocly(file: Path, document: Path, server: str) -> Iterator[str]:
    command = [str(_REDOCLY), "drift", str(file), "--api", str(document), "--server", server, "--format", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - ours
    for each in json.loads(ended.stdout)["problems"]:
        yield f"{each.get('operationId', '')} {each.get('status', '')}: {each['message']}"


def page(version: str) -> str:
    """Record, compare, and return the page."""
    rows: list[tuple[Mutant, Row]] = []
    with tempfile.TemporaryDirectory() as folder, Service() as service:
        document, file = Path(folder, "openapi.json"), Path(folder, "recording.har")
        document.write_text(json.dumps(load_document()), encoding="utf-8")
        server = f"{service.server.url}{BASE_PATH}"
        calls, _ = record(service, None, file)
        unbroken = told(file, document, server)
        for mutant in MUTANTS:
            if mutant.kind in _KINDS and record(service, mutant, file)[1]:
                rows.append((mutant, told(file, document, server) - unbroken))
                print(mutant.id, file=sys.stderr)  # noqa: T201 - a command's progress
    totals = "\n".join(_total(kind, [row for mutant, row in rows if mutant.kind is kind]) for kind in _KINDS)
    return _PAGE.format(calls=calls, version=version, totals=totals, rows="\n".join(_line(*each) for each in rows))


def _total(kind: Kind, rows: list[Row]) -> str:
    counts = [sum(bool(getattr(row, name)) for row in rows) for name in ("redocly", "drift", "check")]
    return f"| {kind.value} | {' | '.join(f'{count} / {len(rows)}' for count in counts)} |"


def _line(mutant: Mutant, row: Row) -> str:
    cells = [_cell(each) for each in (row.redocly, row.drift, row.check)]
    return f"| {mutant.sentence} | {' | '.join(cells)} |"


def _cell(found: frozenset[str]) -> str:
    shorter = sorted(each.replace("|", "\\|").replace("<", "&lt;")[:100] for each in found)
    shown = [each.replace("[", "\\[") for each in shorter]  # else two of them are a link
    more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
    return f"{shown[0]}{more}" if shown else "-"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m broken.beside", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, help="file to write in place of standard output")
    arguments = parser.parse_args()
    packages = json.loads((_REDOCLY.parents[2] / "package.json").read_text(encoding="utf-8"))
    text = page(packages["dependencies"]["@redocly/cli"])
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")  # noqa: T201 - a command's result


if __name__ == "__main__":
    main()
