"""What `drift` and `proxy --drift` have in common: the document to compare with, and what is written at the end."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import click

from .options import CannotRunError, judged_by

if TYPE_CHECKING:
    from ..drift.report import DriftReport
    from ..drift.session import Drift, Watcher

FORMATS: Final = ("text", "json", "html")
"""How a report can be printed."""


@dataclass
class Learning:
    """A session that compares with the document that the options name."""

    session: "Drift"
    document: dict[str, Any]
    overlay: Path | None

    @classmethod
    def of(cls, given: dict[str, Any], base: str | None) -> Self | None:
        """Return one for live traffic if the options ask for it."""
        return cls.begin("live traffic", given, base) if given["drift"] or given["write_overlay"] else None

    @classmethod
    def begin(cls, source: str, given: dict[str, Any], base: str | None, watchers: "Sequence[Watcher]" = ()) -> Self:
        """Return one; OverlayError where an overlay that the options name cannot be used."""
        from tempolor_spec import load_document  # noqa: PLC0415 - `--help` need not load it

        from ..drift.session import Drift  # noqa: PLC0415 - the same

        document = load_document(**judged_by(given))
        session = Drift(source, document, revision=given["revision"], base=base, watchers=watchers)
        return cls(session, document, given["write_overlay"])

    def tell(self) -> None:
        """Print what live traffic has taught, and write the overlay."""
        report = self.session.close()
        write_overlay(report, self.document, self.overlay)
        click.echo(f"{rendered(report, FORMATS[0])}\n")


def write_overlay(report: "DriftReport", document: dict[str, Any], file: Path | None) -> None:
    """Write what a report would change in the document, if a file is named."""
    from ..drift.overlay import as_yaml, overlay_of  # noqa: PLC0415 - `--help` need not load it

    if file is not None:
        write(file, as_yaml(overlay_of(report.differences, document["info"]["version"])))


def write_reports(report: "DriftReport", folder: Path | None) -> None:
    """Write a report in each format into a folder, if one is named; it is made if need be."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRunError(f"cannot write into {folder}: {error.strerror}") from error
    for notation in FORMATS:
        write(folder / f"drift.{notation.replace('text', 'txt')}", f"{rendered(report, notation)}\n")


def write(file: Path, text: str) -> None:
    """Write a text; CannotRunError in one line where that fails."""
    try:
        file.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise CannotRunError(f"cannot write {file}: {error.strerror}") from error


def rendered(report: "DriftReport", notation: str) -> str:
    """Return a report in one of the formats."""
    from ..drift.page import page  # noqa: PLC0415 - `--help` need not load it
    from ..drift.telling import as_text  # noqa: PLC0415 - the same

    render: dict[str, Callable[[DriftReport], str]] = {"text": as_text, "json": _as_json, "html": page}
    return render[notation](report)


def _as_json(report: "DriftReport") -> str:
    return json.dumps(report.to_json(), indent=2)
