"""Finding the documented operation for a method and a path."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connexion.http_facts import METHODS
from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import Refusal


@dataclass(slots=True)
class Route:
    """One path of a document: its segments (None stands for a parameter) and its operation ids by method."""

    segments: tuple[str | None, ...]
    names: tuple[str, ...]
    operation_ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_path(cls, path: str) -> "Route":
        """Return the route of a path template such as `/music/{job_id}`."""
        segments = path.strip("/").split("/")
        return cls(
            tuple(None if segment.startswith("{") else segment for segment in segments),
            tuple(segment.strip("{}") for segment in segments if segment.startswith("{")),
        )

    @property
    def fixed(self) -> int:
        """How many segments are fixed: routes with more of them win."""
        return sum(segment is not None for segment in self.segments)

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """Return the path parameters if `segments` fit this route; a parameter is never empty."""
        values = []
        for mine, theirs in zip(self.segments, segments, strict=True):
            if mine is None and theirs:
                values.append(theirs)
            elif mine != theirs:
                return None
        return dict(zip(self.names, values, strict=True))


class RouteTable:
    """The routes of one API below its base path."""

    def __init__(self, base_path: str, paths: dict[str, dict[str, Any]]) -> None:
        self.base_path = base_path
        self._by_length: dict[int, list[Route]] = {}
        for path, operations in paths.items():
            route = Route.from_path(path)
            route.operation_ids = {
                method.upper(): operation["operationId"]
                for method, operation in operations.items()
                if method in METHODS
            }
            self._by_length.setdefault(len(route.segments), []).append(route)
        for routes in self._by_length.values():
            routes.sort(key=lambda route: route.fixed, reverse=True)

    def operation_ids(self) -> Iterator[str]:
        """Yield the id of every operation."""
        for routes in self._by_length.values():
            for route in routes:
                yield from route.operation_ids.values()

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """Return the operation id and the path parameters, or raise a 404 or a 405 with `Allow`.

        A trailing slash makes no difference. Where a fixed path lacks the method, a template that has it takes over
        (`GET music/song` reads the job `song`, which is no job's id); `Allow` still names the fixed path's own methods.
        """
        segments = path[len(self.base_path) :].removeprefix("/").removesuffix("/").split("/")
        best: Route | None = None
        for route in self._by_length.get(len(segments), ()):
            parameters = route.match(segments)
            if parameters is None:
                continue
            if (operation_id := route.operation_ids.get(method)) is not None:
                return operation_id, parameters
            best = best or route
        if best is None:
            raise Refusal(404, "Not Found")
        raise Refusal(405, "Method Not Allowed", ("Allow", ", ".join(sorted(best.operation_ids))))


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
