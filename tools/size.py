"""What a plain install weighs: the wheel with all it needs, in an environment that is made for it.

Counted are the blocks of site-packages, as `du -sm` does, in an environment without pip. Files are as they are in their
wheels; the byte code that pip writes beside them comes on top and is told apart, since who installs decides about it
(`pip --no-compile`, uv and image builds leave it out).
"""

import argparse
import compileall
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from environments import build_wheels, install, packages_of

LIMIT_MB = 110
_BLOCK_BYTES = 512
_MEGABYTE = 1 << 20
_HEAVIEST = 12


@dataclass(frozen=True)
class Weight:
    """Megabytes of an environment: by package or file of site-packages, and in all with byte code."""

    parts: dict[str, float]
    with_byte_code: float

    @property
    def total(self) -> float:
        """Return how much there is without byte code."""
        return sum(self.parts.values())


def main() -> int:
    """Measure, print the heaviest packages and the sum; 1 where it is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requirement", nargs="?", default="tempolor-kit", help="such as tempolor-kit[m4a,contract]")
    requirement = parser.parse_args().requirement
    with tempfile.TemporaryDirectory(prefix="tempolor-size-") as name:
        folder = Path(name)
        found = weigh(packages_of(install(folder / "env", build_wheels(folder / "wheels"), requirement)))
    for part, size in sorted(found.parts.items(), key=lambda each: -each[1])[:_HEAVIEST]:
        print(f"{size:8.1f} MB  {part}")
    print(f"{found.total:8.1f} MB  {requirement} in all; {found.with_byte_code:.1f} MB with byte code")
    if requirement == "tempolor-kit" and found.total > LIMIT_MB:
        print(f"The limit is {LIMIT_MB} MB.")
        return 1
    return 0


def weigh(packages: Path) -> Weight:
    """Return what a site-packages folder weighs; compiles what is in it."""
    parts = {each.name: _megabytes(each) for each in packages.iterdir()}
    compileall.compile_dir(packages, quiet=2)
    return Weight(parts, _megabytes(packages))


def _megabytes(path: Path) -> float:
    every = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(each.lstat().st_blocks * _BLOCK_BYTES for each in every) / _MEGABYTE


if __name__ == "__main__":
    sys.exit(main())
