"""`voices`, `midi` and `stems`: recordings and files of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .base import (
    Bar,
    ListingGroup,
    Seconds,
    connection_options,
    examples,
    note,
    patience_options,
    session,
    show,
    try_place,
    upload_options,
    user_option,
)


@click.group(name="voices", cls=ListingGroup)
def voices_command() -> None:
    """List the voices a song can be sung with, clone and delete your own."""


@voices_command.command(name="list", epilog=examples("tempolor voices", "tempolor voices list --json"))
@user_option
@connection_options
def list_voices_command(user_id: str | None, **arguments: Any) -> None:
    """List your own voices, then the artists'."""
    with session(arguments) as (client, _):
        cloned = list(client.voices.list(user_id=user_id))
        artists = list(client.voices.artists(user_id=user_id))
    rows = [(voice.cloned_voice_item_id, voice.name, "cloned") for voice in cloned]
    rows += [(artist.item_id, artist.name, ", ".join(artist.labels or ())) for artist in artists]
    show({"cloned": cloned, "artists": artists}, rows, as_json=arguments["as_json"])


@voices_command.command(name="clone", epilog=examples('tempolor voices clone recording.wav --name "Evening Alto"'))
@click.option("--name", help="What to call the voice.  [default: the file's name]")
@click.option(
    "--timeout", type=Seconds(), default=900.0, show_default=True, help="Seconds to wait until it is ready to sing."
)
@upload_options
@connection_options
def clone_command(
    file: Path, name: str | None, media_type: str | None, user_id: str | None, timeout: float, **arguments: Any
) -> None:
    """Make a voice from a recording, and wait until it is ready to sing."""
    with session(arguments) as (client, interrupts):
        with interrupts.held():
            clone = client.voices.clone(file, name=name, media_type=media_type, user_id=user_id)
            voice_id = clone.cloned_voice_item_id or ""
            note(f"cloning {voice_id}")
        voice = client.voices.wait(voice_id, user_id=user_id, timeout=timeout)
    show(voice, [(voice_id, voice.name)], as_json=arguments["as_json"])


@voices_command.command(name="delete", epilog=examples('tempolor voices delete "$VOICE"'))
@click.argument("voice_id")
@connection_options
def delete_voice_command(voice_id: str, **arguments: Any) -> None:
    """Delete a cloned voice; songs it has sung stay."""
    with session(arguments) as (client, _):
        client.voices.delete(voice_id)
    show({"voice_id": voice_id, "deleted": True}, [(voice_id, "deleted")], as_json=arguments["as_json"])


@click.group(name="midi", cls=ListingGroup)
def midi_command() -> None:
    """List, upload and delete MIDI files that songs can be built on."""


@midi_command.command(name="list", epilog=examples("tempolor midi", "tempolor midi list --json"))
@user_option
@connection_options
def list_midi_command(user_id: str | None, **arguments: Any) -> None:
    """List the MIDI files of an account."""
    with session(arguments) as (client, _):
        files = list(client.midi.list(user_id=user_id))
    show(files, [(each.midi_item_id, each.name) for each in files], as_json=arguments["as_json"])


@midi_command.command(name="upload", epilog=examples('tempolor midi upload theme.mid --name "Theme"'))
@click.option("--name", help="What to call it.  [default: the file's name]")
@upload_options
@connection_options
def upload_midi_command(
    file: Path, name: str | None, media_type: str | None, user_id: str | None, **arguments: Any
) -> None:
    """Store a MIDI file, and print its id."""
    with session(arguments) as (client, interrupts), interrupts.held():
        stored = client.midi.upload(file, name=name, media_type=media_type, user_id=user_id).midi_render_vo
        row = (stored.midi_item_id, stored.name) if stored is not None else ()
        show(stored, [row], as_json=arguments["as_json"])


@midi_command.command(name="delete", epilog=examples('tempolor midi delete "$MIDI"'))
@click.argument("midi_id")
@connection_options
def delete_midi_command(midi_id: str, **arguments: Any) -> None:
    """Delete a MIDI file; songs built on it stay."""
    with session(arguments) as (client, _):
        client.midi.delete(midi_id)
    show({"midi_id": midi_id, "deleted": True}, [(midi_id, "deleted")], as_json=arguments["as_json"])


@click.command(name="stems", epilog=examples("tempolor stems recording.wav --out stems.zip"))
@click.option("--out", type=click.Path(path_type=Path), help="The ZIP file.  [default: FILE-stems.zip]")
@upload_options
@patience_options
@connection_options
def stems_command(
    file: Path, out: Path | None, media_type: str | None, user_id: str | None, timeout: float, **arguments: Any
) -> None:
    """Take a recording apart and save its stems as a ZIP file."""
    out = out or file.with_name(f"{file.stem}-stems.zip")
    try_place(out)
    with session(arguments) as (client, interrupts):
        with interrupts.held():
            stems = client.stems.split(file, media_type=media_type, user_id=user_id, timeout=timeout)
        try:
            with Bar("download") as bar:
                path = client.stems.download(stems, out, progress=bar.bytes)
        except BaseException:
            note(f"the recording is split; for some time the file is at {stems.stems_zip_url}")
            raise
    show({"file": path, "stems": stems}, [(path,)], as_json=arguments["as_json"])
