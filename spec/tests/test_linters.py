"""Two linters find nothing to complain about, neither in the document nor in any revision of it."""

import os
import shutil
import subprocess

import pytest

OLDEST_NODE = 20


@pytest.fixture(scope="module")
def lint(linters):
    """Run a linter in its folder and return its exit code and what it said."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the linters need version 20 or later")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node is {version.strip()}; the linters need version 20 or later")
    if not (linters / "node_modules").is_dir():
        pytest.skip("the linters are not installed; run `make setup`")

    def run(name, *arguments):
        # Redocly's command line would report its use and look for a newer version of itself.
        environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
        command = [linters / "node_modules" / ".bin" / name, *arguments]
        result = subprocess.run(command, cwd=linters, env=environment, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout + result.stderr

    return run


@pytest.fixture
def broken(tmp_path):
    """A document that no linter should let pass."""
    file = tmp_path / "broken.json"
    file.write_text('{"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {"/x/": {"get": {}}}}')
    return file


def test_redocly_finds_nothing(lint, printed):
    """Redocly's strict set passes with not even a warning, on the source and on the printed documents."""
    status, said = lint("redocly", "lint", "source", *printed)

    assert status == 0, said
    assert "warning" not in said.lower().replace("deprecation warning", "")


def test_spectral_finds_nothing(lint, printed):
    """Spectral's OpenAPI set passes with not even a hint, on the source and on the printed documents."""
    status, said = lint("spectral", "lint", "--fail-severity=hint", "../tempolor_spec/openapi.yaml", *printed)

    assert status == 0, said


@pytest.mark.parametrize("name", ["redocly", "spectral"])
def test_linters_would_notice(lint, broken, name):
    """Each linter refuses a bad document, so its silence means something."""
    status, _ = lint(name, "lint", broken)

    assert status == 1


def test_lock_file_names_no_download_address(linters):
    """The lock file pins versions and hashes and leaves open where they come from."""
    lock = (linters / "package-lock.json").read_text(encoding="utf-8")

    assert '"integrity"' in lock
    assert "resolved" not in lock
