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
from tempolor_spec import REVISIONS, command, load_document, views
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
    assert yaml.safe_load(run(spec_command).stdout)["info"]["x-revision"] == "2025-05"


def test_prints_what_other_tools_take(run):
    """The view for generators and the later version of OpenAPI can be had together."""
    result = run(spec_command, "--for-generators", "--openapi", "3.1", "--format", "json")

    assert json.loads(result.stdout) == views.as_openapi_31(views.for_generators(load_document()))


def test_options_come_from_the_environment(run, tmp_path):
    """Each option has a variable."""
    file = tmp_path / "document.json"

    result = run(
        spec_command, TEMPOLOR_SPEC_REVISION="2026-03", TEMPOLOR_SPEC_FORMAT="json", TEMPOLOR_SPEC_OUTPUT=str(file)
    )

    assert (result.exit_code, result.output) == (0, "")
    assert json.loads(file.read_bytes()) == load_document("2026-03")


def test_a_file_that_cannot_be_written_is_one_line(run, tmp_path):
    """The line names the file and the reason."""
    file = tmp_path / "missing" / "document.yaml"

    result = run(spec_command, "--output", str(file))

    assert (result.exit_code, result.stderr) == (2, f"Error: cannot write {file}: No such file or directory\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--revision", "2024-01"], "'2024-01' is not one of '2025-05', '2026-03', '2026-08'"),
        (["--format", "toml"], "'toml' is not one of 'yaml', 'json'"),
        (["--openapi", "2.0"], "'2.0' is not one of '3.0', '3.1'"),
        (["extra"], "unexpected extra argument"),
    ],
)
def test_bad_input_is_refused(run, arguments, complaint):
    """What cannot be done ends with 2 and one line that says why."""
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
def install(monkeypatch):
    """Pretend that these objects are the installed commands; return the names of those imported so far."""
    imported = []

    class Announced(EntryPoint):
        def load(self):
            imported.append(self.name)
            return self.value

    class Points(list):
        @property
        def names(self):
            return {point.name for point in self}

    def pretend(**commands):
        def entry_points(*, group, name=None):
            assert group == "tempolor.commands"
            return Points(Announced(key, value, group) for key, value in commands.items() if name in (None, key))

        monkeypatch.setattr(command, "entry_points", entry_points)
        return imported

    return pretend


@pytest.fixture
def greeting():
    """A command that works."""
    return click.Command("greeting", callback=lambda: click.echo("hello"), help="Says hello.")


def test_only_the_command_that_runs_is_imported(run, install, greeting):
    """Running one command leaves the others alone."""
    imported = install(first=greeting, second=greeting)

    result = run(main, "second")

    assert (result.exit_code, result.output) == (0, "hello\n")
    assert imported == ["second"]


def test_help_lists_the_installed_commands(run, install, greeting):
    """`--help` names each command, in order, with what it is for."""
    install(second=greeting, first=greeting)

    result = run(main, "--help")

    assert result.exit_code == 0
    assert [line.split() for line in result.output.splitlines()[-2:]] == [
        ["first", "Says", "hello."],
        ["second", "Says", "hello."],
    ]


def test_an_unknown_command_is_refused(run, install):
    """A name that nobody announced is an error that repeats it."""
    install()

    result = run(main, "greeting")

    assert result.exit_code == 2
    assert "No such command 'greeting'" in result.stderr


def test_an_announced_object_that_is_no_command_is_refused(run, install):
    """Something else than a command is one line, not a traceback."""
    install(greeting="hello")

    result = run(main, "greeting")

    assert (result.exit_code, result.stderr) == (1, "Error: hello is not a click command\n")


def test_the_command_is_installed():
    """The installed `tempolor spec` prints the document."""
    program = "import sys; from tempolor_spec.command import main; main(['spec', '--format', 'json'])"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert json.loads(answer.stdout) == load_document()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["somewhere", "--level", "read"]], ids=["bare", "help", "used"])
def test_a_command_whose_packages_are_missing_says_what_to_install(run, monkeypatch, arguments):
    """The other commands still work, and the list of commands shows this one with its remedy."""
    lacking = EntryPoint("lacking", "no_such_package.cli:command [contract]", command.ENTRY_POINT_GROUP)
    monkeypatch.setattr(command, "entry_points", lambda **_: [lacking])
    monkeypatch.setattr(main, "list_commands", lambda _ctx: ["lacking"])

    result, listed = run(main, "lacking", *arguments), run(main, "--help")

    assert result.exit_code == 2
    assert "needs no_such_package, which is not installed: pip install 'tempolor-kit[contract]'" in result.output
    assert "lacking  Not installed" in listed.stdout


def test_an_announced_object_of_another_version_is_told_in_a_line(run, monkeypatch):
    """What an older installation announced may be gone from the module; the other commands still work."""
    moved = EntryPoint("moved", "json:command", command.ENTRY_POINT_GROUP)
    monkeypatch.setattr(command, "entry_points", lambda **_: [moved])
    monkeypatch.setattr(main, "list_commands", lambda _ctx: ["moved"])

    result, listed = run(main, "moved"), run(main, "--help")

    assert (result.exit_code, listed.exit_code) == (2, 0)
    assert "needs command, which is not installed: install tempolor-kit again" in result.output


@pytest.mark.parametrize(
    ("arguments", "too_much"),
    [
        (["--version"], {"httpx2", "yaml"}),
        (["song", "--help"], {"httpx2", "yaml"}),
        (["spec", "--help"], {"httpx2"}),
        (["mock", "--help"], {"connexion", "httpx2", "uvicorn"}),
    ],
    ids=["version", "song", "spec", "mock"],
)
def test_a_command_loads_what_it_needs(arguments, too_much):
    """Nobody waits for the mock's libraries to read a help text; numpy and the codecs are no command's."""
    code = f"""
import atexit, sys
atexit.register(lambda: print(sorted({too_much | {"numpy", "soundfile"}} & set(sys.modules)), file=sys.stderr))
from tempolor_spec.command import main
main({arguments})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "[]"


def test_an_overlay_is_part_of_what_is_printed(run, tmp_path):
    """By the option or by the environment."""
    file = tmp_path / "o.yaml"
    actions = [{"target": "$.components.schemas.SongModel", "update": {"enum": ["v5"]}}]
    file.write_text(json.dumps({"overlay": "1.0.0", "info": {}, "actions": actions}))

    by_option = run(spec_command, "--overlay", str(file), "--format", "json")
    by_environment = run(spec_command, "--format", "json", TEMPOLOR_SPEC_OVERLAY=str(file))

    assert json.loads(by_option.stdout) == json.loads(by_environment.stdout) == load_document(REVISIONS[0], [file])


def test_an_overlay_that_cannot_be_used_ends_with_2(run, tmp_path):
    """And one line says why."""
    result = run(spec_command, "--overlay", str(tmp_path / "none.yaml"))

    assert result.exit_code == 2
    assert result.stderr == f"Error: overlay {tmp_path / 'none.yaml'}: cannot be read: No such file or directory\n"
