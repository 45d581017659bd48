"""Finding the documented operation for a method and a path."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connexion.http_facts import METHODS
from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import Refusal


@dataclass(frozen=True, slots=True)
class Route:
    """One path of a document: its parameters, by the place of their segment, and its operation ids by method."""

    parameters: Mapping[int, str]
    operation_ids: Mapping[str, str]


class RouteTable:
    """The routes of one API below its base path.

    A route is found by its fixed segments, with None in the places of parameters; `_shapes` lists, for each number of
    segments, in which places the documented paths have parameters, those with fewest first.
    """

    def __init__(self, base_path: str, paths: Mapping[str, Mapping[str, Any]]) -> None:
        self.base_path = base_path
        self._routes: dict[tuple[str | None, ...], Route] = {}
        self._shapes: dict[int, list[tuple[int, ...]]] = {}
        for path, operations in paths.items():
            self._add(path.strip("/").split("/"), operations)
        for shapes in self._shapes.values():
            shapes.sort(key=len)

    def _add(self, segments: list[str], operations: Mapping[str, Any]) -> None:
        names = {place: each[1:-1] for place, each in enumerate(segments) if each.startswith("{")}
        ids = {method.upper(): each["operationId"] for method, each in operations.items() if method in METHODS}
        self._routes[_without(segments, names)] = Route(names, ids)
        shapes = self._shapes.setdefault(len(segments), [])
        if tuple(names) not in shapes:
            shapes.append(tuple(names))

    def operation_ids(self) -> Iterator[str]:
        """Yield the id of every operation."""
        for route in self._routes.values():
            yield from route.operation_ids.values()

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """Return the operation id and the path parameters, or raise a 404 or a 405 with `Allow`.

        A trailing slash makes no difference. Where a fixed path lacks the method, a template that has it takes over
        (`GET music/song` reads the job `song`, which is no job's id); `Allow` still names the fixed path's own methods.
        """
        segments = path[len(self.base_path) :].removeprefix("/").removesuffix("/").split("/")
        best: Route | None = None
        for places in self._shapes.get(len(segments), ()):
            route = self._routes.get(_without(segments, places))
            if route is None or not all(segments[place] for place in places):
                continue
            if (operation_id := route.operation_ids.get(method)) is not None:
                return operation_id, {name: segments[place] for place, name in route.parameters.items()}
            best = best or route
        if best is None:
            raise Refusal(404, "Not Found")
        raise Refusal(405, "Method Not Allowed", ("Allow", ", ".join(sorted(best.operation_ids))))


def _without(segments: Sequence[str], places: Collection[int]) -> tuple[str | None, ...]:
    """Return the segments with None in some places."""
    if not places:
        return tuple(segments)
    return tuple([None if place in places else segment for place, segment in enumerate(segments)])


class RoutingSlot(SpecMiddleware):
    """Connexion slot that puts the operation's id where Connexion's routed slots look for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._tables: list[RouteTable] = []

    def add_api(self, specification: Specification, **options: Any) -> None:
        """Register the paths of a document; called by Connexion.

        Raises Connexion's ResolverError for an operation without a function: better now than at its first request.
        """
        table = RouteTable(options["base_path"], specification["paths"])
        for operation_id in table.operation_ids():
            options["resolver"].resolve_function_from_operation_id(operation_id)
        self._tables.append(table)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the operation and pass the request on."""
        if scope["type"] == "http":
            path = scope["path"]
            table = next((table for table in self._tables if _below(path, table.base_path)), None)
            if table is None:
                raise Refusal(404, "Not Found")
            operation_id, scope["path_params"] = table.find(scope["method"], path)
            scope.setdefault("extensions", {})[ROUTING_CONTEXT] = {
                "api_base_path": table.base_path,
                "operation_id": operation_id,
            }
        await self.app(scope, receive, send)


def _below(path: str, base_path: str) -> bool:
    return path.startswith(base_path) and path[len(base_path) : len(base_path) + 1] in {"", "/"}
