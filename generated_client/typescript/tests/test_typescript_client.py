"""The TypeScript client passes its own checks: formatting, types, fresh generated code, tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OLDEST_NODE = 20
CLIENT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def npm():
    """Return the path of npm, with a Node that is new enough and packages that are installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip(f"node and npm are not installed; the TypeScript client needs version {OLDEST_NODE} or later")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node is {version.strip()}; the TypeScript client needs version {OLDEST_NODE} or later")
    if not (CLIENT / "node_modules" / "typescript").is_dir():
        pytest.skip("the TypeScript client's packages are not installed; run `make setup`")
    return npm


@pytest.mark.parametrize(
    "script", ["check:generated", "test", pytest.param("lint", marks=pytest.mark.slow), "typecheck"]
)
def test_checks_pass(npm, script):
    """Each part of `npm run check` finds nothing to complain about."""
    beside = Path(sys.executable).with_name("tempolor")
    command = {"TEMPOLOR_COMMAND": str(beside)} if beside.exists() else {}

    result = subprocess.run(
        [npm, "run", "--silent", script],
        cwd=CLIENT,
        env={**os.environ, **command, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, (result.stdout + result.stderr)[-8000:]
