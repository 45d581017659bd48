"""Code generators take the document as it is."""

import re
import shutil
import subprocess

import pytest

LANGUAGES = ("python", "typescript-fetch", "java", "go", "csharp")

# What the generator says of any document like this one, and why it is nothing to mend.
EXPECTED = (
    "Failed to get the schema name: null",  # said of named examples that are no references
    "Ignoring complex example on request body",  # its Java templates show only simple ones
    "type (reserved word) cannot be used as parameter name",  # the service's parameter is called that
    "type (reserved word) cannot be used as model name",  # the same
)


@pytest.fixture(scope="module")
def generated(tmp_path_factory, printed):
    """Clients in all the languages, made in one run of the generator, and what it said."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("java is not installed; the generator needs version 11 or later")
    jar = pytest.importorskip("openapi_generator_cli").__path__[0] + "/openapi-generator.jar"
    folder = tmp_path_factory.mktemp("clients")
    configurations = []
    for language in LANGUAGES:
        file = folder / f"{language}.yaml"
        file.write_text(f"generatorName: {language}\ninputSpec: {printed[0]}\noutputDir: {folder / language}\n")
        configurations.append(file)
    command = [java, "-jar", jar, "batch", "--fail-fast", "--threads", "1", *configurations]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return folder, result.returncode, result.stdout + result.stderr


def test_every_language_is_generated(generated):
    """The generator succeeds, and each client has a method for each tag's operations."""
    folder, status, said = generated

    assert status == 0, said[-2000:]
    for language in LANGUAGES:
        code = "".join(
            file.read_text(encoding="utf-8")
            for file in (folder / language).rglob("*.*")
            if file.is_file() and "ccounts" in file.name
        )
        assert re.search(r"create_?account", code, re.IGNORECASE), language


def test_nothing_in_the_document_is_complained_about(generated):
    """No warning but those the generator gives to any such document."""
    _, _, said = generated
    warnings = [line for line in said.splitlines() if re.search(r"\bWARN|\bERROR", line)]

    assert [line for line in warnings if not any(text in line for text in EXPECTED)] == []
