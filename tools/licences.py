"""The licences of everything in an environment: run by its Python, without anything installed.

Packages say theirs in their metadata, in several ways; a package that says none, or in words not known here, ends this
with 1. Libraries that wheels carry along without saying so are listed by hand, below.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions

_SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What metadata says in other words. Of the packages here, those that say "BSD License" alone have three clauses."""

_CARRIED = {
    "av": {"FFmpeg with x264 and x265": "GPL-3.0-or-later"},
    "lameenc": {"LAME": "LGPL-2.0-or-later"},
    "numpy": {
        "OpenBLAS": "BSD-3-Clause",
        "libgfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
        "libquadmath": "LGPL-2.1-or-later",
    },
    "openapi-ui-bundles": {"Swagger UI": "Apache-2.0", "Redoc": "MIT", "RapiDoc": "MIT"},
    "simplejpeg": {"libjpeg-turbo": "IJG AND BSD-3-Clause AND Zlib"},
    "soundfile": {
        "libsndfile": "LGPL-2.1-or-later",
        "mpg123": "LGPL-2.1-only",
        "LAME": "LGPL-2.0-or-later",
        "FLAC, Ogg, Vorbis, Opus": "BSD-3-Clause",
    },
    "soxr": {"libsoxr": "LGPL-2.1-or-later"},
}
"""Libraries inside wheels, by package, with what their makers publish them under."""


_IDENTIFIER = r"\(?([\w.+]+-[\w.+-]+|0BSD|ISC|MIT|Zlib)\)?"
_EXPRESSION = re.compile(f"{_IDENTIFIER}( (AND|OR|WITH) {_IDENTIFIER})*")


@dataclass(frozen=True)
class Licensed:
    """A package or library, and its licence as an SPDX expression; empty where it is not known."""

    name: str
    licence: str
    within: str = ""


def main() -> int:
    """Print the list, or one expression for all of it; 1 where a licence is not known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expression", action="store_true", help="print one SPDX expression that covers everything")
    options = parser.parse_args()
    everything = list(licensed())
    unknown = [each.name for each in everything if not each.licence]
    if unknown:
        print(f"not known under which licence: {', '.join(unknown)}", file=sys.stderr)
        return 1
    if options.expression:
        print(expression(everything))
        return 0
    for each in everything:
        print(f"{each.name}{f' in {each.within}' if each.within else ''}: {each.licence}")
    return 0


def licensed() -> Iterator[Licensed]:
    """Yield every installed package and what it carries, by name."""
    for package in sorted(distributions(), key=lambda each: each.name.lower()):
        yield Licensed(f"{package.name} {package.version}", _licence(package))
        for library, licence in _CARRIED.get(package.name.lower(), {}).items():
            yield Licensed(library, licence, within=package.name)


def expression(everything: list[Licensed]) -> str:
    """Return one SPDX expression: every licence that something is under, joined by AND."""
    parts = {part for each in everything for part in _conjuncts(each.licence)}
    return " AND ".join(sorted(parts, key=str.lower))


def _conjuncts(licence: str) -> list[str]:
    """Split at those ANDs that stand outside parentheses; a choice stays one part, in parentheses."""
    parts = re.split(r" AND (?![^(]*\))", licence)
    return [f"({part})" if " OR " in part and not part.startswith("(") else part for part in parts]


def _licence(package: Distribution) -> str:
    metadata = package.metadata
    classifiers = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    for said in (metadata["License-Expression"], metadata["License"], *classifiers):
        licence = _SPDX.get(said or "", said or "")
        if _EXPRESSION.fullmatch(licence):
            return licence
    return ""


if __name__ == "__main__":
    sys.exit(main())
