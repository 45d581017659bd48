"""What overlays add to the document of a revision, as far as the mock has to show it by itself.

Requests are read by the document with its overlays anyway: new parameters, fields, values and limits hold at once, and
new statuses and texts are documented answers like all others. What is left is what the operations do not know of: new
fields and headers of their answers, and operations that have no function.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import orjson
from tempolor_spec import load_document, operations

from .documented import DocumentedAnswer, DocumentedAnswers, header_text
from .domain.errors import ServiceError
from .domain.records import replace
from .domain.world import World
from .exchange import Answer, Call, Encoded
from .samples import Schema, sample

JsonObject = dict[str, Any]

_JSON = "application/json"
_CALLBACK = "ProgressReport"


@dataclass(frozen=True, slots=True)
class NewFields:
    """Fields that a schema has got: those of an object, by name with a value, and those of what it holds.

    `inside` are the fields of known properties, `others` those of every other property, `items` those of a list's.
    """

    own: Mapping[str, Any] = field(default_factory=dict)
    inside: Mapping[str, "NewFields"] = field(default_factory=dict)
    others: "NewFields | None" = None
    items: "NewFields | None" = None

    def __bool__(self) -> bool:
        return bool(self.own or self.inside or self.others or self.items)

    def shown_in(self, value: Any) -> Any:
        """Return a copy of a value with the fields it lacks."""
        if isinstance(value, list):
            return [self.items.shown_in(each) for each in value] if self.items else value
        if not isinstance(value, dict):
            return value
        filled = {name: self._within(name).shown_in(each) for name, each in value.items()}
        return filled | {name: each for name, each in self.own.items() if name not in filled}

    def _within(self, name: str) -> "NewFields":
        return self.inside.get(name) or self.others or NOTHING


NOTHING = NewFields()


@dataclass(frozen=True, slots=True)
class NewParts:
    """What one status of an operation has got: fields of its body, and headers with their values."""

    fields: NewFields = NOTHING
    headers: tuple[tuple[str, str], ...] = ()


class Additions:
    """What the overlays of a mock add to its answers and callbacks."""

    def __init__(self, revision: str, document: JsonObject) -> None:
        """Compare a document that has its overlays with that of its revision."""
        before = load_document(revision)
        known = {each.operation_id: each.definition for each in operations(before)}
        self._parts = {
            each.operation_id: _new_parts(_Side(before, known[each.operation_id]), _Side(document, each.definition))
            for each in operations(document)
            if each.operation_id in known
        }
        self.callback = _new_fields(_callback_of(before), _callback_of(document))

    def shown_in(self, operation_id: str, answer: Answer) -> Answer:
        """Return an answer with the fields and headers that its operation has got."""
        parts = self._parts.get(operation_id, {}).get(answer.status)
        if parts is None:
            return answer
        content = answer.content
        if parts.fields and content is not None:
            content = parts.fields.shown_in(orjson.loads(bytes(content)) if type(content) is Encoded else content)
        there = {name.lower() for name, _ in answer.headers}
        headers = [header for header in parts.headers if header[0].lower() not in there]
        return replace(answer, content=content, headers=(*answer.headers, *headers))


@dataclass(frozen=True, slots=True)
class _Side:
    """An operation's definition in one of two documents."""

    document: JsonObject
    definition: JsonObject

    def response(self, status: str) -> JsonObject:
        found: JsonObject = resolved(self.definition["responses"].get(status, {}), self.document)
        return found


def _new_parts(before: _Side, after: _Side) -> dict[int, NewParts]:
    found: dict[int, NewParts] = {}
    for status in after.definition["responses"]:
        old, new = before.response(status), after.response(status)
        if not (status.isdigit() and old):
            continue
        headers = tuple(
            (name, header_text(header))
            for name, header in new.get("headers", {}).items()
            if name not in old.get("headers", {})
        )
        parts = NewParts(_new_fields(_schema_of(old), _schema_of(new)), headers)
        if parts != NewParts():
            found[int(status)] = parts
    return found


def _schema_of(response: JsonObject) -> Schema:
    schema: Schema = response.get("content", {}).get(_JSON, {}).get("schema", {})
    return schema


def _callback_of(document: JsonObject) -> Schema:
    schema: Schema = resolved(document["components"]["schemas"].get(_CALLBACK, {}), document)
    return schema


def _new_fields(before: Schema, after: Schema) -> NewFields:
    """Return what one schema has got over another: new properties, and such as have become required."""
    old, new = _properties(before), _properties(after)
    demanded = {*after.get("required", ())} - {*before.get("required", ())}
    own = {name: sample(each) for name, each in new.items() if name not in old or name in demanded}
    inside = {name: found for name in new if name in old and (found := _new_fields(old[name], new[name]))}
    return NewFields(own, inside, _beside(before, after, "additionalProperties"), _beside(before, after, "items"))


def _beside(before: Schema, after: Schema, keyword: str) -> NewFields | None:
    old, new = before.get(keyword), after.get(keyword)
    return (_new_fields(old, new) or None) if isinstance(old, Mapping) and isinstance(new, Mapping) else None


def _properties(schema: Schema) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for part in (schema, *schema.get("allOf", ())):
        found |= part.get("properties", {})
    return found


def resolved(node: Any, document: JsonObject) -> Any:
    """Return a node with what it refers to in place of each reference; documents have no circles."""
    if isinstance(node, list):
        return [resolved(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        return resolved(target, document)
    return {name: resolved(each, document) for name, each in node.items()}


def functions(module: ModuleType, document: JsonObject) -> SimpleNamespace:
    """Return a document's operations by id: those of the module, and for the others what answers as documented."""
    ids = [each.operation_id for each in operations(document)]
    return SimpleNamespace(**{name: getattr(module, name, None) or documented_answer(name) for name in ids})


def documented_answer(operation_id: str) -> Callable[[Call, World], Answer]:
    """Return the function of an operation that only an overlay knows: it answers as documented, and says so.

    That is the first documented success, or else the first answer there is.
    """

    def answer(call: Call, _world: World) -> Answer:
        found = first_success(call.documented[operation_id])
        if found is None:
            raise ServiceError(501, f"The overlay's operation {operation_id} documents no answer")
        call.notes.forced = "overlay: the documented answer, for the mock does not know the operation"
        return Answer(found.status, found.content, found.headers)

    answer.is_of_overlay = True  # type: ignore[attr-defined]
    return answer


def first_success(documented: DocumentedAnswers) -> DocumentedAnswer | None:
    """Return the first documented answer of a status below 300, else the first of all; None where there is none."""
    answers = list(documented)
    return next((each for each in answers if each.status < 300), answers[0] if answers else None)
