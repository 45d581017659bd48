"""The way of a plain request: from the protocol to its operation and back in one call, with nothing to wait for.

Nearly all requests of a test suite are polls and orders: a JSON object or no body, one transaction, no fault rule, no
`Prefer`, no page of another origin. To those most slots have nothing to add, and tasks and messages between slots cost
more than the answer does. What is not plain takes the slots, which answer everything; for plain requests the answer
and its journal entry are the same on both ways, since both are made of the same parts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter_ns

from starlette.types import Scope

from ..domain.errors import ServiceError
from ..exchange import Call, Notes
from ..journal import Entry, RequestHead
from ..journal.records import KEPT_BODY_BYTES
from ..settings import PUBLIC_BASE_PATH
from ..store import MustWaitError
from ..worlds import Worlds
from .bodies import declared_length
from .endpoint import BoundOperation
from .errors import failed
from .journal import Reply, record, request_head
from .log import Asked, RequestLog
from .reading import JSON
from .sending import encoded

LARGEST_BODY = KEPT_BODY_BYTES
"""Bytes of a request's body that wait in memory until all of it is there: the journal keeps such a one as it is."""

_BELOW = f"{PUBLIC_BASE_PATH}/"
_LONGEST_PATH = 256
_METHODS = frozenset(("GET", "POST", "DELETE"))
_JSON = JSON.encode()

Find = Callable[[str, str], tuple[str, Mapping[str, str]]]
"""Returns operation id and path parameters for a method and a path, or raises a Refusal."""


@dataclass(frozen=True, slots=True)
class PlainHead:
    """What was read from the head of a plain request; other requests with the same head need not be read again.

    `body_bytes` is how long the body is, None where nobody knows yet. `call` lacks what differs between requests.
    """

    operation: BoundOperation
    call: Call
    kept: RequestHead
    told: Asked
    body_bytes: int | None


class FastPath:
    """Finds out which requests are plain, and answers those."""

    def __init__(
        self, worlds: Worlds, find: Find, operations: Mapping[str, BoundOperation], log: RequestLog | None = None
    ) -> None:
        self._worlds = worlds
        self._log = log
        self._find = lru_cache(maxsize=2048)(find)
        self._operations = operations

    def read(self, scope: Scope) -> PlainHead | None:
        """Return what the head of a plain request says, or None where the slots must see the request."""
        method, path = scope["method"], scope["path"]
        if not path.startswith(_BELOW) or method not in _METHODS or len(path) > _LONGEST_PATH:
            return None
        headers = dict(scope["headers"])
        body_bytes = declared_length(headers)
        if b"origin" in headers or b"prefer" in headers or (body_bytes or 0) > LARGEST_BODY:
            return None
        if not headers.get(b"content-type", _JSON).startswith(_JSON):
            return None
        try:
            operation_id, scope["path_params"] = self._find(method, path)
            operation = self._operations[operation_id]
            if not operation.is_transaction or (body_bytes != 0 and not operation.reads_body):
                return None
            scope["tempolor.notes"] = Notes()
            call = operation.prepared(scope, headers)
        except ServiceError:  # The slots refuse it.
            return None
        return PlainHead(operation, call, request_head(scope), Asked.of(scope), body_bytes)

    def answer(self, head: PlainHead, body: bytes, begun_ns: int) -> Reply | None:
        """Return the reply to a request, journalled and logged; None where the request has to wait for something.

        `begun_ns` is the moment it began, as `perf_counter_ns` tells it.
        """
        call = head.call.repeated()
        try:
            answer = head.operation.answer_now(call, body)
        except MustWaitError:
            return None
        except Exception as bug:  # noqa: BLE001 - as `ErrorSlot` does
            answer = failed(head.kept.method, head.kept.path, bug)
        reply = answer.status, *encoded(answer)
        took_ns = perf_counter_ns() - begun_ns
        record(self._worlds, Entry(self._worlds.wall(), took_ns, head.kept, body, *reply, call.notes))
        if self._log is not None:
            self._log.tell(head.told, answer.status, took_ns, call.notes)
        return reply
