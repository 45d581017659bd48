"""Whether the values of answers hold to the keywords that the document marks as readings."""

import fnmatch
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema_rs
from tempolor_spec import operations

from ..document.call import CALLBACK, Call
from ..document.schemas import plain, resolve
from ..exchanges.exchange import MISSING

MARK: Final = "x-inferred"
WORDS: Final = frozenset({"description", "content", "bearerFormat", "allowEmptyValue"})
"""What is marked too, but binds no value."""

_JSON: Final = "application/json"
_ALWAYS: Final = 25
_EACH: Final = 20
_MOST_ITEMS: Final = 50


def marks_of(document: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the marked places of a document with the keywords that are marked there, none for a whole element."""
    return dict(_marks(document, "#"))


def _marks(node: Any, place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, dict):
        if MARK in node:
            yield place, tuple(node[MARK]) if isinstance(node[MARK], list) else ()
        for key, value in node.items():
            if key not in ("value", "example"):
                yield from _marks(value, f"{place}/{_escaped(str(key))}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _marks(value, f"{place}/{index}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def fits(place: str, patterns: tuple[str, ...]) -> bool:
    """Whether a place is one of those that the register names."""
    return any(fnmatch.fnmatchcase(place, each) for each in patterns)


class Marks:
    """Walks through answers beside their schemas, and says of each marked keyword whether a value holds to it.

    Of each operation and status it looks at the first 25 answers, then at each 20th; of a list at its first 50 items.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas: dict[tuple[str, int], tuple[str, Any]] = {}
        for operation in operations(document):
            for status, response in operation.definition["responses"].items():
                if str(status).isdigit():
                    self._add(operation.operation_id, int(status), operation, response)
        self._count: Counter[tuple[str, int]] = Counter()
        self._validators: dict[tuple[str, str], jsonschema_rs.Draft4Validator] = {}

    def _add(self, operation_id: str, status: int, operation: Any, response: Any) -> None:
        place = f"#/paths/{_escaped(operation.path)}/{operation.method}/responses/{status}"
        if "$ref" in response:
            place, response = response["$ref"], resolve(response["$ref"], self._document)
        schema = response.get("content", {}).get(_JSON, {}).get("schema")
        if schema is not None:
            self._schemas[operation_id, status] = f"{place}/content/{_escaped(_JSON)}/schema", schema

    def judge(self, call: Call) -> Iterator[tuple[str, str, bool]]:
        """Yield place, keyword and whether a value holds to it, for what an answer or callback shows."""
        found = self._schemas.get((call.operation, call.status))
        value = call.answer
        if call.operation == CALLBACK:
            found = ("#/components/schemas/ProgressReport", {"$ref": "#/components/schemas/ProgressReport"})
            value = call.exchange.request.json
        if found is None or value is MISSING:
            return
        key = (call.operation, call.status)
        self._count[key] += 1
        if self._count[key] <= _ALWAYS or not self._count[key] % _EACH:
            yield from self._walk(*found, value)

    def _walk(self, place: str, schema: Mapping[str, Any], value: Any) -> Iterator[tuple[str, str, bool]]:
        if "$ref" in schema:
            yield from self._walk(schema["$ref"], resolve(schema["$ref"], self._document), value)
            return
        marked = schema.get(MARK)
        for keyword in marked if isinstance(marked, list) else ():
            if keyword in schema and keyword not in WORDS:
                yield place, keyword, self._holds(place, keyword, schema, value)
        for name in ("allOf", "anyOf", "oneOf"):
            for index, part in enumerate(schema.get(name, ())):
                yield from self._walk(f"{place}/{name}/{index}", part, value)
        yield from self._inside(place, schema, value)

    def _inside(self, place: str, schema: Mapping[str, Any], value: Any) -> Iterator[tuple[str, str, bool]]:
        if isinstance(value, list) and "items" in schema:
            for each in value[:_MOST_ITEMS]:
                yield from self._walk(f"{place}/items", schema["items"], each)
        if not isinstance(value, dict):
            return
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, each in list(value.items())[: _MOST_ITEMS * 2]:
            if name in known:
                yield from self._walk(f"{place}/properties/{_escaped(name)}", known[name], each)
            elif isinstance(others, dict):
                yield from self._walk(f"{place}/additionalProperties", others, each)

    def _holds(self, place: str, keyword: str, schema: Mapping[str, Any], value: Any) -> bool:
        key = (place, keyword)
        if key not in self._validators:
            # A format binds values of its type only, and that of whole numbers is their range.
            own = {name: schema[name] for name in (keyword, "type") if name in schema}
            if keyword not in {"type", "format"}:
                own.pop("type", None)
            self._validators[key] = jsonschema_rs.Draft4Validator(plain(own), validate_formats=True)
        return self._validators[key].is_valid(_as_json(value))


def _as_json(value: Any) -> Any:
    """Return `80.0` as 80, which it is to everybody but Draft 4 (D-56)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
