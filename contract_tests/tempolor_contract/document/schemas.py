"""The document's schemas as JSON Schema, dereferenced, each compiled once."""

from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

JSON: Final = "application/json"
"""The media type of nearly all bodies."""

FREE_PATTERNS: Final = (r"^[^\x00]*$", "^[^:/]*$")
"""Patterns that the document adds of its own accord: no page excludes NUL from texts (D-49, D-54)."""

_DROPPED: Final = frozenset({"example", "examples", "description", "title", "x-inferred", "nullable", "xml", "default"})
_NO_SCHEMAS: Final = frozenset({"enum", "required", "not", "properties"})
_WHOLE: Final = {"int32": 31, "int64": 63}


@dataclass(frozen=True)
class Breach:
    """A place where a value breaks a schema: where, how, and whether the broken keyword is only a reading."""

    path: str
    keyword: str
    message: str
    inferred: bool = False
    field: str = ""


class Schema:
    """A compiled schema. `breaches` tells what is wrong with a value, nothing if it fits."""

    def __init__(self, schema: dict[str, Any], document: dict[str, Any]) -> None:
        self._marked = dereferenced(schema, document)
        self.plain = plain(self._marked)
        # OpenAPI 3.0 builds on Draft 4: 42.0 is no integer there.
        self._validator = jsonschema_rs.Draft4Validator(self.plain, validate_formats=True)

    def fits(self, value: Any) -> bool:
        """Whether a value fits, quickly."""
        return self._validator.is_valid(value)

    def breaches(self, value: Any) -> list[Breach]:
        """Return every place where a value does not fit."""
        return [self._breach(error) for error in self._validator.iter_errors(value)]

    def closed(self) -> Any:
        """Return the plain schema with what it does not declare forbidden, where it declares anything."""
        return _closed(self.plain)

    def undeclared(self, value: Any) -> list[str]:
        """Return the paths of properties that the schema does not declare, where it allows them silently."""
        return sorted(set(_undeclared(self.plain, value, "")))

    def is_strange(self, value: Any) -> bool:
        """Whether an object has fields, but none of those that the schema declares."""
        if not isinstance(value, dict) or not value or isinstance(self.plain.get("additionalProperties"), dict):
            return False
        known = _declared(self.plain)
        return bool(known) and not known.keys() & value.keys()

    def _breach(self, error: jsonschema_rs.ValidationError) -> Breach:
        *place, keyword = [*error.schema_path, ""][:-1] or [""]
        keyword = str(keyword)
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        node: Any = self._marked
        inferred = False
        for part in place:
            node = node[part]
            inferred = inferred or (isinstance(node, dict) and node.get("x-inferred") is True)
        marks = node.get("x-inferred") if isinstance(node, dict) else None
        inferred = inferred or (isinstance(marks, list) and keyword in marks and not _is_no_number(keyword, error))
        named = [part for part in error.instance_path if isinstance(part, str)]
        return Breach(path.lstrip(".") or "body", keyword, _short(error.message), inferred, named[-1] if named else "")


def _is_no_number(keyword: str, error: jsonschema_rs.ValidationError) -> bool:
    """Whether a type is wrong beyond being no whole number: only that is a reading where a type is marked (D-41)."""
    return keyword == "type" and (isinstance(error.instance, bool) or not isinstance(error.instance, int | float))


def dereferenced(node: Any, document: dict[str, Any]) -> Any:
    """Return a schema with what it refers to in place of each reference. The document has no circles."""
    if isinstance(node, list):
        return [dereferenced(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return dereferenced(resolve(node["$ref"], document), document)
    return {name: dereferenced(value, document) for name, value in node.items()}


def resolve(reference: str, document: dict[str, Any]) -> Any:
    """Return what a reference such as `#/components/schemas/Account` points to."""
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
    return node


def plain(node: Any) -> Any:
    """Return a dereferenced schema without what only OpenAPI knows. Bytes have no schema in JSON Schema."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: value for name, value in node.items() if name not in _DROPPED}
    if isinstance(node.get("format"), str) and node["format"] in _WHOLE:
        # A format binds nobody in JSON Schema, and this one means a range (D-54).
        bits = _WHOLE[node["format"]]
        kept = {"minimum": -(2**bits), "maximum": 2**bits - 1, **kept}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        kept["type"] = [node["type"], "null"]
    elif node.get("nullable") is True and "anyOf" in node:
        # So say two overlays of which one adds a type, the other null.
        kept["anyOf"] = [*node["anyOf"], {"type": "string", "nullable": True, "enum": [None]}]
    if not kept.get("required", True):
        del kept["required"]  # Draft 4 has no empty one; an overlay may take the last name out
    for name in ("properties", "patternProperties"):
        if name in node:
            kept[name] = {field: plain(schema) for field, schema in node[name].items()}
    return {
        name: value if name in {"properties", "patternProperties", "enum", "required"} else plain(value)
        for name, value in kept.items()
        if not (name == "format" and value == "binary")
    }


def _undeclared(schema: Any, value: Any, path: str) -> list[str]:
    if isinstance(value, list):
        items = schema.get("items")
        return [found for each in value for found in _undeclared(items, each, f"{path}[]")] if items else []
    if not isinstance(value, dict):
        return []
    known = _declared(schema)
    rest = schema.get("additionalProperties")
    found = []
    for name, each in value.items():
        inner = known.get(name, rest if isinstance(rest, dict) else None)
        where = f"{path}.{name}" if name in known else f"{path}.*"
        if inner is not None:
            found += _undeclared(inner, each, where)
        elif not rest and known:
            found.append(f"{path}.{name}".lstrip("."))
    return found


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    merged = {name: value for name, value in node.items() if name != "allOf"}
    for part in node.get("allOf", ()):
        inner = _closed(part)
        both = {name: {**inner.get(name, {}), **merged.get(name, {})} for name in ("properties",)}
        required = [*merged.get("required", ()), *inner.get("required", ())]
        merged = {**inner, **merged, **both, **({"required": required} if required else {})}
    closed = {name: value if name in _NO_SCHEMAS else _closed(value) for name, value in merged.items()}
    if "properties" in merged:
        closed["properties"] = {name: _closed(value) for name, value in merged["properties"].items()}
        closed.setdefault("additionalProperties", not merged["properties"])
    return closed


def _declared(schema: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for part in (schema, *schema.get("allOf", ())):
        known |= part.get("properties", {})
    return known


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:200]} ... {message[-90:]}"
