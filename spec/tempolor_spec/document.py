"""Loads the document: openapi.yaml, its example files and, for later revisions, its overlays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from tempolor_spec.overlay import apply_overlay

REVISIONS: Final = ("2025-05", "2026-03", "2026-08")
"""The service's revisions, oldest first. The first is openapi.yaml itself; each other one is an overlay on it."""

_FOLDER = Path(__file__).parent
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# libyaml's loader is ten times faster, but not every PyYAML is built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Operation(NamedTuple):
    """One operation of a document: its id, its method in lower case, its path template, its definition."""

    operation_id: str
    method: str
    path: str
    definition: dict[str, Any]


def load_document(revision: str = REVISIONS[0]) -> dict[str, Any]:
    """Return the document of a revision, its examples in place, no reference leading out of it.

    Each call returns a copy of its own, free to be changed.

    Raises:
        ValueError: `revision` is not one of `REVISIONS`.

    """
    if revision not in REVISIONS:
        raise ValueError(f"unknown revision {revision!r}; the revisions are {', '.join(REVISIONS)}")
    document: dict[str, Any] = _with_examples(_read_yaml(_FOLDER / "openapi.yaml"))
    if revision != REVISIONS[0]:
        apply_overlay(document, _read_yaml(_FOLDER / "overlays" / f"{revision}.yaml"))
    return document


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield a document's operations in its own order; callbacks are not among them."""
    for path, item in document["paths"].items():
        for method, definition in item.items():
            if method in _METHODS:
                yield Operation(definition["operationId"], method, path, definition)


def _read_yaml(file: Path) -> Any:
    return yaml.load(file.read_bytes(), Loader=_Loader)  # noqa: S506 - both loaders are safe ones


def _with_examples(node: Any) -> Any:
    """Put the Example Object of each file in the place of the reference to it."""
    if isinstance(node, list):
        return [_with_examples(item) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("examples/"):
        return json.loads((_FOLDER / reference).read_bytes())
    return {key: _with_examples(value) for key, value in node.items()}
