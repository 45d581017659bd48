"""`music`, `jobs` and `cancel`: what was made, and what is being made."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .base import (
    FORMATS,
    SUFFIXES,
    Bar,
    ListingGroup,
    connection_options,
    examples,
    format_of,
    session,
    show,
    try_place,
    user_option,
)

if TYPE_CHECKING:
    from ..models import MusicItem


@click.group(name="music", cls=ListingGroup)
def music_command() -> None:
    """List, show, download and delete what was made."""


@music_command.command(
    name="list", epilog=examples("tempolor music", "tempolor music list --kind instrumental --limit 5 --json")
)
@click.option("--kind", type=click.Choice(("song", "instrumental")), default="song", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="How many at most.  [default: all]")
@user_option
@connection_options
def list_command(kind: str, limit: int | None, user_id: str | None, **arguments: Any) -> None:
    """List finished music, newest first. What still runs is in `jobs`."""
    from ..jobs import is_completed  # noqa: PLC0415 - with the models, see `session`

    with session(arguments) as (client, _):
        finished = (item for item in client.music.list(kind=kind, user_id=user_id) if is_completed(item))
        items = list(islice(finished, limit))
    show(items, [(item.job_id, item.title_en) for item in items], as_json=arguments["as_json"])


@music_command.command(name="get", epilog=examples('tempolor music get "$JOB" --json'))
@click.argument("job_id")
@connection_options
def get_command(job_id: str, **arguments: Any) -> None:
    """Show how a job stands."""
    with session(arguments) as (client, _):
        item = client.music.get(job_id)
    show(item, [_state(job_id, item)], as_json=arguments["as_json"])


def _state(job_id: str, item: MusicItem) -> tuple[object, ...]:
    return job_id, item.status_name or item.status, f"{item.progress or 0}%", item.title_en


@music_command.command(
    name="download",
    epilog=examples('tempolor music download "$JOB"', 'tempolor music download "$JOB" --out stems.zip'),
)
@click.argument("job_id")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where to write it.  [default: the last part of the id, here]"
)
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="[default: by --out, else mp3]")
@connection_options
def download_command(job_id: str, out: Path | None, file_format: str | None, **arguments: Any) -> None:
    """Download the file of a finished job."""
    if out is None:
        out = Path(job_id.rpartition(":")[2].replace("/", "_") + SUFFIXES[file_format or "mp3"])
    file_format = format_of(file_format, out)
    try_place(out)
    with session(arguments) as (client, _), Bar("download") as bar:
        path = client.music.download(job_id, out, file_format=file_format, progress=bar.bytes)
    show({"job_id": job_id, "file": path}, [(path,)], as_json=arguments["as_json"])


@music_command.command(name="delete", epilog=examples('tempolor music delete "$JOB"'))
@click.argument("job_ids", nargs=-1, required=True)
@connection_options
def delete_command(job_ids: tuple[str, ...], **arguments: Any) -> None:
    """Delete what jobs made."""
    with session(arguments) as (client, _):
        for job_id in job_ids:
            client.music.delete(job_id)
            show({"job_id": job_id, "deleted": True}, [(job_id, "deleted")], as_json=arguments["as_json"])


@click.command(name="jobs", epilog=examples("tempolor jobs", "tempolor jobs --json"))
@connection_options
def jobs_command(**arguments: Any) -> None:
    """Show the jobs that run and each account's free slots."""
    with session(arguments) as (client, _):
        capacity = client.scheduler.capacity()
    rows = [(job.job_id, "running", job.elapsed) for job in capacity.executing]
    slots = [(f"account {each.user_id}", f"{each.executing} of {each.max_jobs} running") for each in capacity.available]
    show(capacity, [*rows, *slots], as_json=arguments["as_json"])


@click.command(name="cancel", epilog=examples('tempolor cancel "$RUNNING"'))
@click.argument("job_ids", nargs=-1, required=True)
@connection_options
def cancel_command(job_ids: tuple[str, ...], **arguments: Any) -> None:
    """Stop tracking running jobs; their slots are free at once, though TemPolor still finishes them."""
    with session(arguments) as (client, _):
        for job_id in job_ids:
            client.scheduler.cancel(job_id)
            show({"job_id": job_id, "cancelled": True}, [(job_id, "cancelled")], as_json=arguments["as_json"])
