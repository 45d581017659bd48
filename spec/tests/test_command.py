"""`tempolor` finds its commands; `tempolor spec` prints the document."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint

import click
import pytest
import tempolor_spec
import yaml
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV30SpecValidator
from ruamel.yaml import YAML
from tempolor_spec import REVISIONS, command, load_document
from tempolor_spec.cli import spec_command
from tempolor_spec.command import main

READERS = {"yaml": yaml.safe_load, "json": json.loads}


@pytest.fixture
def run():
    """Run a command with arguments and environment, and return what came of it."""

    def call(command, *arguments, **environment):
        return CliRunner().invoke(command, arguments, env=environment)

    return call


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("notation", READERS)
def test_prints_a_valid_document(run, revision, notation):
    """What is printed reads back as the document of that revision and is valid on its own."""
    result = run(spec_command, "--revision", revision, "--format", notation)
    printed = READERS[notation](result.stdout)

    assert result.exit_code == 0
    assert printed == load_document(revision)
    assert [error.message for error in OpenAPIV30SpecValidator(printed).iter_errors()] == []


def test_printed_yaml_reads_the_same_by_either_version(run):
    """A YAML 1.2 reader sees what a 1.1 reader sees."""
    assert YAML(typ="safe", pure=True).load(run(spec_command).stdout) == load_document()


def test_prints_the_pages_revision_as_yaml_by_default(run):
    """Without options it is the first revision, in YAML."""
    assert yaml.safe_load(run(spec_command).stdout)["info"]["version"] == "2025-05"


def test_options_come_from_the_environment(run, tmp_path):
    """Each option has a variable."""
    file = tmp_path / "document.json"

    result = run(
        spec_command, TEMPOLOR_SPEC_REVISION="2026-03", TEMPOLOR_SPEC_FORMAT="json", TEMPOLOR_SPEC_OUTPUT=str(file)
    )

    assert (result.exit_code, result.output) == (0, "")
    assert json.loads(file.read_bytes()) == load_document("2026-03")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--revision", "2024-01"], "'2024-01' is not one of '2025-05', '2026-03', '2026-08'"),
        (["--format", "toml"], "'toml' is not one of 'yaml', 'json'"),
        (["--output", "missing/document.yaml"], "cannot write missing/document.yaml: No such file or directory"),
        (["extra"], "unexpected extra argument"),
    ],
)
def test_bad_input_is_refused(run, tmp_path, monkeypatch, arguments, complaint):
    """What cannot be done ends with 2 and one line that says why."""
    monkeypatch.chdir(tmp_path)

    result = run(spec_command, *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line for line in result.stderr.splitlines() if line.startswith("Error: ")] == result.stderr.splitlines()[
        -1:
    ]
    assert complaint in result.stderr


def test_version_is_the_kit_s(run):
    """`--version` tells the kit's version."""
    assert run(main, "--version").output == f"tempolor, version {tempolor_spec.__version__}\n"


@pytest.fixture
def installed(monkeypatch):
    """Pretend that these commands are installed, and return the list of what has been imported of them."""
    imported = []

    class Announced(EntryPoint):
        def load(self):
            imported.append(self.name)
            return {"good": click.Command(self.name, callback=lambda: click.echo("done"), help="Does it."), "bad": 7}[
                self.value
            ]

    def found(**wanted):
        assert wanted.pop("group") == "tempolor.commands"
        points = [Announced("first", "good", "g"), Announced("second", "good", "g"), Announced("third", "bad", "g")]
        return Found(point for point in points if wanted in ({}, {"name": point.name}))

    class Found(list):
        @property
        def names(self):
            return {point.name for point in self}

    monkeypatch.setattr(command, "entry_points", found)
    return imported


def test_only_the_command_that_runs_is_imported(run, installed):
    """Running one command leaves the others alone."""
    result = run(main, "second")

    assert (result.exit_code, result.output) == (0, "done\n")
    assert installed == ["second"]


def test_help_lists_the_installed_commands(run, installed):
    """`--help` names each command with its first line."""
    installed.clear()
    result = run(main, "first", "--help")

    assert result.exit_code == 0
    assert "Does it." in result.output
    assert main.list_commands(click.Context(main)) == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("name", "status", "complaint"),
    [("fourth", 2, "No such command 'fourth'"), ("third", 1, "bad is not a click command")],
)
def test_a_command_that_is_none_is_refused(run, installed, name, status, complaint):
    """A name nobody announced, or something else than a command, is an error of one line."""
    result = run(main, name)

    assert result.exit_code == status
    assert complaint in result.stderr


def test_the_command_is_installed():
    """The installed `tempolor spec` prints the document."""
    program = "import sys; from tempolor_spec.command import main; main(['spec', '--format', 'json'])"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert json.loads(answer.stdout) == load_document()
