"""Empty environments, and in them what users install: our wheels, with the versions that were tested."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
DISTRIBUTIONS = {"tempolor-kit": ROOT, "tempolor-client": ROOT / "generated_client" / "python"}
"""Each Python distribution and the folder it is built from."""

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def build_wheels(folder: Path) -> Path:
    """Build the wheel of each distribution into a folder, and return the folder."""
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", folder, *DISTRIBUTIONS.values()], check=True)
    return folder


def install(folder: Path, wheels: Path, requirement: str) -> Path:
    """Make an environment, install one of our distributions in it, such as `tempolor-kit[m4a]`; return its programs.

    Neither pip nor byte code is in it: what lies there came out of wheels.
    """
    builder = venv.EnvBuilder(with_pip=False)
    builder.create(folder)
    programs = Path(builder.ensure_directories(folder).bin_path)
    name, bracket, extras = requirement.partition("[")
    (wheel,) = wheels.glob(f"{name.replace('-', '_')}-*.whl")
    options = ["--no-compile", "--find-links", wheels, "--constraint", ROOT / "constraints.txt"]
    subprocess.run(
        [*PIP, "--python", programs / "python", "install", *options, f"{wheel}{bracket}{extras}"], check=True
    )
    return programs


def packages_of(programs: Path) -> Path:
    """Return the site-packages of an environment, given the folder of its programs."""
    code = "import sysconfig; print(sysconfig.get_path('platlib'))"
    found = subprocess.run([programs / "python", "-c", code], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())
