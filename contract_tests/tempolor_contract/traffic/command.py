"""`tempolor check`: the command that judges recorded traffic."""

import gc
import json
import sys
from pathlib import Path

import click
import cloup
from tempolor_spec import REVISIONS

CONTEXT = {"auto_envvar_prefix": "TEMPOLOR_CHECK", "show_default": True, "max_content_width": 110}


@cloup.command("check", context_settings=CONTEXT)
@cloup.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@cloup.option_group(
    "What it is",
    cloup.option("--base", help="Base URL of the API in the recording.  [default: where /v1/tempolor stands]"),
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision to judge by."),
    cloup.option(
        "--live/--mock", default=None, help="Whose traffic it is: readings bind mocks only.  [default: by host]"
    ),
)
@cloup.option_group(
    "How to judge",
    cloup.option("--rule", "only", multiple=True, help="Judge this rule only; repeatable."),
    cloup.option("--without", multiple=True, help="Leave this rule out; repeatable."),
    cloup.option(
        "--deviations", type=click.Path(path_type=Path, dir_okay=False), help="Register of known differences, TOML."
    ),
    cloup.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the result here."),
    cloup.option("--report-dir", type=click.Path(path_type=Path, file_okay=False), help="Write all reports here."),
)
def check_command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    files: tuple[Path, ...],
    base: str | None,
    revision: str,
    live: bool | None,  # noqa: FBT001 - click passes by name
    only: tuple[str, ...],
    without: tuple[str, ...],
    deviations: Path | None,
    json_file: Path | None,
    report_dir: Path | None,
) -> None:
    """Judge recorded traffic: HAR files, ndjson of exchanges, and what Schemathesis records.

    Ends with 0 if all is well, 1 with violations, 2 if a file is broken or nothing could be verified.
    """
    from ..deviations import DeviationsError, load_register  # noqa: PLC0415 - `--help` need not load the rules
    from ..reports import write_reports  # noqa: PLC0415 - the same
    from ..rules import pick  # noqa: PLC0415 - the same
    from .check import check  # noqa: PLC0415 - the same
    from .summary import summary  # noqa: PLC0415 - the same

    try:
        rules = pick(only=only, without=without)
        register = load_register(deviations) if deviations else None
    except KeyError as error:
        raise click.UsageError(f"there is no rule {error}") from None
    except DeviationsError as error:
        raise click.UsageError(str(error)) from None
    # What is read is kept until the end, so looking for garbage only costs time, a quarter of all.
    gc.disable()
    result = check(files, rules, base=base, live=live, revision=revision)
    if register is not None:
        register.apply(result)
    gc.enable()
    for line in summary(result):
        click.echo(line)
    if json_file is not None:
        json_file.write_text(json.dumps(result.to_json(), indent=2), encoding="utf-8")
    if report_dir is not None:
        write_reports(result, report_dir)
    sys.exit(result.exit_code)
