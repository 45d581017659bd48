"""Going through a document: every object of it, and the schemas that answers lead to."""

from collections.abc import Iterator
from typing import Any

from .document import operations

_SCHEMAS = "#/components/schemas/"


def objects(*roots: Any) -> Iterator[dict[str, Any]]:
    """Yield every object at and below some nodes, but no example's data, and no list of fields: a name is no keyword.

    A key may be taken out of an object when it comes: what was below it does not come then.
    """
    for root in roots:
        if isinstance(root, dict):
            yield root
            yield from objects(*_below(root))
        elif isinstance(root, list):
            yield from objects(*root)


def _below(node: dict[str, Any]) -> Iterator[Any]:
    for key, value in node.items():
        if key == "properties" and isinstance(value, dict):
            yield from value.values()
        elif key not in {"value", "example"}:
            yield value


def answer_schemas(document: dict[str, Any]) -> set[str]:
    """Return the names of the schemas that an answer or a callback can hold."""
    described = [operation.definition for operation in operations(document)]
    answers = [part for each in described for part in (each["responses"], each.get("callbacks", {}))]
    found: set[str] = set()
    waiting = list(_references([answers, document["components"]["responses"]]))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(document["components"]["schemas"][name])
    return found


def _references(node: Any) -> Iterator[str]:
    for each in objects(node):
        reference = each.get("$ref")
        if isinstance(reference, str) and reference.startswith(_SCHEMAS):
            yield reference.removeprefix(_SCHEMAS)
