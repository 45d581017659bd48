"""The comparison with other packages in the README, tried anew with the versions it names."""

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

CLIENT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def test_the_comparison_with_other_packages_is_what_they_do(tmp_path):
    """Each row of the first table, cell by cell."""
    readme = (CLIENT / "README.md").read_text("utf-8")
    header, *rows = re.search(r"^\| tried \|.*?(?=^$)", readme, re.MULTILINE | re.DOTALL)[0].splitlines()
    (own, *others) = (cell.strip().replace(" ", "==") for cell in header.strip("|").split("|")[1:])
    venv.create(tmp_path / "environment", with_pip=False)
    python = tmp_path / "environment" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python, "install"]

    subprocess.run([*pip, CLIENT, *others], check=True)
    done = subprocess.run([python, CLIENT / "tools" / "peers.py"], check=True, capture_output=True, text=True)

    assert own.startswith("tempolor-client==")
    assert done.stdout.splitlines() == [header, *rows]
