"""`tempolor`: the command that the kit's packages hang their own commands on."""

from importlib.metadata import EntryPoint, entry_points

import click

from tempolor_spec import __version__

ENTRY_POINT_GROUP = "tempolor.commands"
"""Where a package announces a command: the entry point's name is the command's, its object a `click.Command`."""


class EntryPointGroup(click.Group):
    """A group whose commands are entry points, each imported only when it runs or when all are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the installed commands, sorted."""
        return sorted({*super().list_commands(ctx), *entry_points(group=ENTRY_POINT_GROUP).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None if there is no such command."""
        for entry_point in entry_points(group=ENTRY_POINT_GROUP, name=cmd_name):
            return _loaded(entry_point)
        return super().get_command(ctx, cmd_name)


def _loaded(entry_point: EntryPoint) -> click.Command:
    try:
        command = entry_point.load()
    except (ImportError, AttributeError) as error:  # The latter where the entry point is an older version's.
        return _not_installed(entry_point, error)
    if not isinstance(command, click.Command):
        raise click.ClickException(f"{entry_point.value} is not a click command")
    return command


def _not_installed(entry_point: EntryPoint, error: ImportError | AttributeError) -> click.Command:
    """Return a command that says how to install what it lacks; so the others still work, and `--help` lists it."""
    extras = ",".join(entry_point.extras)
    hint = f"pip install 'tempolor-kit[{extras}]'" if extras else "install tempolor-kit again"

    @click.command(
        entry_point.name,
        short_help=f"Not installed: {hint}",
        context_settings={"ignore_unknown_options": True, "help_option_names": []},
    )
    @click.argument("anything", nargs=-1)
    def explain(anything: tuple[str, ...]) -> None:  # noqa: ARG001 - whatever was meant, it cannot be done
        message = f"this needs {error.name or 'a package'}, which is not installed: {hint}"
        raise click.UsageError(message)  # exits with 2: it could not run

    return explain


@click.group(cls=EntryPointGroup)
@click.version_option(__version__, prog_name="tempolor")
def main() -> None:
    """Describe, imitate and check useapi.net's TemPolor API v1."""
