"""`--store` and `--snapshot` on the command line: what they start, and the one line when they cannot."""

import json
import socket

import pytest
from click.testing import CliRunner
from tempolor_spec.command import main


@pytest.fixture(scope="module")
def taken():
    """A port on which somebody else listens, so that a command whose options are good ends there."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def run(*arguments, env=None):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["mock", *map(str, arguments)], env=env)


@pytest.mark.parametrize(
    ("store", "error"),
    [
        ("mysql://db/worlds", "unknown store 'mysql://db/worlds': use memory, sqlite:FILE or postgresql://..."),
        ("sqlite:", "unknown store 'sqlite:': use memory, sqlite:FILE or postgresql://..."),
        ("sqlite:no/folder/w.db", "cannot keep worlds in no/folder/w.db: unable to open database file"),
    ],
)
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_store_that_cannot_be_opened_is_one_line(store, error, by):
    """And exit code 2, whichever way it was named."""
    given = {"option": (["--store", store], None), "environment": ([], {"TEMPOLOR_MOCK_STORE": store})}
    arguments, env = given[by]
    result = run("--port", 0, *arguments, env=env)

    assert (result.exit_code, result.output) == (2, f"Error: {error}\n")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (None, "No such file or directory"),
        ("{", "Input data was truncated"),
        ("[]", "Expected 'tempolor-mock/world', got None - at `$.format`"),
        (
            json.dumps({"format": "tempolor-mock/world", "version": 7}),
            "This mock reads the versions 1 and 2, not 7 - at `$.version`",
        ),
        (
            json.dumps({"format": "tempolor-mock/world", "version": 1, "clock": 5}),
            "Expected `object`, got `int` - at `$.clock`",
        ),
    ],
)
def test_a_snapshot_that_cannot_be_read_is_one_line(tmp_path, text, error):
    """It names the file, the mistake and its place; the exit code is 2."""
    path = tmp_path / "demo.json"
    if text is not None:
        path.write_text(text)
    result = run("--port", 0, "--snapshot", path)

    assert (result.exit_code, result.output) == (2, f"Error: cannot begin worlds with {path}: {error}\n")


def test_both_are_options_with_defaults_that_need_nothing(taken):
    """Without them worlds are in memory and begin empty."""
    assert "memory|sqlite:FILE|postgresql://..." in run("--help").output
    assert "cannot listen" in run("--port", taken).output
