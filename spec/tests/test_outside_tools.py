"""Overlays and references mean to other people's tools what they mean to `load_document`."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from oas_patch.oas_patcher_cli import cli as oas_patch_command
from tempolor_spec import REVISIONS, load_document

# What each tool is told to apply an overlay to a document and to write the result.
OVERLAY_TOOLS = {
    "openapi-format": ["{document}", "--overlayFile", "{overlay}", "--no-sort", "--output", "{result}"],
    "bump": ["overlay", "{document}", "{overlay}", "--out", "{result}"],
    "overlayjs": ["--openapi", "{document}", "--overlay", "{overlay}"],
}

TOMORROW = """
overlay: 1.0.0
info: {title: Tomorrow, version: 1.0.0}
extends: openapi.yaml
actions:
  - target: $.components.schemas.SongModel
    update: {enum: [v5], default: v5}
  - target: $.components.schemas.MusicItem.properties
    update: {lufs: {type: number, example: -14.2}}
  - target: $.components.schemas.Prompt
    update: {maxLength: 4000}
  - target: $.components.schemas.JobStatus.example
    remove: true
  - target: $.paths['/music/song'].post.responses
    update:
      '451':
        description: Not here.
        content: {application/json: {schema: {$ref: '#/components/schemas/ErrorResponse'}}}
  - target: $.paths
    update:
      /music/{job_id}/lyrics:
        get:
          operationId: get_lyrics
          responses: {'200': {description: The words.}}
"""


@pytest.fixture
def overlaid(node_tool, package, tmp_path):
    """Apply an overlay, a file or a revision's, to a document by an outside tool; return the file with the result."""

    def apply(tool, revision, document, result):
        own = revision if isinstance(revision, Path) else package / "overlays" / f"{revision}.yaml"
        files = {"document": document, "overlay": own, "result": result}
        status, said = node_tool(tool, *(argument.format(**files) for argument in OVERLAY_TOOLS[tool]))
        assert status == 0, said
        if tool == "overlayjs":  # it prints
            result.write_text(said, encoding="utf-8")
        return result

    return apply


@pytest.fixture
def source_copy(package, tmp_path):
    """A copy of the document and its example files, for tools that write beside what they read."""
    shutil.copytree(package / "examples", tmp_path / "examples")
    return shutil.copy(package / "openapi.yaml", tmp_path / "openapi.yaml")


@pytest.fixture
def bundled(node_tool, tmp_path):
    """Bundle a document by Redocly, and return it with the examples where the references to them were."""

    def bundle(document):
        status, said = node_tool("redocly", "bundle", document, "--output", tmp_path / "bundle.json")
        assert status == 0, said
        result = json.loads((tmp_path / "bundle.json").read_bytes())
        return _in_place(result, result["components"].pop("examples"))

    return bundle


def _in_place(node, examples):
    """Put back what Redocly gathers in one place."""
    if isinstance(node, list):
        return [_in_place(item, examples) for item in node]
    if not isinstance(node, dict):
        return node
    gathered = node.get("$ref", "").removeprefix("#/components/examples/")
    return examples.get(gathered) or {key: _in_place(value, examples) for key, value in node.items()}


@pytest.mark.parametrize("revision", REVISIONS[1:])
@pytest.mark.parametrize("tool", OVERLAY_TOOLS)
def test_an_overlay_means_the_same_to_another_tool(overlaid, printed, tmp_path, tool, revision):
    """What the tool makes of the printed document is what `tempolor spec --revision` prints."""
    result = overlaid(tool, revision, printed[0], tmp_path / "result.json")

    assert yaml.safe_load(result.read_bytes()) == load_document(revision)


@pytest.mark.parametrize("tool", OVERLAY_TOOLS)
def test_an_overlay_of_tomorrows_service_means_the_same_to_another_tool(overlaid, printed, tmp_path, tool):
    """What `--overlay` makes of the document is what the tool makes of it."""
    overlay = tmp_path / "tomorrow.yaml"
    overlay.write_text(TOMORROW, encoding="utf-8")

    result = overlaid(tool, overlay, printed[0], tmp_path / "result.json")

    assert yaml.safe_load(result.read_bytes()) == load_document(REVISIONS[0], [overlay])


@pytest.fixture
def oas_patch(tmp_path):
    """Run oas-patch, which is written in Python, and return the file it has written."""

    def run(command, first, second):
        target = tmp_path / f"{command}.yaml"
        result = CliRunner().invoke(oas_patch_command, [command, str(first), str(second), "--output", str(target)])
        assert result.exit_code == 0, result.output
        return target

    return run


def test_an_overlay_means_the_same_to_a_tool_in_python(oas_patch, printed, tmp_path):
    """It knows version 1.1, too."""
    overlay = tmp_path / "tomorrow.yaml"
    overlay.write_text(TOMORROW.replace("overlay: 1.0.0", "overlay: 1.1.0"), encoding="utf-8")

    result = oas_patch("overlay", printed[0], overlay)

    assert yaml.safe_load(result.read_bytes()) == load_document(REVISIONS[0], [overlay])


def test_an_overlay_that_another_tool_has_made_works_here(oas_patch, printed, tmp_path):
    """Out of two documents it makes the overlay that leads from one to the other."""
    overlay, changed = tmp_path / "tomorrow.yaml", tmp_path / "changed.json"
    overlay.write_text(TOMORROW, encoding="utf-8")
    changed.write_text(json.dumps(load_document(REVISIONS[0], [overlay])), encoding="utf-8")

    made = oas_patch("diff", printed[0], changed)

    assert load_document(REVISIONS[0], [made]) == json.loads(changed.read_bytes())


def test_a_bundler_puts_the_examples_in_place(bundled, source_copy):
    """Redocly's bundle of the source is what `tempolor spec` prints: it follows every reference out of the file."""
    assert bundled(source_copy) == load_document()


def test_an_overlay_fits_the_source_too(overlaid, bundled, source_copy, tmp_path):
    """Applied to the file with its references, then bundled, it comes to the same."""
    result = overlaid("bump", REVISIONS[-1], source_copy, tmp_path / "overlaid.json")

    assert bundled(result) == load_document(REVISIONS[-1])
