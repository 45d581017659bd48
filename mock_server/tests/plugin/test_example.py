"""The example of an app with its tests: it passes, and the documentation shows it as it is."""

import re
import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "pytest_suite"
PAGE = ROOT / "docs" / "testing-with-pytest.md"
FILES = sorted(path.name for path in EXAMPLE.glob("*.py"))


def test_the_example_passes(pytester):
    """In an empty folder, with warnings as errors."""
    for name in FILES:
        shutil.copy(EXAMPLE / name, pytester.path)

    others = ("-p", "no:anyio", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    result = pytester.runpytest_subprocess("-W", "error", "--strict-markers", "-p", "no:cacheprovider", *others)

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes().keys() == {"passed"}


@pytest.mark.parametrize("name", FILES)
def test_the_page_shows_the_files_as_they_are(name):
    """Character for character, in a block that begins after the file's name."""
    page = PAGE.read_text("utf-8")

    shown = re.search(
        rf"^`examples/pytest_suite/{re.escape(name)}`:\n\n```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL
    )

    assert shown, f"{PAGE.name} does not show {name}"
    assert shown[1] == (EXAMPLE / name).read_text("utf-8")
