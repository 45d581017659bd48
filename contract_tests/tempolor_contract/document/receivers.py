"""Tells callbacks from other traffic, where a recording has both: they go where an order said that they shall go."""

from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ..exchanges.exchange import NotRecordedError, Request
from .call import Call
from .service import ORDERS

_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
_MOST: Final = 10_000


class Receivers:
    """The addresses that orders gave as `replyUrl`, without their queries."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()

    def learn(self, call: Call) -> None:
        """Keep the address that an order gives."""
        if call.operation in ORDERS and len(self._known) < _MOST:
            # What is no address, the service refuses; nothing is sent there.
            with suppress(NotRecordedError, ValueError):
                url = call.sent.get("replyUrl")
                if isinstance(url, str) and url:
                    self._known.add(_place(urlsplit(url)))

    def has(self, request: Request) -> bool:
        """Whether a request that is none to the API is a callback."""
        if request.method not in _METHODS or not self._known:
            return False
        try:
            return _place(urlsplit(request.url)) in self._known
        except ValueError:
            return False


def _place(url: SplitResult) -> tuple[str, str]:
    """Return the path, and the host where that alone tells: tunnels and proxies have other names for a receiver."""
    bare = url.path in {"", "/"}
    return url.netloc.lower() if bare else "", "/" if bare else url.path
