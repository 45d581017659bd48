"""`tempolor world`: the command that rebuilds, from recorded traffic, the world behind it."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup

from .options import COULD_NOT_RUN, FILE, CannotRunError, context, in_one_line

if TYPE_CHECKING:
    from ..recovery.rebuild import Rebuilt

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S"])


@cloup.command("world", context_settings=context("TEMPOLOR_WORLD"))
@cloup.argument("files", nargs=-1, required=True, type=FILE, help="Recordings, read as one history.")
@cloup.option("--write-snapshot", required=True, type=FILE, metavar="FILE", help="Write the snapshot here, as JSON.")
@cloup.option("--token", help="Whose world: a token of the recording, whole or its beginning.  [default: the only one]")
@cloup.option("--until", type=_MOMENT, help="Stop at this moment (UTC), to have the world as it was then.")
@cloup.option("--base", help="Base URL of the API in the recording.  [default: where /v1/tempolor stands]")
@cloup.option(
    "--mock-url", default="http://127.0.0.1:4010", metavar="URL", help="Where the mock will be: for links in callbacks."
)
@cloup.option(
    "--format", "style", default="text", type=click.Choice(["text", "json"]), help="How to tell what was found."
)
@in_one_line()
def world_command(files: tuple[Path, ...], **given: Any) -> None:
    """Make a snapshot of what recorded traffic shows: accounts, jobs, uploads, and what was running at its end.

    Reads what `tempolor check` reads. `tempolor mock --snapshot FILE` goes on from there, with the same ids. What the
    recording does not show is made as the mock would make it, and listed as guessed. Ends with 0, or 2 if a file is
    broken or shows no world. Every option can also be set as TEMPOLOR_WORLD_<OPTION>.
    """
    from ..recovery.rebuild import NoWorldError, rebuild  # noqa: PLC0415 - `--help` need not load the mock

    until = given["until"]
    until_ms = round(until.replace(tzinfo=UTC).timestamp() * 1000) if isinstance(until, datetime) else None
    try:
        rebuilt = rebuild(
            files, token=given["token"], base=given["base"], until_ms=until_ms, mock_url=given["mock_url"].rstrip("/")
        )
    except NoWorldError as error:
        raise CannotRunError(str(error)) from None
    _write(given["write_snapshot"], rebuilt)
    told = rebuilt.to_json() | {"snapshot": str(given["write_snapshot"])}
    click.echo(json.dumps(told, indent=2, ensure_ascii=False) if given["style"] == "json" else _text(told))
    if rebuilt.stopped:
        click.echo(f"Error: {rebuilt.stopped}", err=True)
        sys.exit(COULD_NOT_RUN)


def _write(file: Path, rebuilt: "Rebuilt") -> None:
    import msgspec  # noqa: PLC0415 - the same

    try:
        file.write_bytes(msgspec.json.encode(rebuilt.snapshot))
    except OSError as error:
        raise CannotRunError(f"cannot write {file}: {error.strerror or error}") from None


def _text(told: dict[str, Any]) -> str:
    has = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in told["world"].items())
    lines = [
        f"World    as at {told['now']}, from {told['calls']} calls ({told['foreign']} others in the recording)",
        f"Has      {has}",
        *(_guess(each) for each in told["guesses"]),
        f"Written  {told['snapshot']}",
        f"Play     tempolor mock --snapshot {told['snapshot']}",
        f"Token    {told['token']}  (any user:<number>-<text> with this number gets the recording's ids)",
    ]
    return "\n".join(lines)


def _guess(guess: dict[str, Any]) -> str:
    examples = f" ({', '.join(guess['examples'])}{', ...' if guess['count'] > len(guess['examples']) else ''})"
    return f"Guessed  {guess['about']} x {guess['count']}: {guess['told']}{examples if guess['examples'] else ''}"
