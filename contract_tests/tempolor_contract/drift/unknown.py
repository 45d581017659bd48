"""Paths and methods that the document does not have, and the service takes."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from ..document.call import Call
from ..document.ids import parse
from ..document.schemas import JSON
from ..exchanges.exchange import MISSING, Message
from ..exchanges.redaction import Redactor
from .shapes import Budget, Shape

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_AN_ID: Final = re.compile(r"\d+|[0-9a-fA-F-]{8,}|[\w-]{20,}|[^a-zA-Z_-].*|.*:.*|(?=.*\d)[\w-]{8,}")
_PARAMETERS: Final = {"job": "job_id", "voice": "clonedVoiceItemId", "midi": "midiItemId"}
_MOST_OPERATIONS: Final = 100
_MOST_SIBLINGS: Final = 8
_MOST_NAMES: Final = 40
_LONGEST_PATH: Final = 300
_NAMELESS: Final = "{id}"

Template = tuple[str, ...]


class NewOperation:
    """A method of a path, and what was seen of it: its query, its body, its answers by status and media type."""

    def __init__(self, method: str, template: Template, budget: Budget) -> None:
        self.method = method
        self.template = template
        self.query: dict[str, Shape] = {}
        self.bodies: dict[str, Shape] = {}
        self.answers: dict[int, dict[str, Shape]] = {}
        self._budget = budget

    @property
    def path(self) -> str:
        """The path as a document has it."""
        return "/" + "/".join(self.template)

    def add(self, call: Call, redactor: Redactor) -> None:
        """Take in a call."""
        for name, value in list(call.query.items())[:_MOST_NAMES]:
            if name in self.query or len(self.query) < _MOST_NAMES:
                self.query.setdefault(redactor.text(name), Shape(self._budget)).add(value, redactor.value(name, value))
        if call.accepted:
            self._message(self.bodies, call.exchange.request, redactor)
        if call.exchange.response is not None:
            self._message(self.answers.setdefault(call.status, {}), call.exchange.response, redactor)

    def _message(self, shapes: dict[str, Shape], message: Message, redactor: Redactor) -> None:
        if message.truncated or not message.body or len(shapes) >= _MOST_NAMES:
            return
        value = message.json
        media_type = message.media_type or (JSON if value is not MISSING else "application/octet-stream")
        shape = shapes.setdefault(redactor.text(media_type), Shape(self._budget))
        if value is not MISSING:
            shape.add(value, redactor.value("", value))

    def merge(self, other: "NewOperation") -> None:
        """Take in what another one has seen."""
        for mine, theirs in ((self.query, other.query), (self.bodies, other.bodies)):
            _merge(mine, theirs)
        for status, shapes in other.answers.items():
            _merge(self.answers.setdefault(status, {}), shapes)


class NewOperations:
    """All of them, by method and path; paths that differ in ids alone are one."""

    def __init__(self, redactor: Redactor, budget: Budget) -> None:
        self.left_out = 0
        self._redactor = redactor
        self._budget = budget
        self._known: dict[tuple[str, Template], NewOperation] = {}

    def __iter__(self) -> Iterator[NewOperation]:
        return iter(self._known.values())

    def see(self, call: Call) -> tuple[NewOperation, list[NewOperation]] | None:
        """Return the operation that a call shows, and those that it turned out to be the same as; None for none.

        Only a success shows that there is an operation; then its refusals belong to it.
        """
        if call.method not in _METHODS or call.path is None or len(call.path) > _LONGEST_PATH:
            return None
        template = self._template(call)
        found = self._known.get((call.method, template))
        gone: list[NewOperation] = []
        if found is None:
            if not call.accepted:
                return None
            if len(self._known) >= _MOST_OPERATIONS:
                self.left_out += 1
                return None
            found, gone = self._new(call.method, template)
        found.add(call, self._redactor)
        return found, gone

    def _template(self, call: Call) -> Template:
        if call.template:
            return tuple(call.template.strip("/").split("/"))
        parts = (call.path or "").strip("/").split("/")
        template = tuple(self._part(unquote(part), position) for position, part in enumerate(parts))
        for known in self._known:
            if known[0] == call.method and _fits(known[1], template):
                return known[1]
        return _numbered(template)

    def _part(self, part: str, position: int) -> str:
        composite = parse(part)
        if composite is not None:
            return "{" + _PARAMETERS[composite.kind] + "}"
        is_id = position > 0 and (_AN_ID.fullmatch(part) or self._redactor.text(part) != part or len(part) > 40)
        return _NAMELESS if is_id or not part or "{" in part else part

    def _new(self, method: str, template: Template) -> tuple[NewOperation, list[NewOperation]]:
        for position in range(1, len(template)):
            alike = [
                each
                for each in self._known.values()
                if each.method == method and _differ_in(position, each.template, template)
            ]
            if len(alike) >= _MOST_SIBLINGS:
                united = _numbered((*template[:position], _NAMELESS, *template[position + 1 :]))
                found = self._known[method, united] = NewOperation(method, united, self._budget)
                for each in alike:
                    found.merge(self._known.pop((method, each.template)))
                return found, alike
        found = self._known[method, template] = NewOperation(method, template, self._budget)
        return found, []


def _merge(mine: dict[str, Shape], theirs: dict[str, Shape]) -> None:
    for name, shape in theirs.items():
        if name in mine:
            mine[name].merge(shape)
        else:
            mine[name] = shape


def _fits(known: Template, template: Template) -> bool:
    return len(known) == len(template) and all(
        mine == other or mine.startswith("{") for mine, other in zip(known, template, strict=True)
    )


def _differ_in(position: int, one: Template, other: Template) -> bool:
    return (
        len(one) == len(other)
        and one[:position] == other[:position]
        and one[position + 1 :] == other[position + 1 :]
        and not one[position].startswith("{")
    )


def _numbered(template: Template) -> Template:
    """Give ids without a name names that differ."""
    counts: dict[str, int] = {}
    named = []
    for part in template:
        if part.startswith("{"):
            counts[part] = counts.get(part, 0) + 1
            named.append(part if counts[part] == 1 else f"{part[:-1]}_{counts[part]}}}")
        else:
            named.append(part)
    return tuple(named)


def name_of(operation: NewOperation) -> str:
    """Return an operationId."""
    words = [re.sub(r"\W+", "_", part.strip("{}")).strip("_") for part in operation.template]
    return "_".join([operation.method.lower(), *(each for each in words if each)])


def shown(operation: NewOperation) -> str:
    """Return method and path."""
    return f"{operation.method} {operation.path}"
