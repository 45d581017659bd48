"""The Arazzo workflows beside the document are in order, and the mock plays them to the end."""

import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

LINTERS = Path(__file__).parents[2] / "spec" / "linters"
WORKFLOWS = Path(str(files("tempolor_spec") / "workflows"))
NAMES = ["busy-account", "cloned-voice", "song", "stems"]
OLDEST_NODE = 20


@pytest.fixture(scope="module")
def redocly():
    """Run Redocly's command line in its folder and return its exit code and what it said."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; Redocly needs version 20 or later")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node is {version.strip()}; Redocly needs version 20 or later")
    command = LINTERS / "node_modules" / ".bin" / "redocly"
    if not command.exists():
        pytest.skip("Redocly is not installed; run `make setup`")

    def run(*arguments):
        # It would report its use and look for a newer version of itself.
        environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
        line = [command, *map(str, arguments)]
        result = subprocess.run(
            line, cwd=LINTERS, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return result.returncode, result.stdout + result.stderr

    return run


@pytest.fixture(scope="module")
def server(redocly):
    """Serve a mock on loopback whose jobs take long enough to be met at work, on a busy machine too."""
    from tempolor_mock.testing import MockServer  # noqa: PLC0415 - not before it is known to be needed

    with MockServer(frozen=False, job_seconds=4, download_lag_seconds=0, clone_seconds=0.1) as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    """A copy of the document's package: a workflow refers to the document and to files beside it."""
    shutil.copytree(WORKFLOWS.parent, tmp_path / "spec", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return tmp_path / "spec"


@pytest.fixture
def respect(redocly, server, folder):
    """Play a workflow with a token of its own."""

    def run(name):
        inputs = json.dumps({"token": f"user:12345-{name}", "requestParams": {"user_id": "204816357"}})
        # What takes minutes on the service takes seconds on the mock, so the workflow need not wait as long.
        text = (WORKFLOWS / f"{name}.arazzo.yaml").read_text(encoding="utf-8")
        hurried = folder / "workflows" / f"{name}.arazzo.yaml"
        hurried.write_text(re.sub(r"retryAfter: \d+", "retryAfter: 1", text), encoding="utf-8")
        return redocly("respect", hurried, "-i", inputs, "-S", f"tempolor={server.url}/v1/tempolor")

    return run


def test_workflows_wait_as_long_as_the_service_needs():
    """At least 30 seconds after a 429, and no job is read more often than every 10 seconds."""
    waits = {
        action["criteria"][0]["condition"]: action["retryAfter"]
        for file in WORKFLOWS.glob("*.yaml")
        for workflow in yaml.safe_load(file.read_bytes())["workflows"]
        for step in workflow["steps"]
        for action in step.get("onFailure", [])
        if step["operationId"] != "download_music"
    }

    assert waits == {"$statusCode == 429": 30, "$statusCode == 200": 10, "$statusCode == 404": 10}


def test_every_workflow_is_played():
    """No workflow ships that the tests below leave out."""
    assert sorted(file.name.removesuffix(".arazzo.yaml") for file in WORKFLOWS.glob("*.yaml")) == NAMES


def test_workflows_lint_without_a_word(redocly):
    """Redocly's strict set finds nothing in the workflows."""
    status, said = redocly("lint", *sorted(WORKFLOWS.glob("*.yaml")))

    assert status == 0, said
    assert "warning" not in said.lower().replace("deprecation warning", "")


@pytest.mark.parametrize("name", NAMES)
def test_workflow_runs_to_its_end(respect, server, name):
    """The mock answers each step as the workflow wants it and as the document has it."""
    world = server.world(f"user:12345-{name}")

    status, said = respect(name)

    assert status == 0, said
    assert world.requests


def test_broken_service_fails_a_workflow(respect, server):
    """A service that leaves the document is noticed, so silence means something."""
    server.world("user:12345-stems").fail_next(503, times=None, operation="split_stems")

    status, said = respect("stems")

    assert status == 1, said
