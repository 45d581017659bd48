"""Values that a schema allows, for what nothing else says anything of."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_TEXTS = {
    "date": "2025-05-20",
    "date-time": "2025-05-20T09:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uri-reference": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_TEXT = "text"


def sample(schema: Schema) -> Any:
    """Return the example of a schema without references, or else a value of its list, its default or its type."""
    for name in ("example", "default"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("oneOf", "anyOf"):
        if schema.get(name):
            return sample(schema[name][0])
    parts = [schema, *schema.get("allOf", ())]
    kind = next((part["type"] for part in parts if "type" in part), None)
    if kind == "object" or any("properties" in part for part in parts):
        return {name: sample(each) for part in parts for name, each in part.get("properties", {}).items()}
    return _of_type(kind, schema)


def _of_type(kind: str | None, schema: Schema) -> Any:
    match kind:
        case "array":
            return [sample(schema["items"])] * max(1, schema.get("minItems", 1)) if "items" in schema else []
        case "integer":
            return int(_number(schema))
        case "number":
            return _number(schema)
        case "boolean":
            return False
        case "string":
            text = _TEXTS.get(schema.get("format", ""), _TEXT)
            return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
    return None if schema.get("nullable") else {}


def _number(schema: Schema) -> float:
    if "minimum" in schema:
        return schema["minimum"] + bool(schema.get("exclusiveMinimum"))  # type: ignore[no-any-return]
    return min(0, schema.get("maximum", 0))  # type: ignore[no-any-return]
