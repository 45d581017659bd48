"""Loads the document: openapi.yaml, its example files and, for later revisions, its overlays."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from tempolor_spec.overlay import OverlayError, apply_overlay, read_overlay

if TYPE_CHECKING:
    from tempolor_spec.agreement import Agreement

REVISIONS: Final = ("2025-05", "2026-03", "2026-08")
"""The service's revisions, oldest first. The first is openapi.yaml itself; each other one is an overlay on it."""

_FOLDER = Path(__file__).parent
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# libyaml's loader is ten times faster, but not every PyYAML is built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Operation(NamedTuple):
    """One operation of a document: its id, its method in lower case, its path template, its definition.

    An operation that an overlay adds without an id gets one of its method and path: `get_music_job_id_lyrics`.
    Parameters that stand at its path are in its definition.
    """

    operation_id: str
    method: str
    path: str
    definition: dict[str, Any]


def load_document(revision: str = REVISIONS[0], overlays: Iterable[str | PathLike[str]] = ()) -> dict[str, Any]:
    """Return the document of a revision, its examples in place, no reference leading out of it.

    `overlays` are files with OpenAPI overlays, applied one after the other. Each call returns a copy of its own, free
    to be changed.

    Raises:
        OverlayError: An overlay cannot be read, does not fit, or leaves no OpenAPI 3.0 document behind; a ValueError.
        ValueError: `revision` is not one of `REVISIONS`.

    """
    if revision not in REVISIONS:
        raise ValueError(f"unknown revision {revision!r}; the revisions are {', '.join(REVISIONS)}")
    document: dict[str, Any] = json.loads(_as_json(revision))
    files = [Path(each) for each in overlays]
    if files:
        _overlay(document, files, revision)
    return document


@cache
def _as_json(revision: str) -> str:
    """Return the document of a revision in the form that is read fastest: a test suite puts many mocks together."""
    document = _with_examples(_read_yaml(_FOLDER / "openapi.yaml"))
    if revision != REVISIONS[0]:
        apply_overlay(document, _read_yaml(_FOLDER / "overlays" / f"{revision}.yaml"))
    return json.dumps(document)


def _overlay(document: dict[str, Any], files: list[Path], revision: str) -> None:
    from tempolor_spec.agreement import Agreement  # noqa: PLC0415 - most documents have no overlays

    agreement = Agreement()
    for file in files:
        _apply(document, file, revision, agreement)


def _apply(document: dict[str, Any], file: Path, revision: str, agreement: "Agreement") -> None:
    from tempolor_spec.soundness import UnsoundError, check_document  # noqa: PLC0415 - most documents have no overlays

    overlay = read_overlay(file)
    try:
        agreement.check(document, str(file), overlay)
        apply_overlay(document, overlay)
        check_document(document)
        for each in operations(document):
            document["paths"][each.path][each.method].setdefault("operationId", each.operation_id)
    except OverlayError as error:
        raise OverlayError(f"overlay {file} does not fit revision {revision}: {error}") from None
    except UnsoundError as error:
        raise OverlayError(f"overlay {file} leaves no document to work with: {error}") from None


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield a document's operations in its own order; callbacks are not among them."""
    for path, item in document["paths"].items():
        for method, definition in item.items():
            if method in _METHODS:
                operation_id = definition.get("operationId") or _made_up_id(method, path)
                yield Operation(operation_id, method, path, _with_parameters(definition, item.get("parameters")))


def _made_up_id(method: str, path: str) -> str:
    return "_".join([method, *re.findall(r"[A-Za-z0-9]+", path)])


def _with_parameters(definition: dict[str, Any], shared: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return an operation with the parameters of its path, those of its own first."""
    return {**definition, "parameters": [*definition.get("parameters", ()), *shared]} if shared else definition


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
