"""Finds the operation of a request: the document's paths against the path that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from tempolor_spec import load_document, operations


@dataclass(frozen=True)
class Route:
    """Where a path leads: the operation's id, or empty if the path knows no such method."""

    operation: str
    template: str
    arguments: Mapping[str, str]
    allowed: frozenset[str]


@dataclass(frozen=True)
class _Template:
    """A path with parameters: their names by the place of their segment, and its operations by method."""

    path: str
    names: Mapping[int, str]
    methods: dict[str, str]


class Router:
    """Finds the operation of a method and a path, as the document's paths say.

    A template is found by its fixed segments, with None in the places of parameters; `_shapes` lists in which places
    the paths of so many segments have parameters, those with fewest first.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._fixed: dict[str, dict[str, str]] = {}
        self._templates: dict[tuple[str | None, ...], _Template] = {}
        self._shapes: dict[int, list[tuple[int, ...]]] = {}
        for operation in operations(document):
            methods = self._methods(operation.path)
            methods[operation.method.upper()] = operation.operation_id

    def _methods(self, path: str) -> dict[str, str]:
        """Return the operations of a path by method, to be added to."""
        if "{" not in path:
            return self._fixed.setdefault(path, {})
        segments = path.strip("/").split("/")
        names = {place: each[1:-1] for place, each in enumerate(segments) if each.startswith("{")}
        shapes = self._shapes.setdefault(len(segments), [])
        if tuple(names) not in shapes:
            shapes.append(tuple(names))
            shapes.sort(key=len)
        return self._templates.setdefault(_without(segments, tuple(names)), _Template(path, names, {})).methods

    def route(self, method: str, path: str) -> Route | None:
        """Return where a path relative to the API's base leads, raw or encoded, or None if the API has no such path.

        A fixed name wins for the methods it has; for others it is taken as an id (D-24).
        """
        path = "/" + path.strip("/")
        decoded = unquote(path)
        fixed = self._fixed.get(decoded, {})
        if method in fixed:
            return Route(fixed[method], decoded, {}, frozenset(fixed))
        segments = [unquote(each) for each in path[1:].split("/")]
        template = self._template(segments, method)
        if template is not None and method in template.methods:
            arguments = {name: segments[place] for place, name in template.names.items()}
            return Route(template.methods[method], template.path, arguments, frozenset({*fixed, *template.methods}))
        if fixed:
            return Route("", decoded, {}, frozenset(fixed))
        return None if template is None else Route("", template.path, {}, frozenset(template.methods))

    def _template(self, segments: Sequence[str], method: str) -> _Template | None:
        """Return the template that fits best: one that has the method, with few parameters."""
        shapes = self._shapes.get(len(segments), ())
        found = [each for places in shapes if (each := self._templates.get(_without(segments, places))) is not None]
        return next((each for each in found if method in each.methods), found[0] if found else None)


def _without(segments: Sequence[str], places: tuple[int, ...]) -> tuple[str | None, ...]:
    return tuple(None if place in places else segment for place, segment in enumerate(segments))


@cache
def default_router() -> Router:
    """Return a router for the first revision, whose paths all revisions share."""
    return Router(load_document())
