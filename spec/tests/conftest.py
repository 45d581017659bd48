"""What the document's tests share: the document, its parts, the register of printed facts."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tempolor_spec import REVISIONS, Operation, load_document, operations

SPEC = Path(__file__).parent.parent

# The tools are scripts, not a package, and find each other as scripts do.
sys.path.insert(0, str(SPEC / "tools"))

OLDEST_NODE = 20

Walk = Callable[[Any], Iterator[tuple[str, Any]]]


@pytest.fixture(scope="session")
def package() -> Path:
    """The package's folder."""
    return SPEC / "tempolor_spec"


@pytest.fixture(scope="session")
def linters() -> Path:
    """The linters' folder."""
    return SPEC / "linters"


@pytest.fixture(scope="session")
def source(package) -> str:
    """The document as it was written."""
    return (package / "openapi.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The document of the pages. Tests read it and leave it as it is."""
    return load_document()


@pytest.fixture(scope="session", params=REVISIONS)
def any_document(request) -> dict[str, Any]:
    """The document of each revision in turn. Tests read it and leave it as it is."""
    return load_document(request.param)


@pytest.fixture(scope="session")
def by_id(document) -> dict[str, Operation]:
    """The operations by their ids."""
    return {operation.operation_id: operation for operation in operations(document)}


@pytest.fixture(scope="session")
def resolve(document) -> Callable[[Any], Any]:
    """Follow a reference, if a node is one."""

    def follow(node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    return follow


@pytest.fixture(scope="session")
def walk() -> Walk:
    """Yield every node below one, with its path. What an example holds is data, not document, and is left out."""

    def nodes(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
        yield path, node
        if isinstance(node, dict):
            for key, value in node.items():
                if key not in ("value", "example"):
                    yield from nodes(value, f"{path}/{key}")
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield from nodes(value, f"{path}/{index}")

    return nodes


@pytest.fixture(scope="session")
def example_files(package) -> dict[str, Any]:
    """The value of the Example Object in each file, by the file's name without the ending."""
    return {file.stem: json.loads(file.read_bytes())["value"] for file in (package / "examples").glob("*.json")}


@pytest.fixture(scope="session")
def printed(tmp_path_factory) -> list[Path]:
    """Each revision as `tempolor spec` prints it, in files of its own."""
    folder = tmp_path_factory.mktemp("printed")
    files = []
    for revision in REVISIONS:
        file = folder / f"{revision}.json"
        file.write_text(json.dumps(load_document(revision), indent=2), encoding="utf-8")
        files.append(file)
    return files


@pytest.fixture(scope="session")
def node_tool(linters):
    """Run a linter or another Node tool in the linters' folder and return its exit code and what it said."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the tools need version 20 or later")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node is {version.strip()}; the tools need version 20 or later")
    if not (linters / "node_modules" / ".bin").is_dir():
        pytest.skip("the tools are not installed; run `make setup`")
    # Two of them would report their use or look for a newer version of themselves.
    silent = {
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "BUMP_SKIP_NEW_VERSION_CHECK": "true",
    }

    def run(name, *arguments):
        command = [linters / "node_modules" / ".bin" / name, *arguments]
        result = subprocess.run(
            command, cwd=linters, env={**os.environ, **silent}, capture_output=True, text=True, check=False
        )
        return result.returncode, result.stdout + result.stderr

    return run
