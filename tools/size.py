"""What a plain install weighs: the wheel with all it needs, in an environment that is made for it.

Counted are the blocks of site-packages, as `du -sm` does, without what a fresh environment holds anyway (pip,
setuptools). Files are installed as they are in their wheels; the byte code that pip writes beside them comes on top and
is told apart, since who installs decides about it (`pip --no-compile`, uv and image builds leave it out).
"""

import argparse
import compileall
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT_MB = 110
BLOCK_BYTES = 512
MEGABYTE = 1 << 20
_HEAVIEST = 12


def main() -> int:
    """Measure, print the heaviest packages and the sum; 1 where it is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", default="", help="extras to install as well, such as m4a,contract")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tempolor-size-") as folder:
        packages = installed(Path(folder), options.extras)
        weights = {each.name: weight(each) for each in packages.iterdir()}
        compileall.compile_dir(packages, quiet=2, workers=0)
        with_byte_code = sum(weight(each) for each in packages.iterdir())
    for name, size in sorted(weights.items(), key=lambda each: -each[1])[:_HEAVIEST]:
        print(f"{size / MEGABYTE:8.1f} MB  {name}")
    total = sum(weights.values()) / MEGABYTE
    print(f"{total:8.1f} MB  in all, limit {LIMIT_MB}; {with_byte_code / MEGABYTE:.1f} MB with byte code")
    return int(not options.extras and total > LIMIT_MB)


def installed(folder: Path, extras: str = "") -> Path:
    """Build the wheel, install it with the tested versions into an empty environment, and return its site-packages."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder / "wheels", ROOT], check=True)
    (wheel,) = (folder / "wheels").glob("*.whl")
    builder = venv.EnvBuilder(with_pip=False)
    builder.create(folder / "env")
    python = builder.ensure_directories(folder / "env").env_exe
    wanted = f"{wheel}[{extras}]" if extras else str(wheel)
    constraint = ["--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, "--python", python, "install", "--no-compile", *constraint, wanted], check=True)
    code = "import sysconfig; print(sysconfig.get_path('platlib'))"
    return Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())


def weight(path: Path) -> int:
    """Return the bytes a file or folder takes on disk."""
    return sum(each.lstat().st_blocks * BLOCK_BYTES for each in _all(path))


def _all(path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir():
        yield from path.rglob("*")


if __name__ == "__main__":
    sys.exit(main())
