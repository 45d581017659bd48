"""Finding the endpoint for a method and a path."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .endpoint import Endpoint
from .errors import Refusal

Found = tuple[Endpoint, Mapping[str, str]]
"""An endpoint, and the path parameters by name."""


@dataclass(frozen=True, slots=True)
class Route:
    """One path: its parameters, by the place of their segment, and its endpoints by method."""

    parameters: Mapping[int, str]
    endpoints: Mapping[str, Endpoint]


class RouteTable:
    """The routes below one base path.

    A route is found by its fixed segments, with None in the places of parameters; `_shapes` lists, for each number of
    segments, in which places the paths have parameters, those with fewest first.
    """

    def __init__(self, base_path: str, *, answers_head: bool) -> None:
        self.base_path = base_path
        self._answers_head = answers_head
        self._routes: dict[tuple[str | None, ...], Route] = {}
        self._shapes: dict[int, list[tuple[int, ...]]] = {}

    def add(self, path: str, endpoints: Mapping[str, Endpoint]) -> None:
        """Add a path with an endpoint for each method; `{name}` stands for any segment."""
        segments = path.strip("/").split("/")
        if self._answers_head and "GET" in endpoints:
            endpoints = {**endpoints, "HEAD": endpoints["GET"]}
        names = {place: each[1:-1] for place, each in enumerate(segments) if each.startswith("{")}
        self._routes[_without(segments, names)] = Route(names, endpoints)
        shapes = self._shapes.setdefault(len(segments), [])
        if tuple(names) not in shapes:
            shapes.append(tuple(names))
            shapes.sort(key=len)

    def find(self, method: str, path: str) -> Found:
        """Return the endpoint and the path parameters, or raise a 404 or a 405 with `Allow`.

        A trailing slash makes no difference. Where a fixed path lacks the method, a template that has it takes over
        (`GET music/song` reads the job `song`, which is no job's id); `Allow` still names the fixed path's own methods.
        """
        segments = path[len(self.base_path) :].removeprefix("/").removesuffix("/").split("/")
        best: Route | None = None
        for places in self._shapes.get(len(segments), ()):
            route = self._routes.get(_without(segments, places))
            if route is None or not all(segments[place] for place in places):
                continue
            if (endpoint := route.endpoints.get(method)) is not None:
                return endpoint, {name: segments[place] for place, name in route.parameters.items()}
            best = best or route
        if best is None:
            raise Refusal(404, "Not Found")
        raise Refusal(405, "Method Not Allowed", ("Allow", ", ".join(sorted(best.endpoints))))


class Routes:
    """All tables of an application."""

    def __init__(self) -> None:
        self._tables: dict[str, RouteTable] = {}

    def table(self, base_path: str, *, answers_head: bool) -> RouteTable:
        """Return the table of what is below a base path, to be added to; it is made at its first use."""
        return self._tables.setdefault(base_path, RouteTable(base_path, answers_head=answers_head))

    def find(self, method: str, path: str) -> Found:
        """See `RouteTable.find`."""
        for base_path, table in self._tables.items():
            if _below(path, base_path):
                return table.find(method, path)
        raise Refusal(404, "Not Found")


def _without(segments: Sequence[str], places: Collection[int]) -> tuple[str | None, ...]:
    """Return the segments with None in some places."""
    if not places:
        return tuple(segments)
    return tuple([None if place in places else segment for place, segment in enumerate(segments)])


def _below(path: str, base_path: str) -> bool:
    return path.startswith(base_path) and path[len(base_path) : len(base_path) + 1] in {"", "/"}
