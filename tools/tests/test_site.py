"""The documentation site: what is read off the product is whole, and what would be wrong with the site is found."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tempolor_contract import CATALOGUE
from tempolor_spec import load_document, operations

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "site"
sys.path.insert(0, str(SITE))
from checks import faults_of  # noqa: E402 - programs, no package
from openapi_pages import Pages, text_of  # noqa: E402 - the same
from plots import PICTURES, plots  # noqa: E402 - the same
from reference_pages import commands, rules  # noqa: E402 - the same
from staging import Staging  # noqa: E402 - the same

READINGS = re.compile(r'<span class="reading">.*?</span>|```.*?```|^\?\?\? example .*?$', re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def api():
    """Return the pages of the API: its operations, its schemas."""
    pages = Pages(load_document(), "schemas.md")
    return pages.operations(), pages.schemas()


def test_the_pages_of_the_api_show_the_whole_document(api):
    """Every operation and every schema has a heading that can be linked to."""
    document = load_document()
    shown, schemas = api

    assert [each for each in operations(document) if f"### {each.operation_id} {{ #" not in shown] == []
    assert [name for name in document["components"]["schemas"] if f"## {name} {{ #{name} }}" not in schemas] == []


def test_a_reading_is_shown_as_one(api):
    """No reading stands in the text like a fact."""
    assert text_of("A fact. Inferred: a reading,\non two lines.\n\nA fact again.") == (
        'A fact. <span class="reading">Inferred: a reading,\non two lines.</span>\n\nA fact again.'
    )
    assert [page for page in api if "Inferred: " in READINGS.sub("", page)] == []


def test_every_rule_and_every_command_has_its_place():
    """With the rule's sentence, and the command's help."""
    listed, helped = rules(), commands()

    assert [rule.id for rule in CATALOGUE if f'<code id="{rule.id}">' not in listed] == []
    assert {"## tempolor", "## tempolor mock", "## tempolor contract"} <= set(helped.splitlines())


def test_the_plots_show_the_last_figures():
    """`make bench` and `make score` draw them anew."""
    assert {name: (PICTURES / name).read_text("utf-8") for name in plots()} == plots()


def test_links_of_laid_out_pages_lead_to_pages(tmp_path):
    """A folder's to its page, a program's to one with its code."""
    Staging(tmp_path).fill()

    assert "[`mock_server/`](docs/mock.md)" in (tmp_path / "README.md").read_text("utf-8")
    assert "[`song.py`](song.py.md)" in (tmp_path / "examples" / "README.md").read_text("utf-8")
    assert "TemPolor(on_busy=" in (tmp_path / "examples" / "song.py.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "fetches https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "fetches //fonts.example/x.css"),
        ('<a href="gone.html">x</a>', "links to gone.html, which is not there"),
        ('<img src="gone.png">', "links to gone.png, which is not there"),
        ('<a href="index.html#gone">x</a>', "links to index.html#gone, whose anchor is not there"),
        ("made in /builder/home", "names /builder/home"),
    ],
)
def test_what_is_wrong_with_a_site_is_found(tmp_path, body, fault):
    """Each fault alone, and nothing in a page without one."""
    page = tmp_path / "index.html"
    page.write_text('<p id="here"><a href="#here">x</a> <a href="https://elsewhere.example">y</a>', "utf-8")
    assert faults_of(tmp_path, machine=["/builder/home"]) == []

    page.write_text(body, "utf-8")

    assert faults_of(tmp_path, machine=["/builder/home"]) == [f"index.html: {fault}"]


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None or not (SITE / "node_modules" / "typedoc").exists(),
    reason="needs what `make site` installs",
)
def test_the_site_is_built_without_fault(tmp_path):
    """Build and look over say so; the pages that are made at each build hold what they are made from."""
    site = tmp_path / "site"
    command = [sys.executable, SITE / "build.py", "--output", site, "--workplace", tmp_path / "work"]
    built = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)

    assert built.returncode == 0, built.stdout + built.stderr
    for page, text in (
        ("index.html", "docs/pictures/mock.png"),
        ("reference/api.html", 'class="reading"'),
        ("reference/python-client.html", 'id="tempolor_client.TemPolor"'),
        ("reference/typescript/index.html", "AccountBusyError"),
    ):
        assert text in (site / page).read_text("utf-8")
