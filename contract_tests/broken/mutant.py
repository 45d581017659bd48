"""What a mutant is: the mock with one clause broken in one place, as data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from tempolor_contract import pick

NOTHING: Final = object()
"""Stands for a body that is not JSON."""


class Kind(StrEnum):
    """What a mutant is about."""

    SCHEMA = "schema"
    STATUS = "status, header, type"
    VALIDATION = "request validation dropped"
    AUTH = "authorization"
    IDENTITY = "identity"
    LIFECYCLE = "lifecycle"
    CAPACITY = "capacity"
    CALLBACKS = "callbacks"
    SCHEDULER = "scheduler"
    FILES = "files"
    PAGES = "ordering and pages"
    TIME = "time"
    TEXTS = "texts"
    LEGAL = "legal but unusual"


class Layer(StrEnum):
    """Where a mutant differs: answers on their way out, or the service itself."""

    ANSWERS = "answers"
    SERVICE = "service"


@dataclass(frozen=True)
class Asked:
    """A request on its way in; `raw_path` is the path as it was sent, `operation` the document's, empty for others."""

    method: str
    path: str
    raw_path: bytes
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    operation: str

    @property
    def data(self) -> Any:
        """The body read as JSON, or `NOTHING`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return NOTHING

    @property
    def token(self) -> str:
        """The API token, empty without one."""
        return self.headers.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ")


@dataclass
class Answer:
    """An answer on its way out; a rewrite changes it in place."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def data(self) -> Any:
        """The body read as JSON, or `NOTHING`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return NOTHING

    def put(self, data: Any) -> None:
        """Replace the body."""
        self.body = json.dumps(data, separators=(",", ":")).encode()
        self.headers[b"content-type"] = b"application/json"

    def become(self, status: int, data: Any = NOTHING) -> None:
        """Replace status and body; without data there is none."""
        self.status, self.body = status, b""
        if data is NOTHING:
            self.headers.pop(b"content-type", None)
        else:
            self.put(data)


Rewrite = Callable[[Asked, Answer], None]


@dataclass(frozen=True)
class Patch:
    """One name of a module or class, and what makes its replacement from what stands there."""

    owner: Any
    name: str
    make: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """The mock, changed in one place.

    `expects` are the ids of the rules that may notice: a kill counts only if one of them fails. A legal variant has
    none. `rewrite` and `patches` make a fresh change for each installation; `policy` are values of the mock's policy.
    `equivalent` says why nothing could notice.
    """

    id: str
    kind: Kind
    sentence: str
    expects: tuple[str, ...] = ()
    rewrite: Callable[[], Rewrite] | None = None
    patches: Callable[[], tuple[Patch, ...]] | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    equivalent: str = ""

    def __post_init__(self) -> None:
        """See that the rules exist: a kill by any other could never count."""
        pick(only=self.expects)

    @property
    def layer(self) -> Layer:
        """Where it differs."""
        return Layer.ANSWERS if self.rewrite is not None else Layer.SERVICE
