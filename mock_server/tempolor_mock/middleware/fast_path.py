"""The way of a plain request: from the protocol to its operation and back in one call, with nothing to wait for.

Nearly all requests of a test suite are polls and orders: a JSON object or no body, one transaction, no fault rule, no
`Prefer`, no page of another origin. To those most slots have nothing to add, and tasks and messages between slots cost
more than the answer does. What is not plain takes the slots, which answer everything; for plain requests the answer
and its journal entry are the same on both ways, since both are made of the same parts.
"""

from collections.abc import Callable, Mapping
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
from .errors import failed
from .journal import Reply, record, request_head
from .operations import BoundOperation
from .reading import JSON
from .sending import encoded

LARGEST_BODY = KEPT_BODY_BYTES
"""Bytes of a request's body that wait in memory until all of it is there: the journal keeps such a one as it is."""

_LONGEST_PATH = 256
_METHODS = frozenset(("GET", "POST", "DELETE"))
_JSON = JSON.encode()

Find = Callable[[str, str], tuple[str, Mapping[str, str]]]
"""Returns operation id and path parameters for a method and a path, or raises a Refusal."""


class FastPath:
    """Finds out which requests are plain."""

    def __init__(self, worlds: Worlds, find: Find, operations: Mapping[str, BoundOperation]) -> None:
        self._worlds = worlds
        self._find = lru_cache(maxsize=2048)(find)
        self._operations = operations

    def read(self, scope: Scope) -> "PlainHead | None":
        """Return what the head of a plain request says, or None where the slots must see the request."""
        method, path = scope["method"], scope["path"]
        if not path.startswith(PUBLIC_BASE_PATH) or method not in _METHODS or len(path) > _LONGEST_PATH:
            return None
        headers = dict(scope["headers"])
        if b"origin" in headers or b"prefer" in headers or not _is_short(headers.get(b"content-length", b"0")):
            return None
        if not headers.get(b"content-type", _JSON).startswith(_JSON):
            return None
        try:
            operation_id, scope["path_params"] = self._find(method, path)
            operation = self._operations[operation_id]
            if not operation.is_transaction:
                return None
            scope["tempolor.notes"] = Notes()
            call = operation.prepared(scope, headers)
        except ServiceError:  # The slots refuse it.
            return None
        body_bytes = None if b"transfer-encoding" in headers else int(headers.get(b"content-length", b"0"))
        return PlainHead(self._worlds, operation, call, request_head(scope), body_bytes)


def _is_short(content_length: bytes) -> bool:
    """Whether a body is worth waiting for; the slots refuse one that is too long before it comes."""
    return content_length.isdigit() and int(content_length) <= LARGEST_BODY


class PlainHead:
    """What was read from the head of a plain request; other requests with the same head need not be read again.

    `body_bytes` is how long its body is, None where nobody knows yet.
    """

    __slots__ = ("_call", "_head", "_operation", "_worlds", "body_bytes")

    def __init__(
        self, worlds: Worlds, operation: BoundOperation, call: Call, head: RequestHead, body_bytes: int | None
    ) -> None:
        self.body_bytes = body_bytes
        self._worlds = worlds
        self._operation = operation
        self._call = call
        self._head = head

    def answer(self, body: bytes, begun_ns: int) -> Reply | None:
        """Return the reply to a request, written into the journal; None where the request has to wait for something.

        `begun_ns` is the moment it began, as `perf_counter_ns` tells it.
        """
        call = self._call.repeated()
        try:
            answer = self._operation.answer_now(call, body)
        except MustWaitError:
            return None
        except Exception as bug:  # noqa: BLE001 - as `ErrorSlot` does
            answer = failed(self._head.method, self._head.path, bug)
        reply = answer.status, *encoded(answer)
        read = body if self._operation.reads_body else b""  # One that nobody reads is not in the journal.
        took_ns = perf_counter_ns() - begun_ns
        record(self._worlds, Entry(self._worlds.wall(), took_ns, self._head, read, *reply, call.notes))
        return reply
