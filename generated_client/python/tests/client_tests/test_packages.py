"""The kit and the client as distributions: two wheels from one tree, which share no file and live together."""

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
TREES = {"tempolor-kit": ROOT, "tempolor-client": ROOT / "generated_client" / "python"}

pytestmark = pytest.mark.slow


def run(*command):
    """Return what a program prints, and fail with it where the program does."""
    environment = {"PATH": os.environ["PATH"], "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result = subprocess.run(
        [str(each) for each in command], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Both wheels, each built from the source distribution of its tree, as an index would get them."""
    folder = tmp_path_factory.mktemp("wheels")
    for name, tree in TREES.items():
        sources = tmp_path_factory.mktemp("sources")
        program = f"import os, hatchling.build as b; os.chdir({str(tree)!r}); b.build_sdist({str(sources)!r})"
        run(sys.executable, "-c", program)
        (source,) = sources.iterdir()
        run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
        assert list(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    return folder


class Environment:
    """A fresh environment in which everything is installed but the kit and its client."""

    def __init__(self, folder, wheels):
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        self.bin = folder / "bin"
        self._wheels = wheels
        (site,) = folder.glob("lib/python*/site-packages")
        (ours,) = Path(sys.prefix).glob("lib/python*/site-packages")
        for each in ours.iterdir():
            if "tempolor" not in each.name:
                (site / each.name).symlink_to(each)

    def pip(self, *arguments):
        """Run pip on it, without any index."""
        return run(sys.executable, "-m", "pip", "--python", self.bin / "python", *arguments)

    def install(self, name):
        """Install from the wheels."""
        self.pip("install", "--no-index", "--find-links", self._wheels, name)

    def uninstall(self, name):
        """Remove it again."""
        self.pip("uninstall", "--yes", name)

    @property
    def works(self):
        """What of the two works, in a process far from the sources."""
        commands = {"kit": ["tempolor", "mock", "--help"], "client": ["tempolor-client", "song", "--help"]}
        return {name for name, command in commands.items() if (self.bin / command[0]).exists() and self.run(*command)}

    def run(self, command, *arguments):
        """Run one of its commands."""
        return run(self.bin / command, *arguments)


@pytest.fixture
def environment(tmp_path, wheels):
    """A fresh environment."""
    return Environment(tmp_path / "environment", wheels)


def test_no_file_is_in_both_wheels(wheels):
    """Whoever removes one must not take files of the other."""
    owned = []
    for wheel in wheels.iterdir():
        with zipfile.ZipFile(wheel) as archive:
            (record,) = [name for name in archive.namelist() if name.endswith("RECORD")]
            owned.append({row[0] for row in csv.reader(archive.read(record).decode().splitlines())})

    first, second = owned
    assert first & second == set()
    assert all(any(name.startswith(f"{package}/") for name in first | second) for package in PACKAGES)


PACKAGES = ("tempolor_spec", "tempolor_mock", "tempolor_contract", "tempolor_client")


def test_the_client_is_installed_alone(environment):
    """Without the kit."""
    environment.install("tempolor-client")

    assert environment.works == {"client"}
    assert environment.run("python", "-c", "from tempolor_client import TemPolor; TemPolor('user:1-x').close()") == ""


def test_the_kit_brings_the_client(environment):
    """And has its commands."""
    environment.install("tempolor-kit")

    assert environment.works == {"kit", "client"}
    assert "Order a song" in environment.run("tempolor", "song", "--help")
    assert "No broken requirements" in environment.pip("check")


@pytest.mark.parametrize("first", TREES)
@pytest.mark.parametrize("removed", TREES)
def test_both_in_any_order_and_one_removed_again(environment, first, removed):
    """What is left works as before."""
    (second,) = TREES.keys() - {first}
    environment.install(first)
    environment.install(second)
    assert environment.works == {"kit", "client"}

    environment.uninstall(removed)

    if removed == "tempolor-kit":
        assert environment.works == {"client"}
    else:
        assert environment.works == {"kit"}
        assert "song" not in environment.run("tempolor", "--help")
        environment.install("tempolor-client")
        assert environment.works == {"kit", "client"}
