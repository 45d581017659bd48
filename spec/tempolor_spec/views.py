"""Views of a document for tools that do not take it as it is: simpler for code generators, or OpenAPI 3.1."""

from collections.abc import Iterator
from typing import Any

from .walking import answer_schemas, objects

_JSON = "application/json"


def for_generators(document: dict[str, Any]) -> dict[str, Any]:
    """Change a document in place to what every code generator makes a working client of, and return it.

    Bodies are JSON or one media type for files: a generator that knows one body for an operation sends the first
    media type, so a file of another type needs its own `Content-Type`. Lists of values in answers and callbacks are
    open, so that a value of a later revision is no error. Defaults are gone: clients would send them, and so override
    what the service chooses.
    """
    for name in answer_schemas(document):
        for node in objects(document["components"]["schemas"][name]):
            node.pop("enum", None)
    for node in objects(document):
        if isinstance(node.get("requestBody"), dict):
            _keep_one(node["requestBody"])
        if "default" in node and "type" in node:
            del node["default"]
    return document


def as_openapi_31(document: dict[str, Any]) -> dict[str, Any]:
    """Change a document in place from OpenAPI 3.0 to 3.1, and return it: it says the same."""
    document["openapi"] = "3.1.1"
    for node in objects(document):
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


def _schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    roots = [*document["components"]["schemas"].values()]
    roots += [node["schema"] for node in objects(document) if isinstance(node.get("schema"), dict)]
    for root in roots:
        yield from _subschemas(root)


def _subschemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and those within it. What a field is called is no keyword."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("allOf", []), *schema.get("anyOf", [])]
    inner += [schema[name] for name in ("items", "additionalProperties", "not") if isinstance(schema.get(name), dict)]
    for each in inner:
        yield from _subschemas(each)
