"""The GitHub Action passes its inputs on as they are, and fails by the command's exit code."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")
HOSTILE = '$(touch oops) "; touch oops; `touch oops`'

pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed; the action's script is for it")


@pytest.fixture(scope="module")
def action():
    """Read the action."""
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@pytest.fixture
def judge(action, tmp_path):
    """Run the action's script beside a command that prints its arguments; return exit code, arguments and outputs."""
    step = next(each for each in action["runs"]["steps"] if each.get("id") == "judge")
    command = tmp_path / "tempolor-kit" / "bin" / "tempolor"
    command.parent.mkdir(parents=True)
    output = tmp_path / "output"

    def run(code=0, **inputs):
        command.write_text(f"#!{BASH}\nprintf '%s\\0' \"$@\"\nexit {code}\n")
        command.chmod(0o755)
        values = {name: str(spec["default"]) for name, spec in action["inputs"].items()}
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        variables = {
            name: values[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
            for name, expression in step["env"].items()
        }
        environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output)}
        ran = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=tmp_path,
            env=environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        told = output.read_text() if output.exists() else ""
        return ran.returncode, ran.stdout.split("\0")[:-1], told

    return run


def test_every_input_is_described_and_has_a_default(action):
    """Nobody has to read the script to use the action."""
    for spec in action["inputs"].values():
        assert spec["description"]
        assert isinstance(spec["default"], str)


def test_inputs_never_become_part_of_a_script(action):
    """Expressions stand in variables, not in scripts, so that no input is run by the shell."""
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_contract_gets_its_options(judge):
    """A run of a service has level, seed, budget and reports."""
    code, arguments, told = judge(
        url="http://127.0.0.1:4010", level="safe", max_creations="4", arguments="--no-stateful\n"
    )

    expected = (
        "--report-dir contract-report --no-stateful --max-creations 4 --level safe --seed 0 -- http://127.0.0.1:4010"
    )
    assert (code, " ".join(arguments), told) == (0, f"contract {expected}", "exit-code=0\n")


def test_check_gets_its_files(judge):
    """Recordings are given one a line, names with blanks among them."""
    _, arguments, _ = judge(command="check", files="a b.har\nc.ndjson\n", deviations="d.toml")

    assert arguments == [
        "check",
        "--report-dir",
        "contract-report",
        "--deviations",
        "d.toml",
        "--",
        "a b.har",
        "c.ndjson",
    ]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_action_ends_as_the_command_does(judge, code):
    """Violations and a run that verified nothing fail the job, and are told apart by the output."""
    assert judge(code, url="http://x")[::2] == (code, f"exit-code={code}\n")


def test_unknown_command_is_an_error(judge):
    """Only the two commands that judge are run."""
    assert judge(command="mock")[:2][0] == 2


def test_hostile_inputs_are_arguments(judge, tmp_path):
    """What looks like a command is passed on as text."""
    _, arguments, _ = judge(url=HOSTILE, deviations=HOSTILE, revision=HOSTILE, arguments=HOSTILE)

    assert arguments.count(HOSTILE) == 4
    assert not (tmp_path / "oops").exists()
