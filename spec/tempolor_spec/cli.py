"""`tempolor spec`: prints the document."""

import json
from pathlib import Path
from typing import Any

import click
import yaml

from tempolor_spec import views
from tempolor_spec.document import REVISIONS, load_document
from tempolor_spec.overlay import OverlayError

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class CannotPrintError(click.ClickException):
    """What was asked for cannot be read, made or written; ends the command with 2."""

    exit_code = 2


@click.command(name="spec")
@click.option(
    "--revision",
    type=click.Choice(REVISIONS),
    default=REVISIONS[0],
    show_default=True,
    envvar="TEMPOLOR_SPEC_REVISION",
    show_envvar=True,
    help="The revision of the service to describe.",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="TEMPOLOR_SPEC_OVERLAY",
    show_envvar=True,
    help="An OpenAPI overlay to apply to it; repeatable, in this order.",
)
@click.option(
    "--format",
    "notation",
    type=click.Choice(("yaml", "json")),
    default="yaml",
    show_default=True,
    envvar="TEMPOLOR_SPEC_FORMAT",
    show_envvar=True,
    help="The notation to print in.",
)
@click.option(
    "--openapi",
    "version",
    type=click.Choice(("3.0", "3.1")),
    default="3.0",
    show_default=True,
    envvar="TEMPOLOR_SPEC_OPENAPI",
    show_envvar=True,
    help="The version of OpenAPI to print.",
)
@click.option(
    "--for-generators",
    is_flag=True,
    envvar="TEMPOLOR_SPEC_FOR_GENERATORS",
    show_envvar=True,
    help="Simplify it for code generators: one media type for each body, no defaults, open lists of values in answers.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="TEMPOLOR_SPEC_OUTPUT",
    show_envvar=True,
    help="The file to write to instead of standard output.",
)
def spec_command(  # noqa: PLR0913 - one parameter for each option
    *,
    revision: str,
    overlays: tuple[Path, ...],
    notation: str,
    version: str,
    for_generators: bool,
    output: Path | None,
) -> None:
    """Print the service's OpenAPI document, complete in one piece."""
    try:
        document = load_document(revision, overlays)
    except OverlayError as error:
        raise CannotPrintError(str(error)) from None
    if for_generators:
        document = views.for_generators(document)
    if version == "3.1":
        document = views.as_openapi_31(document)
    text = _rendered(document, notation)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotPrintError(f"cannot write {output}: {error.strerror}") from error


def _rendered(document: dict[str, Any], notation: str) -> str:
    if notation == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
