"""What the commands that judge have in common: by what to judge, what to write, and how to say that it cannot be."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import cloup
from tempolor_spec import REVISIONS

if TYPE_CHECKING:
    from ..exchanges.har import HarWriter
    from ..judging.known_differences import Register
    from ..judging.reports import ReportFiles
    from ..judging.result import RunResult
    from ..rules.rule import Rule

COULD_NOT_RUN: Final = 2
FILE: Final = click.Path(path_type=Path, dir_okay=False)
FOLDER: Final = click.Path(path_type=Path, file_okay=False)


class CannotRunError(click.ClickException):
    """What was asked for cannot be done; the message says why, and what to do, in one line."""

    exit_code = COULD_NOT_RUN


@contextmanager
def in_one_line() -> Iterator[None]:
    """Say what keeps a command from running: packages are loaded when it runs, not for its `--help`."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise CannotRunError(f"{error.name} is not installed: pip install 'tempolor-kit[contract]'") from None
    except KeyboardInterrupt:
        raise CannotRunError("interrupted before anything was verified") from None
    except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
        raise
    except Exception as error:
        if unfit := _unfit_overlay(error):
            raise unfit from None
        # A traceback would end with 1, which says that a contract is broken.
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        raise CannotRunError(f"the kit itself failed, which says nothing about the service: {told}") from error


def _unfit_overlay(error: Exception) -> CannotRunError | None:
    """Return what to say where an overlay that was given cannot be read or does not fit."""
    from tempolor_spec import OverlayError  # noqa: PLC0415 - `--help` need not load YAML

    return CannotRunError(str(error)) if isinstance(error, OverlayError) else None


def context(prefix: str) -> dict[str, Any]:
    """Return the settings of a command whose options are also environment variables with this prefix."""
    return {"auto_envvar_prefix": prefix, "show_default": True, "max_content_width": 110}


def _ids(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.strip() for text in given for each in text.split(",") if each.strip())


WHOSE: Final = cloup.option(
    "--live/--mock", default=None, help="Whose it is: readings bind mocks only.  [default: by host]"
)
JUDGED_BY: Final = (
    cloup.option("--rule", multiple=True, metavar="ID,...", callback=_ids, help="Only these rules; repeatable."),
    cloup.option("--without", multiple=True, metavar="ID,...", callback=_ids, help="Not these rules; repeatable."),
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision to judge by."),
    cloup.option(
        "--overlay", multiple=True, type=FILE, help="OpenAPI overlay on its document; repeatable.  [default: none]"
    ),
    cloup.option("--strict", is_flag=True, help="Fail where many requests are answered 5xx, too."),
    cloup.option("--deviations", type=FILE, help="Register of known differences, a TOML file."),
)
"""Which rules judge, by which revision, and what they let pass."""

REPORTS: Final = cloup.option(
    "--report-dir", type=FOLDER, help="Write report.html, junit.xml and report.json here at the end."
)


def chosen_rules(given: dict[str, Any], *, without: Iterable[str] = ()) -> "tuple[Rule, ...]":
    """Return the rules that the options name, but for those `without`."""
    from ..rules.catalogue import UnknownRuleError, pick  # noqa: PLC0415 - `--help` need not load the rules

    try:
        rules = pick(only=given["rule"], without=(*given["without"], *without))
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from None
    if not rules:
        raise click.UsageError("no rule is left to judge by: what --rule names is left out by another option")
    return rules


def register(given: dict[str, Any]) -> "Register | None":
    """Return the register of known differences that the options name, None if they name none."""
    from ..judging.known_differences import RegisterError, load_register  # noqa: PLC0415 - `--help` need not load the rules

    try:
        return load_register(given["deviations"]) if given["deviations"] else None
    except RegisterError as error:
        raise CannotRunError(str(error)) from None


def judged_by(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that say by which document the options want it judged."""
    return {"revision": given["revision"], "overlays": given["overlay"]}


def check_overlays(given: dict[str, Any]) -> None:
    """Raise OverlayError where an overlay that the options name cannot be used."""
    from tempolor_spec import load_document  # noqa: PLC0415 - `--help` need not load YAML

    load_document(**judged_by(given))


@contextmanager
def recording(file: Path | None) -> "Iterator[HarWriter | None]":
    """Open the HAR file that the options name, None if they name none."""
    from ..exchanges.har import HarWriter  # noqa: PLC0415 - `--help` need not load it

    with ExitStack() as stack:
        try:
            writer = stack.enter_context(HarWriter(file)) if file else None
        except OSError as error:
            raise CannotRunError(f"cannot write {file}: {error.strerror}") from error
        yield writer


def conclude(result: "RunResult", given: dict[str, Any]) -> int:
    """Write the reports that were asked for, sum the result up, and return the exit code.

    The summary comes even where no report can be written: it may be all that is left of a run that was paid for.
    """
    from ..judging.reports import summary  # noqa: PLC0415 - `--help` need not load them

    result.strict = given["strict"]
    files, trouble = _written(result, given["report_dir"])
    click.echo(summary(result, files))
    if trouble:
        click.echo(f"Error: {trouble}", err=True)
        return result.exit_code or COULD_NOT_RUN
    return result.exit_code


def _written(result: "RunResult", folder: Path | None) -> "tuple[ReportFiles | None, str]":
    from ..judging.reports import write_reports  # noqa: PLC0415 - `--help` need not load them

    try:
        return (write_reports(result, folder) if folder else None), ""
    except OSError as error:
        return None, f"the reports could not be written to {folder}: {error.strerror or error}"
