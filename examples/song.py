"""Makes a song, from words to music, and tells how far it is.

    tempolor mock &
    export TEMPOLOR_BASE_URL=http://127.0.0.1:4010 USEAPI_TOKEN=user:12345-demo
    python song.py "A lo-fi beat about rain on the window" song.mp3

One order makes one piece or two, and all of them are saved: song.mp3, song-2.mp3.
Without TEMPOLOR_BASE_URL it orders from the live service, which costs credits.
"""

# ruff: noqa: T201 - a program for the shell prints

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tempolor_client import BusyNotice, Order, TemPolor, TemPolorError
from tempolor_client.errors import JobFailedError
from tempolor_client.models import MusicItem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    parser = argparse.ArgumentParser(description="Make a song.")
    parser.add_argument("prompt")
    parser.add_argument("file", type=Path, nargs="?", default=Path("song.mp3"))
    wanted = parser.parse_args(arguments)
    try:
        with TemPolor(on_busy=tell_busy) as client:
            need_account(client)
            make_song(client, wanted.prompt, wanted.file)
    except TemPolorError as error:
        # Every message says what to do, and names the job where there is one.
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("What was ordered goes on: client.songs.order(...) with these jobs comes back to it", file=sys.stderr)
        return 130
    return 0


def make_song(client: TemPolor, prompt: str, file: Path) -> list[Path]:
    """Order a song, wait for it, and save each piece it became."""
    order = client.songs.create(prompt)
    print("Ordered:", *order.jobs)
    completed = wait_for(order)
    saved = []
    for number, job_id in enumerate(completed, start=1):
        target = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
        saved.append(client.music.download(job_id, target, file_format="wav" if target.suffix == ".wav" else "mp3"))
        print("Saved:", saved[-1])
    return saved


def wait_for(order: Order) -> list[str]:
    """Wait until the order is done, and return the jobs that became music: one may fail and the other not."""

    def tell(item: MusicItem) -> None:
        piece = order.jobs.index(str(item.job_id)) + 1
        print(f"Piece {piece}: {item.status_name} {item.progress or 0:3} %")

    try:
        return [str(item.job_id) for item in order.wait(progress=tell)]
    except JobFailedError as error:
        if not error.completed:
            raise
        print(error, file=sys.stderr)
        return [str(item.job_id) for item in error.completed]


def tell_busy(notice: BusyNotice) -> None:
    """Say why nothing happens: the account runs as many jobs as it may, and the client waits for room."""
    print(f"No room yet; next try in {notice.seconds:.0f} s")


def need_account(client: TemPolor) -> None:
    """Configure an account where there is none, on the mock only: the live service wants parameters of your browser."""
    if client.base_url.startswith("http://127.0.0.1") and not client.accounts.list():
        client.accounts.create({})


if __name__ == "__main__":
    sys.exit(main())
