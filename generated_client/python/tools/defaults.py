"""Writes the defaults and the advice that both clients share as a Python module."""

# ruff: noqa: INP001 - imported by a script, not a package

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

SOURCE: Final = Path(__file__).parents[2] / "defaults.yaml"
LANGUAGES: Final = ("python", "shell")

_HEAD = '''"""Defaults and advice that the Python and the TypeScript client share, from defaults.yaml."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

Say: TypeAlias = Mapping[str, str]
"""A text by who reads it: "python" or "shell". `<job>` stands for the job's id, `{command}` for the shell's command."""


class Row(NamedTuple):
    """What to do about an error answer, where all of it fits.

    Attributes:
        lowest: The least status.
        highest: The greatest one.
        method: The method.
        operation: A pattern for the operation's name.
        words: A pattern for the service's words, whatever the case.
        web_page: Whether the body has to be HTML.
        say: What to do.
    """

    lowest: int
    highest: int
    method: str | None
    operation: str | None
    words: str | None
    web_page: bool
    say: Say

'''


def defaults_module() -> str:
    """Return the source of the module."""
    return "\n".join(_lines(yaml.safe_load(SOURCE.read_text(encoding="utf-8"))))


def _lines(source: dict[str, Any]) -> Iterator[str]:
    yield _HEAD
    for name, constant in source["constants"].items():
        value = constant["value"] if constant.get("count") else float(constant["value"])
        yield f"{name.upper()}: Final = {value!r}"
        yield f'"""{constant["note"]}"""'
    yield "ANSWERS: Final = ("
    for row in source["answers"]:
        yield f"    {_row(row, source['vocabulary'])},"
    yield ")"
    yield '"""Advice on error answers; the first row that fits."""'
    yield "FAILURES: Final[Mapping[str, Say]] = {"
    for name, text in source["failures"].items():
        yield f"    {name!r}: {_said(text, source['vocabulary'])!r},"
    yield "}"
    yield '"""Advice on everything else, by name."""'


def _row(row: dict[str, Any], vocabulary: dict[str, dict[str, str]]) -> str:
    status = str(row.get("status", "0-999"))
    if "x" in status:
        # What the document calls server errors goes on beyond 599 at some gateways.
        status = f"{status[0]}00-{'999' if status[0] == '5' else status[0] + '99'}"
    lowest, _, highest = status.partition("-")
    conditions = ", ".join(repr(row.get(name)) for name in ("method", "operation", "words"))
    return (
        f"Row({int(lowest)}, {int(highest or lowest)}, {conditions}, {row.get('web_page', False)}, "
        f"{_said(row['say'], vocabulary)!r})"
    )


def _said(text: str, vocabulary: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        language: re.sub(r"\{(\w+)\}", lambda found: vocabulary[found[1]][language], text)  # noqa: B023 - used at once
        for language in LANGUAGES
    }
