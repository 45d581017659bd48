"""The document as places: where in it something stands, whichever references lead there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tempolor_spec import operations

from ..document.call import CALLBACK
from ..document.schemas import JSON

At = tuple[str | int, ...]
"""A place in a document: the names and indexes that lead to it."""

_CALLBACK_SCHEMA: Final = ("components", "schemas", "ProgressReport")


@dataclass(frozen=True)
class Answer:
    """What the document says of an operation's answers with one status; `at` is where, behind references."""

    at: At
    content: Mapping[str, At]
    headers: Mapping[str, At]
    texts: tuple[str, ...]

    @property
    def schema(self) -> At | None:
        """Where the schema of its JSON is, None without one."""
        return self.content.get(JSON)


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, and where its schema is."""

    place: str
    name: str
    required: bool
    schema: At


@dataclass(frozen=True)
class Described:
    """What the document says of one operation: `at` is where it stands, `body` where its request's body does."""

    name: str
    at: At
    parameters: tuple[Parameter, ...]
    body: At
    bodies: Mapping[str, At]
    answers: Mapping[str, Answer]

    def answer(self, status: int) -> Answer | None:
        """Return what it may answer with a status: by itself, in its range such as `4XX`, or by default."""
        found = (self.answers.get(each) for each in (str(status), f"{status // 100}XX", "default"))
        return next((each for each in found if each is not None), None)


class Outline:
    """A document's operations and schemas by their places. Nobody changes the document meanwhile."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations = {
            each.operation_id: self._described(each.operation_id, ("paths", each.path, each.method))
            for each in operations(document)
        }
        self.callback: At = _CALLBACK_SCHEMA

    def resolve(self, at: At) -> tuple[At, Any]:
        """Return what stands at a place, behind all references, and where that is."""
        node: Any = self.document
        for position, part in enumerate(at):
            if isinstance(node, dict) and "$ref" in node:
                return self.resolve((*_target(node["$ref"]), *at[position:]))
            node = node[part]
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            return self.resolve(_target(node["$ref"]))
        return at, node

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all parameters, and of all fields of requests."""
        found = {parameter.name for each in self.operations.values() for parameter in each.parameters}
        for each in self.operations.values():
            for at in each.bodies.values():
                found |= set(self.resolve(at)[1].get("properties", {}))
        return frozenset(found)

    def schemas(self) -> Iterator[At]:
        """Yield where the schemas of bodies are: of requests, answers and callbacks."""
        for each in self.operations.values():
            yield from each.bodies.values()
            for answer in each.answers.values():
                yield from answer.content.values()
        if CALLBACK not in self.operations:
            yield self.callback

    def _described(self, name: str, at: At) -> Described:
        definition = self.resolve(at)[1]
        body = self.resolve((*at, "requestBody"))[0] if "requestBody" in definition else (*at, "requestBody")
        return Described(
            name,
            at,
            tuple(
                self._parameter((*at, "parameters", index)) for index in range(len(definition.get("parameters", ())))
            ),
            body,
            self._content(body) if "requestBody" in definition else {},
            {str(status): self._answer((*at, "responses", status)) for status in definition["responses"]},
        )

    def _listed(self, at: At) -> list[At]:
        """Return the places of the items of a list that may be there."""
        return [(*at, index) for index in range(len(self.resolve(at[:-1])[1].get(at[-1], ())))]

    def _parameter(self, at: At) -> Parameter:
        found, node = self.resolve(at)
        return Parameter(node["in"], node["name"], node.get("required", False), (*found, "schema"))

    def _answer(self, at: At) -> Answer:
        found, node = self.resolve(at)
        examples = node.get("content", {}).get(JSON, {}).get("examples", {}).values()
        values = [self.resolved(each).get("value") for each in examples]
        return Answer(
            found,
            self._content(found),
            {name.lower(): self.resolve((*found, "headers", name))[0] for name in node.get("headers", {})},
            tuple(each["error"] for each in values if isinstance(each, dict) and isinstance(each.get("error"), str)),
        )

    def resolved(self, node: Any) -> Any:
        """Return a node, or what it refers to."""
        return self.resolve(_target(node["$ref"]))[1] if "$ref" in node else node

    def _content(self, at: At) -> dict[str, At]:
        content = self.resolve(at)[1].get("content", {})
        return {name.lower(): (*at, "content", name, "schema") for name, each in content.items() if "schema" in each}


def _target(reference: str) -> At:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in reference.removeprefix("#/").split("/"))
