"""Other people's generators make clients of the document that compile, and that work on the mock.

`docs/generated-clients.md` has what came of every one; `make generators` tries them all and writes it.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "spec" / "generators"))

import check  # noqa: E402 - a script, not a package

# One that takes seconds. `make slow` tries the others, too, as far as their toolchains are there.
QUICK = ("openapi-generator typescript-fetch",)
SLOW = [name for name in check.GENERATORS if name not in QUICK]


@pytest.fixture(scope="module")
def page():
    """The page's rows, by generator."""
    text = (ROOT / "docs" / "generated-clients.md").read_text(encoding="utf-8")
    return {row.split(" | ")[0].strip("| "): row for row in re.findall(r"^\| .+ \|$", text, re.MULTILINE)[2:]}


def tried(names, folder):
    """Try those generators whose toolchain is here; none is a skip that says what to install."""
    lacking = {name: check.missing(check.GENERATORS[name]) for name in names}
    here = [name for name in names if not lacking[name]]
    if not here:
        pytest.skip(f"needs {lacking}; `make generators` installs what it can")
    return check.check(here, folder)


def test_the_page_has_every_generator(page):
    """None is left out, and only these do not come to the end."""
    cells = {name: row.split(" | ")[1:5] for name, row in page.items()}

    assert list(cells) == list(check.GENERATORS)
    assert {name for name, steps in cells.items() if steps != ["yes"] * 4} == {"orval"}
    assert cells["orval"] == ["yes", "yes", "yes", "no"]


@pytest.mark.parametrize(
    "names", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)], ids=["a quick one", "the slow ones"]
)
def test_clients_come_as_far_as_the_page_says(names, page, tmp_path):
    """The row of each generator that was tried is the row on the page."""
    outcomes = tried(names, tmp_path)

    for name, outcome in outcomes.items():
        assert check.row(name, outcome) == page[name], outcome.said


def test_openapi_generator_has_no_complaint(printed):
    """Its validation finds neither an error nor a warning, in any revision."""
    if check.missing(check.GENERATORS["openapi-generator php"])[-1:] == ["openapi-generator"]:
        pytest.skip("java is not installed; openapi-generator needs version 11 or later")
    command = ["java", "-jar", check._jar(), "validate", "--recommend", "-i", str(printed[-1])]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "No validation issues detected" in result.stdout, result.stdout


@pytest.mark.slow
def test_a_broken_document_is_noticed(tmp_path, monkeypatch):
    """A client whose document lacks what it imports does not compile, so a yes means something."""
    broken = check.load_document()
    music = broken["components"]["schemas"]["MusicItem"]["properties"]
    music["status_final"] = {"type": "string", "description": "No boolean."}
    del music["status_name"]
    monkeypatch.setattr(check, "load_document", lambda: broken)

    [outcome] = tried(["openapi-generator typescript-fetch"], tmp_path).values()

    assert (outcome.generates, outcome.compiles, outcome.song) == (True, False, False)
    assert "statusName" in outcome.said
