"""Commands for the shell: a thin use of the client.

As part of the kit they are commands of `tempolor`; with the client alone, of `tempolor-client`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import click

if TYPE_CHECKING:
    from ._sync.client import TemPolor
    from ._sync.resources import Order
    from .models import MusicItem

F = TypeVar("F", bound=Callable[..., Any])

_FORMATS = ("mp3", "wav", "stems")


class RefusedError(click.ClickException):
    """The service said no, or the job failed: ends the command with 1."""

    exit_code = 1


class CannotRunError(click.ClickException):
    """Nothing could be asked: ends the command with 2."""

    exit_code = 2


def _connection(command: F) -> F:
    for option in (
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


def _patience(command: F) -> F:
    return click.option(
        "--timeout", type=float, default=900.0, show_default=True, help="Seconds to wait for the work to be done."
    )(command)


def _file(command: F) -> F:
    for option in (
        click.option("--user-id", help="The account, where there are several."),
        click.option(
            "--format",
            "file_format",
            type=click.Choice(_FORMATS),
            help="What to download.  [default: by --out, else mp3]",
        ),
        click.option(
            "--out",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Where to write the music. Further takes get -2, -3 and so on. Without it, only the ids are printed.",
        ),
        click.option("--job", "jobs", multiple=True, help="Go on with this job in place of a new order; repeatable."),
    ):
        command = option(command)
    return command


@contextlib.contextmanager
def _client(base_url: str | None, token: str | None) -> Generator[TemPolor]:
    from . import errors  # noqa: PLC0415 - `tempolor --help` lists these commands and needs no HTTP library
    from ._sync.client import TemPolor  # noqa: PLC0415 - the same

    try:
        with TemPolor(token, base_url=base_url, on_busy=_say_busy) as client:
            yield client
    except (errors.APIError, errors.JobFailedError, errors.WaitTimeoutError, errors.VoiceFailedError) as error:
        raise RefusedError(str(error)) from error
    except errors.TemPolorError as error:
        raise CannotRunError(str(error)) from error


def _say_busy(notice: Any) -> None:
    click.echo(f"{notice.error.error or 'no free slot'}; next try in {notice.seconds:.0f} s", err=True)


@click.command(name="song")
@click.argument("prompt", required=False)
@click.option("--lyrics", help="Words to sing; @FILE reads them from a file.")
@click.option("--model", help="Model for songs, such as v4.8.")
@click.option("--artist-voice", help="The itemId of an artist voice to sing with.")
@click.option("--cloned-voice", help="The id of a cloned voice to sing with.")
@click.option("--midi", help="The id of a MIDI file to build on.")
@_file
@_patience
@_connection
def song_command(**arguments: Any) -> None:
    """Order a song, wait for it and save it."""
    with _client(arguments["base_url"], arguments["token"]) as client:
        order = (
            client.songs.order(*arguments["jobs"])
            if arguments["jobs"]
            else client.songs.create(
                _prompt(arguments),
                lyrics=_text(arguments["lyrics"]),
                model=arguments["model"],
                artist_voice_id=arguments["artist_voice"],
                cloned_voice_id=arguments["cloned_voice"],
                midi_id=arguments["midi"],
                user_id=arguments["user_id"],
            )
        )
        _finish(order, arguments)


@click.command(name="instrumental")
@click.argument("prompt", required=False)
@click.option("--model", help="Model for instrumentals, such as i4.")
@click.option("--tonality", help="Key, such as D:minor.")
@click.option("--bpm", type=int, help="Beats per minute, 50 to 190.")
@click.option("--chords", help="Chord progression.")
@_file
@_patience
@_connection
def instrumental_command(**arguments: Any) -> None:
    """Order an instrumental, wait for it and save it."""
    with _client(arguments["base_url"], arguments["token"]) as client:
        order = (
            client.instrumentals.order(*arguments["jobs"])
            if arguments["jobs"]
            else client.instrumentals.create(
                _prompt(arguments),
                model=arguments["model"],
                tonality=arguments["tonality"],
                bpm=arguments["bpm"],
                chords=arguments["chords"],
                user_id=arguments["user_id"],
            )
        )
        _finish(order, arguments)


@click.command(name="jobs")
@_connection
def jobs_command(base_url: str | None, token: str | None) -> None:
    """Show the jobs that run and each account's free slots."""
    with _client(base_url, token) as client:
        capacity = client.scheduler.capacity()
    for job in capacity.executing:
        click.echo(f"{job.job_id}\trunning\t{job.elapsed}")
    for account in capacity.available:
        click.echo(f"account {account.user_id}\t{account.executing} of {account.max_jobs} running")


@click.command(name="voices")
@click.option("--user-id", help="The account, where there are several.")
@_connection
def voices_command(base_url: str | None, token: str | None, user_id: str | None) -> None:
    """List the voices a song can be sung with: your own, then the artists'."""
    with _client(base_url, token) as client:
        for voice in client.voices.list(user_id=user_id):
            click.echo(f"{voice.cloned_voice_item_id}\t{voice.name or ''}\tcloned")
        for artist in client.voices.artists(user_id=user_id):
            click.echo(f"{artist.item_id}\t{artist.name or ''}\t{', '.join(artist.labels or ())}")


@click.command(name="stems")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The ZIP file.  [default: FILE-stems.zip]")
@click.option("--user-id", help="The account, where there are several.")
@_patience
@_connection
def stems_command(  # noqa: PLR0913 - options
    *, file: Path, out: Path | None, user_id: str | None, base_url: str | None, token: str | None, timeout: float
) -> None:
    """Take a recording apart and save its stems as a ZIP file."""
    with _client(base_url, token) as client:
        stems = client.stems.split(file, user_id=user_id, timeout=timeout)
        with _bar("download") as bar:
            path = client.stems.download(stems, out or file.with_name(f"{file.stem}-stems.zip"), progress=bar.bytes)
    click.echo(path)


@click.group()
def main() -> None:
    """Make music with TemPolor through useapi.net's API."""


for _command in (song_command, instrumental_command, jobs_command, voices_command, stems_command):
    main.add_command(_command)


class _Bar:
    """A bar on standard error that goes from 0 to 100; silent where that is no terminal."""

    def __init__(self, label: str) -> None:
        self._bar = click.progressbar(length=100, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
        self._at: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
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


def _bar(label: str) -> _Bar:
    return _Bar(label)


def _prompt(arguments: dict[str, Any]) -> str:
    if not arguments["prompt"]:
        raise click.UsageError("say what the music should be like, or pass --job to go on with a job")
    prompt: str = arguments["prompt"]
    return prompt


def _text(value: str | None) -> str | None:
    if value is None or not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRunError(f"cannot read {value[1:]}: {error}") from error


def _finish(order: Order, arguments: dict[str, Any]) -> None:
    try:
        with _bar("generating") as bar:
            items = order.wait(progress=bar.job, timeout=arguments["timeout"])
        for take, (job_id, item) in enumerate(zip(order.jobs, items, strict=True)):
            out = _numbered(arguments["out"], take)
            if out is not None:
                with _bar("download") as bar:
                    order.download(
                        out, take=take, file_format=_format(arguments["file_format"], out), progress=bar.bytes
                    )
            click.echo("\t".join(str(part) for part in (job_id, item.title_en or "", out or "")).rstrip())
    except KeyboardInterrupt:
        _interrupted(order)


def _interrupted(order: Order) -> NoReturn:
    jobs = " ".join(f"--job {job_id}" for job_id in order.jobs)
    click.echo(f"\ninterrupted; the jobs go on. To come back to them, repeat the command with: {jobs}", err=True)
    sys.exit(130)


def _numbered(out: Path | None, take: int) -> Path | None:
    return out if out is None or take == 0 else out.with_name(f"{out.stem}-{take + 1}{out.suffix}")


def _format(chosen: str | None, out: Path) -> str | None:
    return chosen or {".wav": "wav", ".zip": "stems", ".mp3": "mp3"}.get(os.path.normcase(out.suffix))
