"""A JSON value beside a schema of the document: where it leaves the schema, and by how much.

It says of a value what JSON Schema says, and more: fields that the schema does not name, where it names any. It leaves
alone what the document adds of its own accord (D-49, D-54), and takes 112.0 for a whole number (D-56).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import jsonschema_rs

from ..document.schemas import FREE_PATTERNS, Schema
from ..exchanges.exchange import MISSING
from .findings import Found, Key, Kind, pointer
from .outline import At, Outline
from .shapes import kind_of

_BOUNDS: Final = {
    "minimum": lambda value: value,
    "maximum": lambda value: value,
    "minLength": len,
    "maxLength": len,
    "minItems": len,
    "maxItems": len,
    "minProperties": len,
    "maxProperties": len,
}
_LIMITS: Final = {
    "integer": ("minimum", "maximum", "multipleOf"),
    "number": ("minimum", "maximum", "multipleOf"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties"),
}
_IGNORED_FORMATS: Final = frozenset({"binary", "int32", "int64"})


@dataclass
class _Members:
    """What a schema says of an object's members, where each is described, and where a new one would be."""

    home: At
    properties: dict[str, At] = field(default_factory=dict)
    required: dict[str, At] = field(default_factory=dict)
    rest: At | None = None
    is_open: bool = True


class Comparison:
    """Compares values with the schemas of a document."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._quick: dict[At, jsonschema_rs.Draft4Validator] = {}
        self._known: dict[At, _Members] = {}

    def differences(self, at: At, value: Any, place: str = "") -> Iterator[Found]:
        """Yield where a value leaves the schema at a place, again for each item where it does."""
        if at not in self._quick:
            closed = Schema({"$ref": _reference(at)}, self._outline.document).closed()
            self._quick[at] = jsonschema_rs.Draft4Validator(closed, validate_formats=True)
        if not self._quick[at].is_valid(value):
            yield from self._compare(at, value, place)

    def _compare(self, at: At, value: Any, place: str) -> Iterator[Found]:
        at, node = self._outline.resolve(at)
        kind, types = kind_of(value), self._types(at)
        if kind == "null" and types and not self._admits_null(at):
            yield Found(Key(at, Kind.NULL), place, value)
        elif kind != "null" and types and not _is_one_of(kind, value, types):
            yield Found(Key(at, Kind.TYPE, kind), place, value)
        elif "enum" in node and not any(_is_same(value, each) for each in node["enum"]):
            yield Found(Key(at, Kind.VALUE, as_json(value)), place, value)
        else:
            if (branch := self._branch(at, node, value)) is not None:
                yield from self._compare(branch, value, place)
            yield from self._within(at, node, value, place)

    def _within(self, at: At, node: Mapping[str, Any], value: Any, place: str) -> Iterator[Found]:
        kind = kind_of(value)
        for keyword in _LIMITS.get(kind, ()):
            if keyword in node and _is_beyond(keyword, node[keyword], value):
                yield Found(Key(at, Kind.LIMIT, keyword), place, value)
        if "not" in node and _fits_schema(as_json(_referring(node["not"], self._outline)), value):
            yield Found(Key(at, Kind.LIMIT, "not"), place, value)
        if kind == "array" and "items" in node:
            for each in value:
                yield from self._compare((*at, "items"), each, pointer(place, "*"))
        elif kind == "object":
            yield from self._members(at, value, place)

    def _members(self, at: At, value: dict[str, Any], place: str) -> Iterator[Found]:
        known = self._known.get(at)
        if known is None:
            known = self._known[at] = self._read_members(at)
        for name, member in value.items():
            if name in known.properties:
                yield from self._compare(known.properties[name], member, pointer(place, name))
            elif known.rest is not None:
                yield from self._compare(known.rest, member, pointer(place, "*"))
            elif not known.is_open:
                yield Found(Key(known.home, Kind.FIELD, name), pointer(place, name), member)
        for name, home in known.required.items():
            if name not in value:
                yield Found(Key(home, Kind.MISSING, name), pointer(place, name), MISSING)

    def _read_members(self, at: At) -> _Members:
        """Read a schema and its parts; new fields belong to the first part with a name of its own."""
        _, node = self._outline.resolve(at)
        parts = [
            self._read_members(self._outline.resolve((*at, "allOf", number))[0]) for number in _each(node, "allOf")
        ]
        found = _Members(next((each.home for each in parts if each.home[:-1] == ("components", "schemas")), at))
        for each in parts:
            found.properties |= each.properties
            found.required |= each.required
            found.rest = found.rest or each.rest
        found.properties |= {name: (*at, "properties", name) for name in node.get("properties", {})}
        found.required |= dict.fromkeys(node.get("required", ()), at)
        rest = node.get("additionalProperties")
        found.rest = (*at, "additionalProperties") if isinstance(rest, dict) else found.rest
        found.is_open = rest is True or not found.properties
        return found

    def _branch(self, at: At, node: Mapping[str, Any], value: Any) -> At | None:
        """Return the alternative that a value is of: one that it fits, else the first of its type."""
        for keyword in ("anyOf", "oneOf"):
            branches = [(*at, keyword, number) for number in _each(node, keyword)]
            mine = [each for each in branches if self._is_typed(each, value)]
            fitting = (each for each in mine if not any(self._compare(each, value, "")))
            if mine:
                return next(fitting, mine[0])
        return None

    def _is_typed(self, at: At, value: Any) -> bool:
        types = self._types(self._outline.resolve(at)[0])
        if value is None:
            return self._admits_null(at)
        return not types or _is_one_of(kind_of(value), value, types)

    def _types(self, at: At) -> frozenset[str]:
        """Return the types that a schema admits; none where it admits any."""
        at, node = self._outline.resolve(at)
        if "type" in node:
            return frozenset({node["type"]})
        found: set[str] = set()
        for keyword in ("allOf", "anyOf", "oneOf"):
            for number in _each(node, keyword):
                found |= self._types((*at, keyword, number))
        return frozenset(found)

    def _admits_null(self, at: At) -> bool:
        at, node = self._outline.resolve(at)
        if "type" in node:
            return node.get("nullable") is True and None in node.get("enum", [None])
        branches = [(*at, keyword, number) for keyword in ("anyOf", "oneOf") for number in _each(node, keyword)]
        if node.get("nullable") is True and branches:
            return True
        return any(self._admits_null(each) for each in branches) if branches else not self._types(at)


def as_json(value: Any) -> str:
    """Return a value as JSON text that tells 1 from true."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _each(node: Any, keyword: str) -> range:
    return range(len(node.get(keyword, ())))


def _reference(at: At) -> str:
    return "#/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in at)


def _is_one_of(kind: str, value: Any, types: frozenset[str]) -> bool:
    if kind in types:
        return True
    if kind == "integer":
        return "number" in types
    return kind == "number" and "integer" in types and float(value).is_integer()


def _is_same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _is_beyond(keyword: str, limit: Any, value: Any) -> bool:
    if keyword in _BOUNDS:
        size: float = _BOUNDS[keyword](value)
        return bool(size < limit if keyword.startswith("min") else size > limit)
    if (keyword == "pattern" and limit in FREE_PATTERNS) or (keyword == "format" and limit in _IGNORED_FORMATS):
        return False
    return not _fits_schema(as_json({keyword: limit}), value)


def _fits_schema(schema: str, value: Any) -> bool:
    fits: bool = _validator(schema).is_valid(value)
    return fits


@cache
def _validator(schema: str) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(json.loads(schema), validate_formats=True)


def _referring(node: Any, outline: Outline) -> Any:
    return Schema(node, outline.document).plain


def size_of(keyword: str, value: Any) -> Any:
    """Return what a limit bounds in a value: its length, its number of items, or itself; None for other limits."""
    return _BOUNDS[keyword](value) if keyword in _BOUNDS else None
