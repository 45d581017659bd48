"""`tempolor drift`: the command that tells what the service does that the document does not say.

What else can be learned from the same recordings plugs in here: an option that makes a `Watcher` (drift.session), shown
each call in order, and writes its own file at the end.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup
from tempolor_spec import REVISIONS

from .learning import FORMATS, Learning, rendered, write, write_overlay, write_reports
from .options import FILE, FOLDER, CannotRunError, context, in_one_line, judged_by

if TYPE_CHECKING:
    from ..drift.report import DriftReport
    from ..measuring.behaviour import Behaviour


@cloup.command("drift", context_settings=context("TEMPOLOR_DRIFT"))
@cloup.argument("files", nargs=-1, type=FILE, help="Recordings, read as one history; overlays with --merge.")
@cloup.option_group(
    "What it is",
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision to compare with."),
    cloup.option(
        "--overlay", multiple=True, type=FILE, help="OpenAPI overlay on its document; repeatable.  [default: none]"
    ),
    cloup.option("--base", help="Base URL of the API in the recording.  [default: where /v1/tempolor stands]"),
)
@cloup.option_group(
    "Instead of recordings",
    cloup.option(
        "--between",
        nargs=2,
        metavar="OLD NEW",
        help="Compare two documents, each a revision or a file, and say what breaks clients.",
    ),
    cloup.option(
        "--merge", is_flag=True, help="Make one overlay, --write-overlay, of those that several recordings gave."
    ),
)
@cloup.option_group(
    "Results",
    cloup.option("--write-overlay", type=FILE, help="Write what the document would have to say here, as an overlay."),
    cloup.option(
        "--write-profile", type=FILE, help="Write its times, sizes and texts here, as a TOML file for the mock."
    ),
    cloup.option("--format", "notation", default=FORMATS[0], type=click.Choice(FORMATS), help="How to print it."),
    cloup.option("--report-dir", type=FOLDER, help="Write drift.html, drift.json and drift.txt here."),
)
@in_one_line()
def drift_command(files: tuple[Path, ...], **given: Any) -> None:
    """Compare recorded traffic with the document: list each difference once, and write the overlay that admits it.

    Reads what `tempolor check` reads. Ends with 0 if there is no difference, 1 if there are some, 2 if a file is broken
    or there was nothing to compare. Every option can also be set as TEMPOLOR_DRIFT_<OPTION>.
    """
    from ..drift.session import drift  # noqa: PLC0415 - `--help` need not load it
    from ..judging.watching import ReadingsWatcher  # noqa: PLC0415 - the same
    from ..measuring.behaviour import Behaviour  # noqa: PLC0415 - the same

    if given["between"]:
        sys.exit(_compare(files, given))
    if given["merge"]:
        _merge(files, given)
        return
    if not files:
        raise click.UsageError("name the recordings to read, or two documents with --between")
    behaviour = Behaviour()
    watchers = (ReadingsWatcher(**judged_by(given), base=given["base"]), behaviour)
    learning = Learning.begin(", ".join(map(str, files)), given, given["base"], watchers)
    report = drift(files, learning.session)
    _write_profile(behaviour, ", ".join(file.name for file in files), given["write_profile"])
    write_overlay(report, learning.document, learning.overlay)
    _show(report, given)
    sys.exit(report.exit_code)


def _write_profile(behaviour: "Behaviour", source: str, file: Path | None) -> None:
    from ..measuring.profile import as_toml, measured  # noqa: PLC0415 - the same

    if file is None:
        return
    write(file, as_toml(behaviour, source))
    told = ", ".join(measured(behaviour)) or "nothing: the recording shows no job from its beginning to its end"
    click.echo(f"{file} has {told}", err=True)


def _show(report: "DriftReport", given: dict[str, Any]) -> None:
    write_reports(report, given["report_dir"])
    click.echo(rendered(report, given["notation"]))
    if report.stopped:
        click.echo(f"Error: {report.stopped}", err=True)


def _compare(files: tuple[Path, ...], given: dict[str, Any]) -> int:
    from ..drift.between import between  # noqa: PLC0415 - the same

    if files or given["merge"] or given["write_overlay"] or given["write_profile"]:
        raise click.UsageError(
            "--between compares two documents: it reads no recordings and writes no overlay or profile"
        )
    old, new = given["between"]
    report = between(_document(old), _document(new), names=(old, new))
    _show(report, given)
    return report.exit_code


def _merge(files: tuple[Path, ...], given: dict[str, Any]) -> None:
    """Write one overlay in the place of several."""
    from tempolor_spec import load_document, read_overlay  # noqa: PLC0415 - the same

    from ..drift.merging import merged  # noqa: PLC0415 - the same
    from ..drift.overlay import as_yaml  # noqa: PLC0415 - the same

    target = given["write_overlay"]
    if not files or target is None:
        raise click.UsageError("--merge needs overlays, and --write-overlay for the file to write")
    overlays = {str(file): read_overlay(file) for file in files}
    found = merged(load_document(**judged_by(given)), overlays)
    write(target, as_yaml(found))
    click.echo(f"{target} admits what {', '.join(overlays)} admit, in {len(found['actions'])} actions")


def _document(name: str) -> dict[str, Any]:
    """Return the document of a revision, or the one in a file."""
    from tempolor_spec import load_document  # noqa: PLC0415 - the same

    from ..drift.files import UnreadableDocumentError, read_document  # noqa: PLC0415 - the same

    if name in REVISIONS:
        return load_document(name)
    try:
        return read_document(Path(name))
    except UnreadableDocumentError as error:
        raise CannotRunError(f"{error}; revisions are {', '.join(REVISIONS)}") from None
