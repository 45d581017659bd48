"""Generates `tempolor_client/_generated` and `tempolor_client/_sync`, or with --check says what is stale in them.

`_generated` comes from the document: a relaxed view of it goes through openapi-python-client with the templates beside
this file. The defaults and the advice in it come from defaults.yaml, which both clients share. `_sync` comes from
`_async`, by taking the waiting out of it. Both folders belong to this script.
"""

# ruff: noqa: INP001 - a script, not a package

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Run as a script, its folder is the first place to import from.
from defaults import defaults_module
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from relaxed_view import relaxed_view
from tempolor_spec import OverlayError
from unasync import unasync_folder

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "tempolor_client"
FOLDERS = ("_generated", "_sync")


class GenerationError(Exception):
    """The generator complained, or a file is stale."""


def main() -> int:
    """Generate, or check; 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a generated file is stale")
    parser.add_argument("--overlay", action="append", type=Path, default=[], help="an OpenAPI overlay; needs --output")
    parser.add_argument("--output", type=Path, help="write the whole package tempolor_client into this folder instead")
    given = parser.parse_args()
    if given.overlay and not given.output:
        parser.error("--overlay needs --output: the package itself is made of the document as it is")
    if given.check and given.output:
        parser.error("--check looks at the package itself; leave --output out")
    try:
        if given.output:
            write_package(given.output, given.overlay)
        else:
            renew(check=given.check)
    except (GenerationError, OverlayError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def write_package(folder: Path, overlays: list[Path]) -> None:
    """Write a copy of the package into a folder, its generated part made of the document with overlays.

    Raises:
        GenerationError: There is such a package already; else as for `make`.

    """
    target = folder / PACKAGE.name
    if target.exists():
        raise GenerationError(f"{target} is there already: delete it, or name another folder")
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary)
        make(fresh, overlays)
        shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__", *FOLDERS))
        install(fresh, target)
    sys.stdout.write(f"{target}\n")


def renew(*, check: bool) -> None:
    """Generate the package's own folders; with `check` change nothing.

    Raises:
        GenerationError: With `check`, a file is stale; else as for `make`.

    """
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary)
        make(fresh)
        stale = list(differences(fresh, PACKAGE))
        if check and stale:
            raise GenerationError("stale, run tools/generate.py:\n  " + "\n  ".join(stale))
        if not check:
            install(fresh, PACKAGE)
            sys.stdout.write(f"{len(stale)} files changed\n")


def make(target: Path, overlays: Iterable[Path] = ()) -> None:
    """Generate both folders into `target`.

    Raises:
        GenerationError: The generator left something out, or a formatter failed.
        OverlayError: An overlay does not fit the document.

    """
    view = relaxed_view(overlays)
    generate_from(view, target / "_generated")
    (target / "_generated" / "record.json").write_text(json.dumps(record(view), indent=2) + "\n", encoding="utf-8")
    (target / "_generated" / "defaults.py").write_text(defaults_module(), encoding="utf-8")
    unasync_folder(PACKAGE / "_async", target / "_sync")
    format_folder(target)


def generate_from(document: dict[str, Any], target: Path) -> None:
    """Generate the package of a document.

    Raises:
        GenerationError: The generator gave a warning or an error: it leaves out what it does not understand.

    """
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "document.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        settings = ConfigFile(literal_enums=True, generate_all_tags=False, post_hooks=[])
        config = Config.from_sources(settings, MetaType.NONE, source, "utf-8", overwrite=False, output_path=target)
        problems = _quietly(lambda: generate(config=config, custom_template_path=HERE / "templates"))
    if problems:
        raise GenerationError("\n".join(f"{problem.header}: {problem.detail}" for problem in problems))
    # The generator's names for these two are fixed: its client is our table of operations, its errors are not ours.
    (target / "client.py").rename(target / "operations.py")
    (target / "errors.py").unlink()


def record(view: dict[str, Any]) -> dict[str, str]:
    """Return what the generated code is made from: versions of tools, hashes of the rest."""
    templates = b"".join(file.name.encode() + file.read_bytes() for file in sorted((HERE / "templates").iterdir()))
    return {
        "document": hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest(),
        "templates": hashlib.sha256(templates).hexdigest(),
        **{tool: version(tool) for tool in ("openapi-python-client", "ruff")},
    }


def _quietly(action: Any) -> Any:
    # The generator announces its temporary folder on standard output.
    from contextlib import redirect_stdout  # noqa: PLC0415
    from io import StringIO  # noqa: PLC0415

    with redirect_stdout(StringIO()):
        return action()


def format_folder(folder: Path) -> None:
    """Drop unused imports, sort the others, and format, all with settings of our own.

    Raises:
        GenerationError: Ruff failed: what was generated is not Python.

    """
    common = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311"]
    for command in (["check", "--fix", "--unsafe-fixes", "--select=F401,I,UP", "--output-format=concise"], ["format"]):
        verb, *rest = command
        result = subprocess.run(  # noqa: S603 - ours
            [sys.executable, "-m", "ruff", verb, *common, *rest, str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise GenerationError(result.stdout + result.stderr)


def differences(fresh: Path, installed: Path) -> Iterator[str]:
    """Yield a line for each file that is missing, left over, or has other bytes."""
    new = dict(_files(fresh))
    old = {name: file for folder in FOLDERS for name, file in _files(installed) if name.startswith(f"{folder}/")}
    for name in sorted({*new, *old}):
        if name not in old:
            yield f"missing: {name}"
        elif name not in new:
            yield f"left over: {name}"
        elif new[name].read_bytes() != old[name].read_bytes():
            yield f"differs: {name}"


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for file in root.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file.relative_to(root).as_posix(), file


def install(fresh: Path, package: Path) -> None:
    """Replace the generated folders of a package."""
    for folder in FOLDERS:
        shutil.rmtree(package / folder, ignore_errors=True)
        shutil.copytree(fresh / folder, package / folder)


if __name__ == "__main__":
    sys.exit(main())
