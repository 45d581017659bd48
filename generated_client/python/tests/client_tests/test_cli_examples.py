"""The examples in the commands' help, each run on the mock."""

import re
import shlex
import string
import uuid

import click
import httpx2
import pytest
from click.testing import CliRunner
from tempolor_client import TemPolor
from tempolor_client.cli import main
from tempolor_client.tls import shared_context

from .test_mock import NOTE, VOICE


def commands(group=main):
    """Yield the commands, those inside of groups too."""
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def examples_of(command):
    """Return the lines below `Examples:`."""
    return [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  ")]


EXAMPLES = [line for command in commands() for line in examples_of(command)]


def test_every_command_has_an_example_and_takes_json():
    """Whoever reads the help can paste it, and whoever writes a script can read the result."""
    for command in commands():
        assert examples_of(command), command.name
        assert "--json" in {name for parameter in command.params for name in parameter.opts}, command.name


@pytest.fixture
def shell(mock_url, monkeypatch, tmp_path):
    """A folder with files, and a world with things in it, named by variables; sleeping moves the world's clock."""
    token = f"user:12345-{uuid.uuid4().hex}"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("Heave away")
    (tmp_path / "account.json").write_text('{"user_id": "77"}')
    (tmp_path / "recording.wav").write_bytes(VOICE)
    (tmp_path / "theme.mid").write_bytes(NOTE)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=mock_url, headers=headers, verify=shared_context()) as control:

        def advance(seconds):
            control.post("/_mock/clock/advance", json={"seconds": seconds}).raise_for_status()

        monkeypatch.setattr("time.sleep", advance)
        with TemPolor(token, base_url=mock_url) as client:
            yield world_of(client, token, mock_url)


def world_of(client, token, mock_url):
    """Make one of each thing, and return their names."""
    client.accounts.create({"user_id": "204816357"})
    made = client.songs.create_and_wait("Rain")
    voice = client.voices.clone(VOICE, name="Alto").cloned_voice_item_id
    return {
        "ACCOUNT": "204816357",
        "JOB": made[0].job_id,
        "VOICE": client.voices.wait(voice).cloned_voice_item_id,
        "MIDI": client.midi.upload(NOTE, name="Theme").midi_render_vo.midi_item_id,
        "RUNNING": client.songs.create("Snow").jobs[0],
        "USEAPI_TOKEN": token,
        "TEMPOLOR_BASE_URL": mock_url,
    }


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_works_on_the_mock(shell, line, tmp_path):
    """As it stands there, with the variables set that it names."""
    program, *arguments = [string.Template(word).substitute(shell) for word in shlex.split(line)]

    result = CliRunner().invoke(main, arguments, env=shell)

    assert (program, result.exit_code) == ("tempolor", 0), result.output
    assert result.stdout.strip()
    for name in re.findall(r"--out (\S+)", line):
        assert (tmp_path / name).stat().st_size


def test_shells_complete_commands_and_options():
    """As the page for the shell says, by click's own protocol."""
    asked = {"_TEMPOLOR_CLIENT_COMPLETE": "bash_complete", "COMP_WORDS": "tempolor-client voices cl", "COMP_CWORD": "2"}

    result = CliRunner().invoke(main, env=asked, prog_name="tempolor-client")

    assert result.stdout == "plain,clone\n"
