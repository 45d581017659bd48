"""The examples of apps with their tests: they pass, and the documentation shows them as they are."""

import re
import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]
SUITE = ROOT / "examples" / "pytest_suite"
CALLBACKS = ROOT / "examples" / "pytest_callbacks"
PAGE = ROOT / "docs" / "testing-with-pytest.md"
FILES = sorted(path for folder in (SUITE, CALLBACKS) for path in folder.glob("*.py"))


@pytest.mark.parametrize(
    ("folder", "files", "options"),
    [
        (SUITE, "*.py", ()),
        (CALLBACKS, "test_[df]*.py", ()),
        (CALLBACKS, "test_no_sockets.py", ("--disable-socket",)),
    ],
    ids=["suite", "callbacks", "no-sockets"],
)
def test_the_examples_pass(pytester, folder, files, options):
    """In an empty folder, with warnings as errors."""
    for path in folder.glob(files):
        shutil.copy(path, pytester.path)

    others = ("-p", "no:anyio", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    result = pytester.runpytest_subprocess(
        "-W", "error", "--strict-markers", "-p", "no:cacheprovider", *others, *options
    )

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes().keys() == {"passed"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_page_shows_the_files_as_they_are(path):
    """Character for character, in a block that begins after the file's name."""
    page = PAGE.read_text("utf-8")
    name = re.escape(path.relative_to(ROOT).as_posix())

    shown = re.search(rf"^`{name}`:\n\n```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    assert shown, f"{PAGE.name} does not show {name}"
    assert shown[1] == path.read_text("utf-8")
