"""Two linters find nothing to complain about, neither in the document nor in any revision of it."""

import pytest


@pytest.fixture
def broken(tmp_path):
    """A document that no linter should let pass."""
    file = tmp_path / "broken.json"
    file.write_text('{"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {"/x/": {"get": {}}}}')
    return file


def test_redocly_finds_nothing(node_tool, printed):
    """Redocly's strict set passes with not even a warning, on the source and on the printed documents."""
    status, said = node_tool("redocly", "lint", "source", *printed)

    assert status == 0, said
    assert "warning" not in said.lower().replace("deprecation warning", "")


def test_spectral_finds_nothing(node_tool, printed):
    """Spectral's OpenAPI set passes with not even a hint, on the source and on the printed documents."""
    status, said = node_tool("spectral", "lint", "--fail-severity=hint", "../tempolor_spec/openapi.yaml", *printed)

    assert status == 0, said


@pytest.mark.parametrize("name", ["redocly", "spectral"])
def test_linters_would_notice(node_tool, broken, name):
    """Each linter refuses a bad document, so its silence means something."""
    status, _ = node_tool(name, "lint", broken)

    assert status == 1


def test_lock_file_names_no_download_address(linters):
    """The lock file pins versions and hashes and leaves open where they come from."""
    lock = (linters / "package-lock.json").read_text(encoding="utf-8")

    assert '"integrity"' in lock
    assert "resolved" not in lock
