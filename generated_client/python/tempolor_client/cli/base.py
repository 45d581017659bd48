"""What the commands share: options, errors, output."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypeVar

import click

from .._generated.defaults import BUSY_TIMEOUT, WAIT_TIMEOUT
from ..advice import advice_on, spoken
from .interrupts import Interrupted, Interrupts

if TYPE_CHECKING:
    from .._sync.client import TemPolor
    from ..models import MusicItem

F = TypeVar("F", bound=Callable[..., Any])

FORMATS: Final = ("mp3", "wav", "stems")
_BY_SUFFIX: Final = {".mp3": "mp3", ".wav": "wav", ".zip": "stems"}
SUFFIXES: Final = {kind: suffix for suffix, kind in _BY_SUFFIX.items()}


class RefusedError(click.ClickException):
    """The service said no, or the job failed: ends the command with 1."""

    exit_code = 1


class CannotRunError(click.ClickException):
    """Nothing could be asked: ends the command with 2."""

    exit_code = 2


class Seconds(click.ParamType[float]):
    """A number of seconds: 0 or more, and no nan, with which a wait would have no end."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 <= seconds < math.inf:
            self.fail(f"{value} is no number of seconds from 0 on", param, ctx)
        return seconds


class ListingGroup(click.Group):
    """A group that lists when no command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front of bare options."""
        bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if bare and not ctx.resilient_parsing:  # which it is while a shell completes words
            args = ["list", *args]
        return super().parse_args(ctx, args)


def examples(*lines: str) -> str:
    """Return the end of a command's help. A test runs each line on the mock."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def connection_options(command: F) -> F:
    """Add what says where the service is, and how to print."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for other programs."),
        click.option("--token", envvar="USEAPI_TOKEN", show_envvar=True, help="API token, user:<number>-<text>."),
        click.option(
            "--base-url",
            envvar="TEMPOLOR_BASE_URL",
            show_envvar=True,
            help="Address of the service or the mock.  [default: the live service]",
        ),
    ):
        command = option(command)
    return command


def user_option(command: F) -> F:
    """Add the choice of an account."""
    return click.option("--user-id", help="The account, where there are several.")(command)


def upload_options(command: F) -> F:
    """Add what an upload takes besides the file."""
    for option in (
        click.option("--media-type", help="The file's media type, where it cannot be told from content or name."),
        click.option("--user-id", help="The account, where there are several."),
        click.argument("file", type=click.Path(dir_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


def patience_options(command: F) -> F:
    """Add how long to wait."""
    for option in (
        click.option(
            "--busy-timeout",
            type=Seconds(),
            default=BUSY_TIMEOUT,
            show_default=True,
            help="Seconds to wait for a free slot; 0 gives up at once.",
        ),
        click.option(
            "--timeout",
            type=Seconds(),
            default=WAIT_TIMEOUT,
            show_default=True,
            help="Seconds to wait for the work to be done.",
        ),
    ):
        command = option(command)
    return command


def command_name() -> str:
    """Return what the user called: `tempolor`, or `tempolor-client`."""
    return click.get_current_context().find_root().info_name or "tempolor"


class Session(NamedTuple):
    """A client, and the signals that end the command."""

    client: TemPolor
    interrupts: Interrupts


@contextlib.contextmanager
def session(arguments: dict[str, Any]) -> Generator[Session]:
    """Open a client by a command's options; end the command with one line and an exit code when something fails."""
    from .. import errors  # noqa: PLC0415 - `tempolor --help` lists these commands and needs no HTTP library
    from .._sync.client import TemPolor  # noqa: PLC0415 - the same

    refused = (errors.APIError, errors.JobFailedError, errors.WaitTimeoutError, errors.VoiceFailedError)
    try:
        with (
            Interrupts() as interrupts,
            TemPolor(
                arguments["token"],
                base_url=arguments["base_url"],
                busy_timeout=arguments.get("busy_timeout", BUSY_TIMEOUT),
                on_busy=_say_busy,
                sleep=interrupts.sleep,
            ) as client,
        ):
            yield Session(client, interrupts)
    except Interrupted as stop:
        if isinstance(stop.__context__, errors.TemPolorError):
            note(stop.__context__.explain("shell", command=command_name()))
        if stop.unanswered:
            note(spoken(advice_on("check_first"), "shell", job_id=None, command=command_name()))
        _leave(stop.exit_code)
    except errors.TemPolorError as error:
        kind = RefusedError if isinstance(error, refused) else CannotRunError
        raise kind(error.explain("shell", command=command_name())) from error


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Whoever listened is gone; Python would end with a code of its own over what is left in the buffer.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _say_busy(notice: Any) -> None:
    note(f"{notice.error.error or 'no free slot'}; next try in {notice.seconds:.0f} s")


def note(text: str) -> None:
    """Say something to whoever watches; if nobody does any more, that is no reason to stop."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def show(result: Any, rows: Iterable[Sequence[object]], *, as_json: bool) -> None:
    """Print a result: as JSON, or in rows with tabs between the fields."""
    if as_json:
        click.echo(json.dumps(_plain(result), ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join("" if field is None else str(field) for field in row).rstrip())


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Path):
        return str(value)
    return value.to_dict() if hasattr(value, "to_dict") else value


def format_of(chosen: str | None, out: Path | None) -> str | None:
    """Return the format to download, by --format and the ending of --out; None for the service's own choice.

    Raises:
        click.UsageError: The two disagree, or the ending is none of a format.

    """
    if out is None:
        if chosen is not None:
            raise click.UsageError("--format needs --out: without it nothing is downloaded")
        return None
    by_name = _BY_SUFFIX.get(out.suffix.lower())
    if chosen is not None and by_name is not None and chosen != by_name:
        raise click.UsageError(f"--out {out} is for {by_name}, and --format says {chosen}: make them agree")
    if chosen is None and by_name is None and out.suffix:
        raise click.UsageError(f"--out {out} ends in {out.suffix}: use .mp3, .wav or .zip (stems), or say --format")
    return chosen or by_name


def try_place(out: Path | None) -> None:
    """Find out whether a file can be written where it is to go, before anything is paid for.

    Raises:
        CannotRunError: It cannot.

    """
    if out is None:
        return
    try:
        if out.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}."):
            pass
    except OSError as error:
        raise CannotRunError(f"cannot write {out}: {error.strerror}. Nothing was sent.") from error


class Bar:
    """A bar on standard error that goes from 0 to 100; silent where that is no terminal."""

    def __init__(self, label: str) -> None:
        self._bar = click.progressbar(length=100, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
        self._at: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._bar.render_finish()

    def job(self, item: MusicItem) -> None:
        """Show a job's progress; of several, the average."""
        self._at[item.job_id or ""] = item.progress or 0
        self._move(sum(self._at.values()) // len(self._at))

    def bytes(self, received: int, total: int | None) -> None:
        """Show how much of a file has come; of unknown length, nothing."""
        self._move(received * 100 // total if total else 0)

    def _move(self, percent: int) -> None:
        self._bar.update(max(percent - self._bar.pos, 0))
