"""`song` and `instrumental`: order, wait, save. No id of an order that was taken is ever lost."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .base import (
    FORMATS,
    Bar,
    CannotRunError,
    Session,
    command_name,
    connection_options,
    examples,
    format_of,
    note,
    patience_options,
    session,
    show,
    try_place,
    user_option,
)
from .interrupts import Interrupted

if TYPE_CHECKING:
    from .._sync.resources import Order
    from ..models import MusicItem

F = TypeVar("F", bound=Callable[..., Any])


def _order_options(command: F) -> F:
    for option in (
        user_option,
        click.option(
            "--format",
            "file_format",
            type=click.Choice(FORMATS),
            help="What to download.  [default: by --out, else mp3]",
        ),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            help="Where to write the music. Further takes get -2, -3 and so on. Without it, only the ids are printed.",
        ),
        click.option("--job", "jobs", multiple=True, help="Go on with this job in place of a new order; repeatable."),
        click.argument("prompt", required=False),
    ):
        command = option(command)
    return connection_options(patience_options(command))


@click.command(
    name="song",
    epilog=examples(
        'tempolor song "a lo-fi beat about rain on the window" --out song.mp3',
        'tempolor song "a sea shanty" --lyrics @words.txt --out shanty.wav',
        'tempolor song --job "$JOB" --out song.mp3',
    ),
)
@click.option("--lyrics", help="Words to sing; @FILE reads them from a file.")
@click.option("--model", help="Model for songs, such as v4.8.")
@click.option("--artist-voice", help="The itemId of an artist voice to sing with.")
@click.option("--cloned-voice", help="The id of a cloned voice to sing with.")
@click.option("--midi", help="The id of a MIDI file to build on.")
@_order_options
def song_command(**arguments: Any) -> None:
    """Order a song, wait for it and save it.

    The ids of its jobs are printed to standard error as soon as the order is taken. Ctrl-C ends the waiting, not the
    jobs: --job comes back to them.
    """
    lyrics = _text(arguments["lyrics"])

    def create(given: Session) -> Order:
        return given.client.songs.create(
            arguments["prompt"],
            lyrics=lyrics,
            model=arguments["model"],
            artist_voice_id=arguments["artist_voice"],
            cloned_voice_id=arguments["cloned_voice"],
            midi_id=arguments["midi"],
            user_id=arguments["user_id"],
        )

    _run("song", arguments, create)


@click.command(
    name="instrumental",
    epilog=examples(
        'tempolor instrumental "calm piano" --tonality D:minor --bpm 72 --out piano.wav',
        'tempolor instrumental "a slow blues" --chords "A7 D7 E7" --out blues.zip',
    ),
)
@click.option("--model", help="Model for instrumentals, such as i4.")
@click.option("--tonality", help="Key, such as D:minor.")
@click.option("--bpm", type=int, help="Beats per minute, 50 to 190.")
@click.option("--chords", help="Chord progression.")
@_order_options
def instrumental_command(**arguments: Any) -> None:
    """Order an instrumental, wait for it and save it.

    The ids of its jobs are printed to standard error as soon as the order is taken. Ctrl-C ends the waiting, not the
    jobs: --job comes back to them.
    """

    def create(given: Session) -> Order:
        return given.client.instrumentals.create(
            arguments["prompt"],
            model=arguments["model"],
            tonality=arguments["tonality"],
            bpm=arguments["bpm"],
            chords=arguments["chords"],
            user_id=arguments["user_id"],
        )

    _run("instrumental", arguments, create)


def _run(command: str, arguments: dict[str, Any], create: Callable[[Session], Order]) -> None:
    if not arguments["prompt"] and not arguments["jobs"]:
        raise click.UsageError("say what the music should be like, or pass --job to go on with a job")
    if arguments["prompt"] and arguments["jobs"]:
        raise click.UsageError("--job goes on with a job: leave the prompt out, or the job")
    arguments["file_format"] = format_of(arguments["file_format"], arguments["out"])
    try_place(arguments["out"])
    with session(arguments) as given:
        if arguments["jobs"]:
            order = given.client.songs.order(*arguments["jobs"])
        else:
            with given.interrupts.held():
                order = create(given)
                note("\n".join(f"ordered {job_id}" for job_id in order.jobs))
        _Finish(command, order, arguments).run()


class _Finish:
    """What follows an order: waiting for it, and saving each take, whatever becomes of the others."""

    def __init__(self, command: str, order: Order, arguments: dict[str, Any]) -> None:
        self._command = command
        self._order = order
        self._arguments = arguments
        self._left = list(order.jobs)

    def run(self) -> None:
        """Wait, save and print.

        Raises:
            TemPolorError: The first thing that went wrong, after all that could be saved has been.

        """
        from ..errors import TemPolorError  # noqa: PLC0415 - with the HTTP library, see `session`

        try:
            items, failure = self._wait()
            saved = []
            for job_id, item in items:
                try:
                    saved.append((job_id, item, self._save(job_id)))
                except TemPolorError as error:
                    failure = failure or error
            self._show(saved)
        except Interrupted:
            note("\ninterrupted; the jobs go on. " + self._how_to_go_on())
            raise
        if failure is not None:
            if self._left:
                note(self._how_to_go_on())
            raise failure

    def _wait(self) -> tuple[list[tuple[str, MusicItem]], Exception | None]:
        from ..errors import JobFailedError, WaitTimeoutError  # noqa: PLC0415 - with the HTTP library

        with Bar("generating") as bar:
            try:
                items = self._order.wait(progress=bar.job, timeout=self._arguments["timeout"])
                return list(zip(self._order.jobs, items, strict=True)), None
            except JobFailedError as error:
                completed = [(str(item.job_id), item) for item in error.completed]
                self._left = [job_id for job_id, _ in completed]
                return completed, error
            except WaitTimeoutError as error:
                return [(str(item.job_id), item) for item in error.completed], error

    def _save(self, job_id: str) -> Path | None:
        take = self._order.jobs.index(job_id)
        out = self._out(take)
        if out is not None:
            with Bar("download") as bar:
                self._order.download(out, take=take, file_format=self._arguments["file_format"], progress=bar.bytes)
        self._left.remove(job_id)
        return out

    def _out(self, take: int) -> Path | None:
        out: Path | None = self._arguments["out"]
        return out if out is None or take == 0 else out.with_name(f"{out.stem}-{take + 1}{out.suffix}")

    def _show(self, saved: list[tuple[str, MusicItem, Path | None]]) -> None:
        show(
            [{"job_id": job_id, "file": out, "item": item} for job_id, item, out in saved],
            [(job_id, item.title_en, out) for job_id, item, out in saved],
            as_json=self._arguments["as_json"],
        )

    def _how_to_go_on(self) -> str:
        """Return the commands that come back to what is left: one, or one for each where the names of files differ."""
        whole = self._left == list(self._order.jobs)
        groups = [self._left] if whole or self._arguments["out"] is None else [[job_id] for job_id in self._left]
        commands = [self._command_for(jobs) for jobs in groups if jobs]
        return "To come back to them:\n" + "\n".join(f"  {command}" for command in commands)

    def _command_for(self, jobs: list[str]) -> str:
        words = [command_name(), self._command, *(word for job_id in jobs for word in ("--job", job_id))]
        out = self._out(self._order.jobs.index(jobs[0]))
        if out is not None:
            words += ["--out", str(out)]
            if out.suffix.lower() not in {".mp3", ".wav", ".zip"} and self._arguments["file_format"]:
                words += ["--format", self._arguments["file_format"]]
        return shlex.join(words)


def _text(value: str | None) -> str | None:
    if value is None or not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRunError(f"cannot read {value[1:]}: {error}") from error
