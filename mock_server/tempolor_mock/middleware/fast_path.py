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

from ..exchange import Notes
from ..journal.records import KEPT_BODY_BYTES
from ..settings import PUBLIC_BASE_PATH
from ..store import MustWaitError
from ..worlds import Worlds
from .errors import Refusal, failed
from .journal import Reply, record
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

    def begin(self, scope: Scope) -> "PlainRequest | None":
        """Return the request that begins with this head, or None where the slots must see it."""
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
        except Refusal:
            return None
        operation = self._operations[operation_id]
        return PlainRequest(self._worlds, operation, scope, headers) if operation.is_transaction else None


def _is_short(content_length: bytes) -> bool:
    """Whether a body is worth waiting for; the slots refuse one that is too long before it comes."""
    return content_length.isdigit() and int(content_length) <= LARGEST_BODY


class PlainRequest:
    """One request, up to its answer."""

    __slots__ = ("_begun_ns", "_body", "_headers", "_operation", "_read", "_scope", "_worlds")

    def __init__(self, worlds: Worlds, operation: BoundOperation, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        self._worlds = worlds
        self._operation = operation
        self._scope = scope
        self._headers = headers
        self._body = self._read = b""
        self._begun_ns = perf_counter_ns()

    def answer(self, body: bytes) -> Reply | None:
        """Return the reply, written into the journal; None where the request has to wait for something."""
        scope = self._scope
        scope["tempolor.notes"] = Notes()
        self._body = body
        try:
            answer = self._operation.answer_now(scope, self._headers, self._read_body)
        except MustWaitError:
            return None
        except Exception as bug:  # noqa: BLE001 - as `ErrorSlot` does
            answer = failed(scope, bug)
        reply = answer.status, *encoded(answer)
        record(self._worlds, scope, self._begun_ns, self._read, reply)
        return reply

    def _read_body(self) -> bytes:
        """Return the body; one that nobody reads is not in the journal."""
        self._read = self._body
        return self._read
