"""An exchange read against the document: which operation it is, with which arguments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache, cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from tempolor_spec import load_document, operations

from ..exchanges.exchange import MISSING, Exchange

CALLBACK: Final = "report_progress"
"""The operation of an exchange that a service sent to a `replyUrl`; its exchanges have `source` `callback`."""

FILE: Final = "fetch_file"
"""The operation of an exchange that fetches an address which the service handed out in an earlier answer."""

BASE_PATH: Final = "/v1/tempolor"
"""Where the live service, and whatever imitates it, has its paths."""

_CONTROL_PLANE = "/_mock"
_BLANKED = re.compile(r"[\[<(*]*(filtered|redacted|removed|secret|\*+)?[\])>*]*", re.IGNORECASE)


@dataclass(frozen=True)
class Route:
    """Where a path leads: the operation's id, or empty if the path knows no such method."""

    operation: str
    template: str
    arguments: Mapping[str, str]
    allowed: frozenset[str]


@dataclass(frozen=True)
class Call:
    """An exchange, and what the document makes of its request.

    `number` counts the exchanges of a run or recording. `operation` is an operationId, `CALLBACK` or `FILE`, or empty
    where the document knows no such operation. `path` is relative to the API's base, and None outside of it;
    `template` is the document's path, `arguments` its parameters, decoded, `allowed` the methods it knows.
    """

    exchange: Exchange
    number: int = 0
    operation: str = ""
    path: str | None = None
    template: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()

    @property
    def status(self) -> int:
        """The answer's status, 0 if there was none."""
        return self.exchange.response.status if self.exchange.response else 0

    @property
    def accepted(self) -> bool:
        """Whether the service said it did as it was asked: any 2xx."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the service clearly did nothing: a 4xx."""
        return 400 <= self.status < 500

    @property
    def unclear(self) -> bool:
        """Whether nothing can be concluded: no answer, a 5xx, or the vendor's 596 for a broken session."""
        return self.status == 0 or self.status >= 500

    @property
    def method(self) -> str:
        """The request's method."""
        return self.exchange.request.method

    @cached_property
    def answer(self) -> Any:
        """The response's body as JSON, or `MISSING`."""
        return self.exchange.response.json if self.exchange.response else MISSING

    @cached_property
    def item(self) -> dict[str, Any]:
        """The response's body if it is a JSON object, else an empty one."""
        return self.answer if isinstance(self.answer, dict) else {}

    @property
    def error(self) -> str:
        """The error's text, empty if there is none."""
        text = self.item.get("error", "")
        return text if isinstance(text, str) else ""

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last."""
        query = urlsplit(self.exchange.request.url).query
        return dict(parse_qsl(query, keep_blank_values=True)) if query else {}

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The fields of a JSON body or form; empty if the body is something else. A form's values are text."""
        request = self.exchange.request
        if request.media_type == "multipart/form-data":
            return dict(_form(request.header("content-type") or "", request.body))
        return request.json if isinstance(request.json, dict) else {}

    @cached_property
    def token(self) -> str | None:
        """What follows `Bearer` in the Authorization header; empty for another scheme, None without the header.

        A header that a recorder has blanked out, such as `[Filtered]`, stands for one token like any other.
        """
        value = self.exchange.request.header("authorization")
        if value is None:
            return None
        if _BLANKED.fullmatch(value.strip()):
            return value.strip()
        scheme, _, token = value.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def before(self, other: "Call") -> bool:
        """Whether this call was over when the other one began. Without clocks, the recording's order decides."""
        if not (self.exchange.started and other.exchange.started):
            return self.number < other.number
        return self.exchange.finished <= other.exchange.started


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


class Reader:
    """Turns exchanges into calls, one stream at a time.

    With `base`, only URLs below it belong to the API. Without, the API is where `/v1/tempolor` stands in a path; a
    service mounted elsewhere is recognised by a first request that carries a bearer token to a path of the document.
    """

    def __init__(self, router: Router, base: str | None = None) -> None:
        self._router = router
        self._base = base.rstrip("/") if base else None
        self._learned: set[str] = set()
        self._count = 0

    def read(self, exchange: Exchange) -> Call:
        """Return the exchange as a call, numbered from 1."""
        self._count += 1
        if exchange.source == "callback":
            return Call(exchange, self._count, CALLBACK)
        path = self._path(exchange)
        if path is None:
            return Call(exchange, self._count)
        route = self._router.route(exchange.request.method, path)
        if route is None:
            return Call(exchange, self._count, path=path)
        return Call(exchange, self._count, route.operation, path, route.template, route.arguments, route.allowed)

    def _path(self, exchange: Exchange) -> str | None:
        url = exchange.request.url.partition("?")[0].partition("#")[0]
        if self._base is not None:
            return url[len(self._base) :] if f"{url}/".startswith(f"{self._base}/") else None
        _, marker, after = url.partition(BASE_PATH)
        if marker and (not after or after.startswith("/")):
            return after
        return self._guessed(exchange, url) if not marker else None

    def _guessed(self, exchange: Exchange, url: str) -> str | None:
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        if f"/{path}".startswith(_CONTROL_PLANE):
            return None
        segments = path.split("/")
        first = next((index for index, name in enumerate(segments) if name in _FIRST_SEGMENTS), None)
        if first is None:
            return None
        base = f"{scheme}://{host}/" + "/".join(segments[:first])
        tail = "/" + "/".join(segments[first:])
        if base not in self._learned:
            if not (exchange.request.header("authorization") or "").lower().startswith("bearer "):
                return None
            if not (route := self._router.route(exchange.request.method, tail)) or not route.operation:
                return None
            self._learned.add(base)
        return tail


_FIRST_SEGMENTS = frozenset({"accounts", "music", "scheduler"})


def _form(content_type: str, body: bytes) -> list[tuple[str, str]]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields.append((name, content.decode(errors="replace")))
    return fields
