"""Says whether a changed document is still one to work with: OpenAPI 3.0, its references leading somewhere.

The schema of OpenAPI 3.0 is the copy that Connexion brings, read from its folder: importing Connexion takes long.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs

_OPENAPI_SCHEMA = Path("resources", "schemas", "v3.0", "schema.json")
_VERSION = re.compile(r"3\.0\.\d+")
_LONGEST = 200
_NAME_DEPTH = 3
"""How deep a name such as `components/schemas/Account` stands."""


class UnsoundError(ValueError):
    """A document that is no OpenAPI 3.0, or cannot be used as such; the message says where and why."""


def check_document(document: Any) -> None:
    """Raise UnsoundError for the first thing that is wrong with a document."""
    if not isinstance(document, dict) or _VERSION.fullmatch(str(document.get("openapi"))) is None:
        raise UnsoundError("openapi: is not 3.0.x")
    for error in _openapi().iter_errors(document):
        raise UnsoundError(_told(_deepest(error)))
    found = list(_references(document, ()))
    for place, reference in found:
        if not _leads_somewhere(reference, document):
            raise UnsoundError(f"{'/'.join(place)}: nothing is at {reference}")
    _check_circles(found)
    _check_ids(document)


@cache
def _openapi() -> jsonschema_rs.Draft4Validator:
    found = find_spec("connexion")
    assert found is not None  # noqa: S101 - it is among the kit's dependencies
    assert found.submodule_search_locations  # noqa: S101 - it is a package
    return jsonschema_rs.Draft4Validator(
        json.loads((Path(found.submodule_search_locations[0]) / _OPENAPI_SCHEMA).read_bytes())
    )


def _deepest(error: Any) -> Any:
    """Return what is wrong inside of the alternative that a value comes closest to."""
    inner = [each for branch in getattr(error.kind, "context", ()) for each in branch]
    return _deepest(max(inner, key=lambda each: len(each.instance_path))) if inner else error


def _told(error: Any) -> str:
    return f"{'/'.join(map(str, error.instance_path)) or 'the document'}: {error.message[:_LONGEST]}"


def _references(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield where references stand and what they say; what an example holds is data."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield place, node["$ref"]
        for key, value in node.items():
            if key not in ("value", "example"):
                yield from _references(value, (*place, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _references(value, (*place, str(index)))


def _leads_somewhere(reference: str, document: dict[str, Any]) -> bool:
    node: Any = document
    if not reference.startswith("#/"):
        return False
    for part in reference.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            return False
        node = node[name]
    return True


def _check_circles(references: list[tuple[tuple[str, ...], str]]) -> None:
    """Refuse what refers to itself: whoever puts its target in the place of a reference would never end."""
    named: dict[str, set[str]] = {}
    for place, reference in references:
        named.setdefault("/".join(["#", *place[:_NAME_DEPTH]]), set()).add(reference)
    for name, direct in named.items():
        seen: set[str] = set()
        waiting = [*direct]
        while waiting:
            each = "/".join(waiting.pop().split("/")[: _NAME_DEPTH + 1])
            if each == name:
                raise UnsoundError(f"{name} refers to itself")
            if each not in seen:
                seen.add(each)
                waiting += named.get(each, ())


def _check_ids(document: dict[str, Any]) -> None:
    from .document import operations  # noqa: PLC0415 - which asks this module only where there are overlays

    seen: dict[str, str] = {}
    for operation in operations(document):
        here = f"{operation.method.upper()} {operation.path}"
        if operation.operation_id in seen:
            raise UnsoundError(
                f"{here}: its operationId {operation.operation_id} is that of {seen[operation.operation_id]}"
            )
        seen[operation.operation_id] = here
