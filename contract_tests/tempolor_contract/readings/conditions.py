"""Conditions on one call, as the register of readings writes them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tempolor_spec import operations

from ..document.call import Call
from ..document.schemas import JSON, dereferenced
from ..exchanges.exchange import MISSING

Condition = Callable[[Call], bool]
Known = Mapping[str, frozenset[str]]
"""The names of parameters and fields that each operation takes, by its id."""

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


class ConditionError(ValueError):
    """A condition that is not in the vocabulary."""


def known_names(document: dict[str, Any]) -> Known:
    """Return what each operation of a document takes."""
    return {each.operation_id: frozenset(_names(each.definition, document)) for each in operations(document)}


def _names(definition: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    for parameter in dereferenced(definition.get("parameters", []), document):
        yield parameter["name"]
    for content in definition.get("requestBody", {}).get("content", {}).values():
        yield from dereferenced(content.get("schema", {}), document).get("properties", {})


def compiled(given: Mapping[str, Any], known: Known) -> Condition:
    """Return a condition as a function; ConditionError for what the vocabulary does not have."""
    # The status costs least to look at, and leaves most calls out.
    names = sorted(given, key=lambda name: name != "status")
    return _every([_part(name, given[name], known) for name in names])


def _part(name: str, value: Any, known: Known) -> Condition:
    if name in _TEXTS:
        return _matching(_TEXTS[name], value)
    if name in _MAPS:
        parts = [_matching(_named(name, each), pattern) for each, pattern in value.items()]
        return _every([_has_readable_fields, *parts] if name == "sent" else parts)
    if name == "unknown":
        return lambda call: bool({*call.query, *call.sent} - known.get(call.operation, frozenset()))
    if name not in _BUILDERS:
        raise ConditionError(f"{name} is not in the vocabulary of conditions")
    return _BUILDERS[name](value)


def _has_readable_fields(call: Call) -> bool:
    """Whether it is known what a body holds: of what is no JSON, nothing is missing."""
    request = call.exchange.request
    return request.media_type != JSON or not request.whole or request.json is not MISSING


def _every(parts: list[Condition]) -> Condition:
    """Return whether all hold; most conditions have few parts, and are asked for each call."""
    match parts:
        case []:
            return lambda _call: True
        case [only]:
            return only
        case [first, second]:
            return lambda call: first(call) and second(call)
    return lambda call: all(part(call) for part in parts)


def _operation(value: Any) -> Condition:
    wanted = frozenset([value] if isinstance(value, str) else value)
    return lambda call: call.operation in wanted


def _status(value: Any) -> Condition:
    wanted = value if isinstance(value, list) else [value]
    exact = frozenset(each for each in wanted if isinstance(each, int))
    ranges = frozenset(int(each[0]) for each in wanted if isinstance(each, str))
    return lambda call: call.status in exact or call.status // 100 in ranges


_TEXTS: Final[Mapping[str, Callable[[Call], str | None]]] = {
    "path": lambda call: call.path,
    "error": lambda call: call.error if "error" in call.item else None,
    "token": lambda call: call.token,
    "type": lambda call: call.exchange.request.header("content-type"),
}


_MAPS: Final[Mapping[str, Callable[[Call, str], Any]]] = {
    "query": lambda call, name: call.query.get(name),
    "sent": lambda call, name: call.sent.get(name),
    "argument": lambda call, name: call.arguments.get(name),
    "header": lambda call, name: call.exchange.response.header(name) if call.exchange.response else None,
}


def _named(place: str, name: str) -> Callable[[Call], str | None]:
    def read(call: Call) -> str | None:
        value = _MAPS[place](call, name)
        return None if value is None else str(value)

    return read


def _matching(read: Callable[[Call], str | None], pattern: str | None) -> Condition:
    if pattern is None:
        return lambda call: read(call) is None
    search = re.compile(pattern).search

    def matches(call: Call) -> bool:
        text = read(call)
        return text is not None and search(text) is not None

    return matches


def _body(call: Call) -> str:
    response = call.exchange.response
    if response is None or not response.whole:
        return "none"
    return "other" if call.answer is MISSING else "json"


def _field(wanted: Mapping[str, Any]) -> Condition:
    pointer = wanted["at"].removeprefix("/").split("/")
    if unknown := set(wanted) - {"at", "type", "matches", "is", "absent"}:
        raise ConditionError(f"field: {min(unknown)} is not in the vocabulary")

    def holds(call: Call) -> bool:
        values = list(_at(call.answer, pointer))
        if wanted.get("absent"):
            return not values
        return bool(values) and all(_is_as(each, wanted) for each in values)

    return holds


def _at(node: Any, pointer: list[str]) -> Iterator[Any]:
    """Yield the values at a pointer; `*` stands for every item of a list or object."""
    if not pointer:
        yield node
        return
    name, *rest = pointer
    if isinstance(node, dict):
        for key in node if name == "*" else [name] if name in node else []:
            yield from _at(node[key], rest)
    elif isinstance(node, list):
        places = range(len(node)) if name == "*" else [int(name)] if name.isdigit() and int(name) < len(node) else []
        for place in places:
            yield from _at(node[place], rest)


def _is_as(value: Any, wanted: Mapping[str, Any]) -> bool:
    if "type" in wanted:
        kinds = _TYPES[wanted["type"]]
        return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    if "matches" in wanted:
        return re.search(wanted["matches"], str(value)) is not None
    return bool(value == wanted["is"] and isinstance(value, bool) == isinstance(wanted["is"], bool))


_BUILDERS: Final[Mapping[str, Callable[[Any], Condition]]] = {
    "operation": _operation,
    "method": lambda value: lambda call: call.method == value,
    "status": _status,
    "null": lambda _value: lambda call: None in call.fields.values(),
    "body": lambda value: lambda call: _body(call) == value,
    "field": _field,
}
