"""Writes the report folder."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tempolor_spec import __version__

from ...exchanges.redaction import Redactor
from ..result import RunResult
from .junit import junit
from .page import page

SCHEMA_VERSION: Final = 2
"""The version of `report.json`; it grows when a field is renamed, removed or changes its meaning."""


@dataclass(frozen=True)
class ReportFiles:
    """Where the reports of a result are."""

    page: Path
    junit: Path
    json: Path


def write_reports(result: RunResult, folder: Path, *, redactor: Redactor | None = None) -> ReportFiles:
    """Write `report.html`, `junit.xml` and `report.json` into a folder, which is made if need be.

    Each file is replaced as a whole, so that a reader never finds half of one. OSError if it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    redactor = redactor or Redactor()
    files = ReportFiles(folder / "report.html", folder / "junit.xml", folder / "report.json")
    _replace(files.json, json.dumps(_document(result, redactor), indent=1, default=str) + "\n")
    _replace(files.junit, junit(result, redactor))
    _replace(files.page, page(result, redactor))
    return files


def _document(result: RunResult, redactor: Redactor) -> dict[str, Any]:
    return {
        "version": SCHEMA_VERSION,
        "kit": __version__,
        "verified": result.verified,
        **result.to_json(redactor),
    }


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    draft.replace(file)
