"""What was read from the heads of requests lately.

Clients send the same few heads again and again: polls of one job, orders of one length. What such a head says
(endpoint, token, parameters) depends on nothing else, so it is read once, and the journal's entries share it.
"""

from collections.abc import Hashable

from ..exchange import Call, Request
from .endpoint import Endpoint

MOST_HEADS = 512
LONGEST_HEAD = 4096
"""Bytes of a head that is worth keeping, as the journal counts them."""


class KnownHeads:
    """Calls whose head was read and found right, with the endpoints that answer them."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Call, Endpoint]] = {}

    def find(self, request: Request) -> tuple[Call, Endpoint] | None:
        """Return the call of a request as far as its head decides it; None where the head has to be read."""
        known = self._known.get(_key(request))
        if known is None or request.refusal is not None:
            return None
        return known[0].repeated(request), known[1]

    def keep(self, call: Call, endpoint: Endpoint) -> None:
        """Remember a call whose head has been read."""
        if call.kept_head.size <= LONGEST_HEAD:
            if len(self._known) >= MOST_HEADS:
                del self._known[next(iter(self._known))]
            self._known[_key(call.request)] = call.repeated(call.request), endpoint

    def forget(self) -> None:
        """Forget them all."""
        self._known.clear()


def _key(request: Request) -> Hashable:
    return request.method, request.target, request.scheme, request.server, tuple(request.headers)
