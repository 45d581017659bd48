"""Turns exchanges into calls: finds where in a URL the API begins, and what is asked of it."""

from typing import Final

from ..exchanges.exchange import Exchange
from ..exchanges.receiver import SOURCE
from .call import CALLBACK, Call
from .receivers import Receivers
from .router import Router
from .service import BASE_PATH, is_control, is_live

_FIRST_SEGMENTS: Final = frozenset({"accounts", "music", "scheduler"})


class Reader:
    """Turns exchanges into calls, one stream at a time.

    With `base`, only URLs below it belong to the API. Without, the API is where `/v1/tempolor` stands in a path; a
    service mounted elsewhere is recognised by a first request that carries a bearer token to a path of the document.
    What others send to a `replyUrl` of an earlier order is a callback.
    """

    def __init__(self, router: Router, base: str | None = None) -> None:
        self._router = router
        self._base = base.rstrip("/") if base else None
        self._learned: set[str] = set()
        self._receivers = Receivers()
        self._met_live = False
        self._count = 0

    def read(self, exchange: Exchange) -> Call:
        """Return the exchange as a call, numbered from 1."""
        self._count += 1
        path = None if exchange.source == SOURCE else self._path(exchange)
        if path is None:
            is_callback = exchange.source == SOURCE or self._receivers.has(exchange.request)
            return Call(exchange, self._count, CALLBACK if is_callback else "", live=self._met_live)
        live = is_live(exchange.request.url)
        self._met_live = self._met_live or live
        route = self._router.route(exchange.request.method, path)
        if route is None:
            return Call(exchange, self._count, path=path, live=live)
        call = Call(exchange, self._count, route.operation, path, route.template, route.arguments, route.allowed, live)
        self._receivers.learn(call)
        return call

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
        if is_control(f"/{path}"):
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
