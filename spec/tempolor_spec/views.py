"""Views of a document for tools that do not take it as it is: simpler for code generators, or OpenAPI 3.1."""

from collections.abc import Iterator
from typing import Any

_JSON = "application/json"


def for_generators(document: dict[str, Any]) -> dict[str, Any]:
    """Change a document in place to what every code generator makes a working client of, and return it.

    Bodies are JSON or one media type for files: a generator that knows one body for an operation sends the first
    media type, so a file of another type needs its own `Content-Type`. Lists of values in answers and callbacks are
    open, so that a value of a later revision is no error. Defaults are gone: clients would send them, and so override
    what the service chooses.
    """
    for name in _answered(document):
        for node in _objects(document["components"]["schemas"][name]):
            node.pop("enum", None)
    for node in _objects(document):
        if isinstance(node.get("requestBody"), dict):
            _keep_one(node["requestBody"])
        if "default" in node and "type" in node:
            del node["default"]
    return document


def as_openapi_31(document: dict[str, Any]) -> dict[str, Any]:
    """Change a document in place from OpenAPI 3.0 to 3.1, and return it: it says the same."""
    document["openapi"] = "3.1.1"
    for node in _objects(document):
        schema = node.get("schema")
        if isinstance(schema, dict) and schema.get("format") == "binary":
            node["schema"] = {}  # a body of another type than JSON is bytes, unless something else is said
    for schema in _schemas(document):
        if "example" in schema:
            schema["examples"] = [schema.pop("example")]
    return document


def _keep_one(body: dict[str, Any]) -> None:
    media_type = _JSON if _JSON in body["content"] else next(iter(body["content"]))
    body["content"] = {media_type: body["content"][media_type]}


def _answered(document: dict[str, Any]) -> set[str]:
    """Return the names of the schemas that an answer or a callback can hold."""
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    answers = [part for each in operations for part in (each["responses"], each.get("callbacks", {}))]
    found: set[str] = set()
    waiting = list(_named([answers, document["components"]["responses"]]))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named(document["components"]["schemas"][name])
    return found


def _named(node: Any) -> Iterator[str]:
    for each in _objects(node):
        reference = each.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/components/schemas/"):
            yield reference.rpartition("/")[2]


def _schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    roots = [*document["components"]["schemas"].values()]
    roots += [node["schema"] for node in _objects(document) if isinstance(node.get("schema"), dict)]
    for root in roots:
        yield from _subschemas(root)


def _subschemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and those within it. What a field is called is no keyword."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("allOf", []), *schema.get("anyOf", [])]
    inner += [schema[name] for name in ("items", "additionalProperties", "not") if isinstance(schema.get(name), dict)]
    for each in inner:
        yield from _subschemas(each)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object below a node, and the node. What an example holds is data and is left out."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("value", "example"):
                yield from _objects(value)
    elif isinstance(node, list):
        for item in node:
            yield from _objects(item)
