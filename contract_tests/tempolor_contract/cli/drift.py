"""`tempolor drift`: the command that tells what the service does that the document does not say.

What else can be learned from the same recordings plugs in here: an option that makes a `Watcher` (drift.session), shown
each call in order, and writes its own file at the end.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import cloup
from tempolor_spec import REVISIONS

from .options import FILE, FOLDER, CannotRunError, context, in_one_line

if TYPE_CHECKING:
    from ..drift.report import DriftReport
    from ..measuring.behaviour import Behaviour

_FORMATS: Final = ("text", "json", "html")


@cloup.command("drift", context_settings=context("TEMPOLOR_DRIFT"))
@cloup.argument("files", nargs=-1, type=FILE, help="Recordings, read as one history.")
@cloup.option_group(
    "What it is",
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision to compare with."),
    cloup.option("--base", help="Base URL of the API in the recording.  [default: where /v1/tempolor stands]"),
)
@cloup.option_group(
    "Results",
    cloup.option("--write-overlay", type=FILE, help="Write what the document would have to say here, as an overlay."),
    cloup.option(
        "--write-profile", type=FILE, help="Write its times, sizes and texts here, as a TOML file for the mock."
    ),
    cloup.option("--format", "notation", default=_FORMATS[0], type=click.Choice(_FORMATS), help="How to print it."),
    cloup.option("--report-dir", type=FOLDER, help="Write drift.html, drift.json and drift.txt here."),
)
@in_one_line()
def drift_command(files: tuple[Path, ...], **given: Any) -> None:
    """Compare recorded traffic with the document: list each difference once, and write the overlay that admits it.

    Reads what `tempolor check` reads. Ends with 0 if there is no difference, 1 if there are some, 2 if a file is broken
    or there was nothing to compare. Every option can also be set as TEMPOLOR_DRIFT_<OPTION>.
    """
    from tempolor_spec import load_document  # noqa: PLC0415 - `--help` need not load it

    from ..drift.session import Drift, drift  # noqa: PLC0415 - the same
    from ..judging.watching import ReadingsWatcher  # noqa: PLC0415 - the same
    from ..measuring.behaviour import Behaviour  # noqa: PLC0415 - the same

    if not files:
        raise click.UsageError("name the recordings to read")
    document = load_document(given["revision"])
    behaviour = Behaviour()
    watchers = (ReadingsWatcher(given["revision"], base=given["base"]), behaviour)
    session = Drift(
        ", ".join(map(str, files)), document, revision=given["revision"], base=given["base"], watchers=watchers
    )
    report = drift(files, session)
    _write_profile(behaviour, ", ".join(file.name for file in files), given["write_profile"])
    sys.exit(_conclude(report, document, given))


def _conclude(report: "DriftReport", document: dict[str, Any], given: dict[str, Any]) -> int:
    _write_overlay(report, document, given["write_overlay"])
    click.echo(_rendered(report, given["notation"]))
    if report.stopped and given["notation"] != _FORMATS[0]:
        click.echo(f"Error: {report.stopped}", err=True)
    return report.exit_code


def _write_overlay(report: "DriftReport", document: dict[str, Any], file: Path | None) -> None:
    from ..drift.overlay import as_yaml, overlay_of  # noqa: PLC0415 - the same

    if file is None:
        return
    text = as_yaml(overlay_of(report.differences, document["info"]["version"]))
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotRunError(f"cannot write {file}: {error.strerror}") from error


def _write_profile(behaviour: "Behaviour", source: str, file: Path | None) -> None:
    from ..measuring.profile import as_toml, measured  # noqa: PLC0415 - the same

    if file is None:
        return
    try:
        file.write_text(as_toml(behaviour, source), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotRunError(f"cannot write {file}: {error.strerror}") from error
    told = ", ".join(measured(behaviour)) or "nothing: the recording shows no job from its beginning to its end"
    click.echo(f"{file} has {told}", err=True)


def _rendered(report: "DriftReport", notation: str) -> str:
    from ..drift.telling import as_text  # noqa: PLC0415 - the same

    if notation == "json":
        return json.dumps(report.to_json(), indent=2, ensure_ascii=False)
    return as_text(report)
