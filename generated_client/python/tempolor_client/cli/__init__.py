"""Commands for the shell: a thin use of the client.

As part of the kit they are commands of `tempolor`; with the client alone, of `tempolor-client`.
"""

import click

from .accounts import accounts_command
from .music import cancel_command, jobs_command, music_command
from .orders import instrumental_command, song_command
from .uploads import midi_command, stems_command, voices_command

__all__ = [
    "accounts_command",
    "cancel_command",
    "instrumental_command",
    "jobs_command",
    "main",
    "midi_command",
    "music_command",
    "song_command",
    "stems_command",
    "voices_command",
]


@click.group(name="tempolor-client")
@click.version_option(package_name="tempolor-client", prog_name="tempolor-client")
def main() -> None:
    """Make music with TemPolor through useapi.net's API."""


for _command in (
    song_command,
    instrumental_command,
    music_command,
    jobs_command,
    cancel_command,
    voices_command,
    midi_command,
    stems_command,
    accounts_command,
):
    main.add_command(_command)
