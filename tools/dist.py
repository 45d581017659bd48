"""Everything a release uploads, built into dist/, checked, and tried from an empty folder.

`dist/python` gets a wheel and an sdist of each Python distribution, `dist/npm` the npm package. Nothing is uploaded:
what to upload, and how, is printed at the end.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from environments import DISTRIBUTIONS, PIP, ROOT, install

DIST = ROOT / "dist"
PYTHON, NPM = DIST / "python", DIST / "npm"
TYPESCRIPT = ROOT / "generated_client" / "typescript"
TRIALS = {
    "tempolor-kit": ("tempolor", "--version"),
    "tempolor-client": ("python", "-c", "import tempolor_client; print(tempolor_client.__version__)"),
}
"""What shows that an installed distribution is whole."""

_NPM_TRIAL = "const kit = await import('tempolor-client'); if (!kit.TemPolor) process.exit(1)"


def main() -> int:
    """Build, check, try, and print what to upload; the first thing that fails ends it."""
    shutil.rmtree(DIST, ignore_errors=True)
    build_python()
    build_npm()
    with tempfile.TemporaryDirectory(prefix="tempolor-dist-") as folder:
        try_python(Path(folder))
        try_npm(Path(folder))
    print("\nBuilt, checked, and run from an empty folder:")
    for file in sorted(DIST.rglob("*.*")):
        print(f"{file.stat().st_size / 1024:8.0f} kB  {file.relative_to(ROOT)}")
    print("\nTo upload, push the tag of this version (.github/workflows/release.yml), or by hand:")
    print("  uv publish dist/python/*\n  npm publish --access public dist/npm/*.tgz")
    return 0


def build_python() -> None:
    """Build a wheel, from the sdist, and the sdist itself of each distribution; check what an index would show."""
    for folder in DISTRIBUTIONS.values():
        _run(sys.executable, "-m", "build", "--outdir", PYTHON, folder)
    _run(sys.executable, "-m", "twine", "check", "--strict", *PYTHON.iterdir())


def build_npm() -> None:
    """Build and pack the npm package, and ask npm whether it would publish it."""
    NPM.mkdir(parents=True)
    # Said here, since this folder's settings keep npm from running scripts of its own accord.
    _run("npm", "run", "--silent", "build", folder=TYPESCRIPT)
    _run("npm", "pack", "--silent", "--pack-destination", NPM, folder=TYPESCRIPT)
    _run("npm", "publish", "--dry-run", "--access", "public", *NPM.glob("*.tgz"), folder=NPM)


def try_python(folder: Path) -> None:
    """Install the wheel and the sdist of each distribution into empty environments, and run it from an empty folder."""
    for name, (program, *arguments) in TRIALS.items():
        programs = install(folder / name, PYTHON, name)
        _run(programs / program, *arguments, folder=folder)
        (sdist,) = PYTHON.glob(f"{name.replace('-', '_')}-*.tar.gz")
        _run(*PIP, "--python", programs / "python", "install", "--no-deps", "--force-reinstall", sdist)
        _run(programs / program, *arguments, folder=folder)


def try_npm(folder: Path) -> None:
    """Install the npm package into an empty folder, and import it there."""
    empty = folder / "npm"
    empty.mkdir()
    (package,) = NPM.glob("*.tgz")
    _run("npm", "install", "--silent", "--no-audit", "--no-fund", package, folder=empty)
    _run("node", "--input-type=module", "--eval", _NPM_TRIAL, folder=empty)


def _run(program: str | Path, *arguments: str | Path, folder: Path = ROOT) -> None:
    found = shutil.which(program)
    if found is None:
        sys.exit(f"{program} is needed for a release, and is not on PATH")
    subprocess.run([found, *arguments], check=True, cwd=folder)


if __name__ == "__main__":
    sys.exit(main())
