"""What the document's tests share: the document, its parts, the register of printed facts."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tempolor_spec import REVISIONS, Operation, load_document, operations

SPEC = Path(__file__).parent.parent

# The tools are scripts, not a package, and find each other as scripts do.
sys.path.insert(0, str(SPEC / "tools"))

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
    """The content of each example file, by its name without the ending."""
    return {file.stem: json.loads(file.read_bytes()) for file in (package / "examples").glob("*.json")}


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
