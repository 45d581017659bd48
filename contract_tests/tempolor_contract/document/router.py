"""Finds the operation of a request: the document's paths against the path that was asked for."""

from collections.abc import Mapping
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


class Router:
    """Finds the operation of a method and a path, as the document's paths say."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._fixed: dict[str, dict[str, str]] = {}
        self._templates: dict[str, tuple[str, str, dict[str, str]]] = {}
        for operation in operations(document):
            method = operation.method.upper()
            if "{" not in operation.path:
                self._fixed.setdefault(operation.path, {})[method] = operation.operation_id
                continue
            front, _, parameter = operation.path.partition("{")
            methods = self._templates.setdefault(front, (operation.path, parameter.rstrip("}"), {}))[2]
            methods[method] = operation.operation_id

    def route(self, method: str, path: str) -> Route | None:
        """Return where a path relative to the API's base leads, raw or encoded, or None if the API has no such path.

        A fixed name wins for the methods it has; for others it is taken as an id (D-24).
        """
        path = "/" + path.strip("/")
        decoded = unquote(path)
        fixed = self._fixed.get(decoded, {})
        if method in fixed:
            return Route(fixed[method], decoded, {}, frozenset(fixed))
        front, _, last = path.rpartition("/")
        template, parameter, methods = self._templates.get(unquote(front) + "/", ("", "", {}))
        if method in methods:
            return Route(methods[method], template, {parameter: unquote(last)}, frozenset({*fixed, *methods}))
        if fixed or methods:
            return Route("", decoded if fixed else template, {}, frozenset(fixed or methods))
        return None


@cache
def default_router() -> Router:
    """Return a router for the first revision, whose paths all revisions share."""
    return Router(load_document())
