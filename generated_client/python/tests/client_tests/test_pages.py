"""The pages for each audience: every block is run, on a mock whose jobs are done as soon as they are ordered."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tempolor_mock.testing import MockServer

from .test_mock import NOTE, VOICE

DOCS = Path(__file__).parents[4] / "docs"
TOKEN = "user:12345-demo"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the pages name, and the environment they set; the mock's address is its own."""
    (tmp_path / "recording.wav").write_bytes(VOICE)
    (tmp_path / "theme.mid").write_bytes(NOTE)
    (tmp_path / "words.txt").write_text("Heave away")
    monkeypatch.chdir(tmp_path)
    with MockServer(job_seconds=0, download_lag_seconds=0, clone_seconds=0) as server:
        monkeypatch.setenv("USEAPI_TOKEN", TOKEN)
        monkeypatch.setenv("TEMPOLOR_BASE_URL", server.url)
        yield tmp_path


def blocks(page, language):
    """Return the blocks of a page, each with the line it begins at; those that are only shown are marked so."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    made = [(text[: each.start()].count("\n") + 2, each[1]) for each in found]
    assert made, f"{page} has no block in {language}"
    return made


@pytest.mark.slow  # A program for each line; the examples of `--help` are tried in each run.
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_page_for_the_shell(folder):
    """One script of all its blocks, which ends at the first command that fails."""
    script = "set -euo pipefail\n" + "\n".join(code for _, code in blocks("shell.md", "sh"))
    script = re.sub(r"^export (TEMPOLOR_BASE_URL|USEAPI_TOKEN)=.*", "", script, flags=re.MULTILINE)

    result = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert {"song.mp3", "piano.wav", "again.wav", "stems.zip", "instrumentals.json"} <= {
        path.name for path in folder.iterdir()
    }


@pytest.mark.parametrize("page", ["python.md", "tests.md"])
def test_a_page_for_python(folder, page):
    """Each block goes on where the one before ended."""
    namespace = {"__name__": "page"}

    for line, code in blocks(page, "python"):
        try:
            exec(compile("\n" * (line - 1) + code, page, "exec"), namespace)
        except Exception as error:
            error.add_note(f"in the block at line {line} of {page}")
            raise


def test_the_tests_on_the_page_about_tests_pass(folder):
    """They are functions, so running the block alone would show nothing."""
    namespace = {"__name__": "page"}
    for _, code in blocks("tests.md", "python"):
        exec(code, namespace)

    tests = [value for name, value in namespace.items() if name.startswith("test_") and value.__code__.co_argcount == 0]
    for test in tests:
        test()
    assert tests


@pytest.mark.skipif(
    shutil.which("node") is None or not (DOCS.parent / "generated_client/typescript/dist/index.js").exists(),
    reason="Node or the built TypeScript client is not there; run `make setup`",
)
def test_the_page_for_typescript(folder):
    """Its blocks in one program, without the types."""
    code = "\n".join(code for _, code in blocks("typescript.md", "js"))
    package = DOCS.parent / "generated_client" / "typescript"
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "tempolor-client").symlink_to(package)
    (folder / "page.mjs").write_text(code)

    result = subprocess.run(["node", "page.mjs"], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    assert (folder / "song.mp3").stat().st_size
