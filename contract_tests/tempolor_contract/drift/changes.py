"""What each difference would change in the document: the smallest change that admits what was seen.

Changes are actions of an OpenAPI Overlay, made of what three tools that are not ours understand alike: an update is an
object that is merged, so that lists grow; what leaves a list is told by a filter. Nearly always it is one action; where
a keyword has to go before another one comes in, a removal is in front of it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

from tempolor_spec import apply_overlay

from ..document.schemas import JSON, resolve
from .comparing import as_json
from .facts import Fact
from .findings import ANY, Kind
from .outline import At
from .shapes import Shape
from .unknown import NewOperation, name_of

Action = dict[str, Any]
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOVED: Final = frozenset(
    {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
)
_INFERRED: Final = "Inferred: seen in traffic."
_ENVELOPES: Final = ("ErrorResponse", "BusyError")
_LONGEST_NAME: Final = 40


class Changes:
    """Makes the actions for one difference after the other, each on the document that those before have left."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = deepcopy(document)
        self.actions: list[Action] = []
        self._make: dict[Kind, Callable[[Fact], Iterator[Action]]] = {
            Kind.FIELD: self._field,
            Kind.VALUE: self._value,
            Kind.TYPE: self._type,
            Kind.NULL: self._null,
            Kind.LIMIT: self._limit,
            Kind.MISSING: self._missing,
            Kind.HEADER: self._header,
            Kind.TEXT: self._text,
            Kind.MEDIA_TYPE: self._media_type,
            Kind.STATUS: self._status,
        }

    def of(self, fact: Fact) -> list[Action]:
        """Return the actions that a fact asks for, without descriptions, and apply them."""
        return self._applied(list(self._make[fact.key.kind](fact)))

    def of_operation(self, operation: NewOperation) -> list[Action]:
        """Return the actions that add an operation, and apply them."""
        return self._applied(list(self._operation(operation)))

    def _applied(self, actions: list[Action]) -> list[Action]:
        apply_overlay(self.document, {"actions": actions})
        self.actions += actions
        return actions

    def _field(self, fact: Fact) -> Iterator[Action]:
        schema = _new_schema(fact.shape)
        name = fact.key.detail
        update = {"additionalProperties": schema} if name == ANY else {"properties": {name: schema}}
        yield _update(fact.key.at, update)

    def _value(self, fact: Fact) -> Iterator[Action]:
        at = fact.key.at
        if fact.key.detail == ANY:
            yield _removal((*at, "enum"))
            return
        yield _update(at, {"enum": [json.loads(fact.key.detail)]})

    def _type(self, fact: Fact) -> Iterator[Action]:
        at, node = fact.key.at, _node(self.document, fact.key.at)
        if fact.key.detail == "number" and node.get("type") == "integer" and "enum" not in node:
            yield _update(at, {"type": "number"})
            return
        update: dict[str, Any] = {"anyOf": [fact.shape.schema()]}
        if "type" in node:
            yield _removal((*at, "type"))
            update["anyOf"].insert(0, {name: node[name] for name in ("type", "nullable") if name in node})
        if "enum" in node and fact.values is not None:
            update["enum"] = list(fact.values.values())
        elif "enum" in node:
            yield _removal((*at, "enum"))
        yield _update(at, update)

    def _null(self, fact: Fact) -> Iterator[Action]:
        at, node = fact.key.at, _node(self.document, fact.key.at)
        if "type" not in node:
            yield _update(at, {"anyOf": [{"type": "string", "nullable": True, "enum": [None]}]})
        elif "enum" in node:
            yield _update(at, {"nullable": True, "enum": [None]})
        else:
            yield _update(at, {"nullable": True})

    def _limit(self, fact: Fact) -> Iterator[Action]:
        at, keyword = fact.key.at, fact.key.detail
        if keyword in _MOVED:
            yield _update(at, {keyword: fact.extreme})
        elif keyword == "format" and _node(self.document, at).get("format") == "uri" and fact.notes.get("relative"):
            yield _update(at, {"format": "uri-reference"})
        else:
            yield _removal((*at, keyword))

    def _missing(self, fact: Fact) -> Iterator[Action]:
        at, node = fact.key.at, _node(self.document, fact.key.at)
        if isinstance(node.get("required"), bool):
            yield _update(at, {"required": False})
        elif node["required"] == [fact.key.detail]:
            yield _removal((*at, "required"))  # OpenAPI 3.0 has no empty list there
        else:
            yield _removal((*at, "required"), f"@ == {_quoted(fact.key.detail)}")

    def _header(self, fact: Fact) -> Iterator[Action]:
        header = {"description": _INFERRED, "x-inferred": True, "schema": fact.shape.schema()}
        yield _update(fact.key.at[:-1], {"headers": {fact.key.detail: header}})

    def _text(self, fact: Fact) -> Iterator[Action]:
        at = fact.key.at[:-3]
        status = next((part for part in at if str(part).isdecimal()), None) or _status_of(fact)
        example = {
            "summary": "Inferred: seen in traffic",
            "x-inferred": True,
            "value": {"error": fact.example, "code": int(status)},
        }
        update = {"content": {JSON: {"examples": {_slug(fact.key.detail): example}}}}
        yield _update(at, update)

    def _media_type(self, fact: Fact) -> Iterator[Action]:
        at = fact.key.at[:-1]
        schema = self._known_schema(at, fact.shape) or _body_schema(fact.shape)
        yield _update(at, {"content": {fact.key.detail: {"x-inferred": True, "schema": schema}}})

    def _known_schema(self, at: At, shape: Shape) -> dict[str, Any] | None:
        """Return the schema of the JSON in the same place, for what looks like JSON too."""
        described = _node(self.document, at).get("content", {}).get(JSON, {}).get("schema")
        return deepcopy(described) if described is not None and shape.seen else None

    def _status(self, fact: Fact) -> Iterator[Action]:
        status = fact.key.detail
        response: dict[str, Any] = {"description": _INFERRED, "x-inferred": True}
        if fact.shape.seen:
            response["content"] = {JSON: self._content(fact, int(status))}
        yield _update(fact.key.at, {status: response})

    def _content(self, fact: Fact, status: int) -> dict[str, Any]:
        return {"schema": self._answer_schema(fact.key.at, fact.shape, status), **_error_example(fact.example, status)}

    def _answer_schema(self, at: At, shape: Shape, status: int) -> dict[str, Any]:
        """Return a reference to a schema that has all that was seen, or what was seen."""
        seen = shape.schema()
        for name in _ENVELOPES if status >= 400 else self._successes(at):
            reference = {"$ref": f"#/components/schemas/{name}"}
            if _covers(resolve(reference["$ref"], self.document), seen):
                return reference
        return seen

    def _successes(self, at: At) -> list[str]:
        """Return the names of the schemas of an operation's other successes."""
        content = [_node(self.document, (*at, each)) for each in _node(self.document, at) if each.startswith("2")]
        found = (each.get("content", {}).get(JSON, {}).get("schema", {}).get("$ref", "") for each in content)
        return [each.rpartition("/")[2] for each in found if each]

    def _operation(self, operation: NewOperation) -> Iterator[Action]:
        parameters = [
            {
                "name": part[1:-1],
                "in": "path",
                "required": True,
                "description": _INFERRED,
                "schema": {"type": "string"},
            }
            for part in operation.template
            if part.startswith("{")
        ]
        parameters += [_query_parameter(name, shape) for name, shape in operation.query.items()]
        definition: dict[str, Any] = {
            "operationId": name_of(operation),
            "summary": f"{operation.method} {operation.path}",
            "description": _INFERRED,
            "x-inferred": True,
        }
        if parameters:
            definition["parameters"] = parameters
        if operation.bodies:
            definition["requestBody"] = {"content": _contents(operation.bodies)}
        definition["responses"] = {
            str(status): {"description": _INFERRED, **({"content": _contents(shapes)} if shapes else {})}
            for status, shapes in sorted(operation.answers.items())
        }
        yield _update(("paths",), {operation.path: {operation.method.lower(): definition}})


def _node(document: dict[str, Any], at: At) -> Any:
    node: Any = document
    for part in at:
        node = node[part]
    return node


def _new_schema(shape: Shape) -> dict[str, Any]:
    return {**shape.schema(), "description": _INFERRED, "x-inferred": True}


def _body_schema(shape: Shape) -> dict[str, Any]:
    return shape.schema() if shape.seen else {"type": "string", "format": "binary"}


def _contents(shapes: dict[str, Shape]) -> dict[str, Any]:
    return {media_type: {"schema": _body_schema(shape)} for media_type, shape in shapes.items()}


def _query_parameter(name: str, shape: Shape) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": _INFERRED,
        "x-inferred": True,
        "schema": shape.schema(),
    }


def _error_example(example: Any, status: int) -> dict[str, Any]:
    if status < 400 or not isinstance(example, dict) or not isinstance(example.get("error"), str):
        return {}
    value = {"error": example["error"], "code": status}
    shown = {"summary": "Inferred: seen in traffic", "x-inferred": True, "value": value}
    return {"examples": {_slug(example["error"]): shown}}


def _covers(schema: dict[str, Any], seen: dict[str, Any]) -> bool:
    """Whether a schema names all members that were seen, with their types."""
    known, members = schema.get("properties", {}), seen.get("properties", {})
    return (
        seen.get("type") == schema.get("type") == "object"
        and members.keys() <= known.keys()
        and set(schema.get("required", ())) <= members.keys()
        and all("$ref" in known[name] or known[name].get("type") == each.get("type") for name, each in members.items())
    )


def _status_of(fact: Fact) -> int:
    return next(iter(fact.spots)).status


def _slug(text: str) -> str:
    """Return a name for a text: its first words, and what tells it from others with the same."""
    words = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_LONGEST_NAME].strip("_")
    return f"seen_{words}_{hashlib.sha256(text.encode()).hexdigest()[:4]}"


def _update(at: At, update: dict[str, Any]) -> Action:
    return {"target": json_path(at), "update": update}


def _removal(at: At, condition: str = "") -> Action:
    return {"target": json_path(at) + (f"[?({condition})]" if condition else ""), "remove": True}


def _quoted(value: Any) -> str:
    """Return a value as a JSONPath filter has it."""
    if isinstance(value, str):
        inner = as_json(value)[1:-1].replace('\\"', '"').replace("'", "\\'")
        return f"'{inner}'"
    return as_json(value)


def json_path(at: At) -> str:
    """Return a place as a JSONPath."""
    return "$" + "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" if _PLAIN_NAME.fullmatch(part) else f"[{_quoted(part)}]"
        for part in at
    )
