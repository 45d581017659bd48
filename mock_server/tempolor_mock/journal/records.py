"""What is kept of a request and its answer: references to what came and went, worded only when somebody asks."""

import hashlib
from collections.abc import Sequence
from itertools import chain
from typing import Any, Protocol

import msgspec

from ..domain.ids import Token

KEPT_BODY_BYTES = 64 << 10
"""How much of a text or JSON body is kept."""

ENTRY_BYTES = 1_000
"""What an entry takes besides its bodies and headers; measured with tracemalloc, rounded up."""

HEADER_BYTES = 150
"""What one header takes besides its text."""

RawHeaders = Sequence[tuple[bytes, bytes]]


class Body:
    """What is kept of a body: the beginning of a text, or the size and the digest of anything else."""

    __slots__ = ("_digest", "chunks", "kept", "media_type", "size")

    def __init__(self, headers: RawHeaders, *, digest: bool = False) -> None:
        """Read the media type; `digest` tells whether to take that of a body that is no text."""
        self.media_type = _media_type(headers)
        self.chunks: list[bytes] = []
        self.kept = 0
        self.size = 0
        self._digest = hashlib.sha256() if digest and not _is_text(self.media_type) else None

    def add(self, chunk: bytes) -> None:
        """Take note of the next part."""
        self.size += len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)
        elif self.kept < KEPT_BODY_BYTES and _is_text(self.media_type):
            part = chunk[: KEPT_BODY_BYTES - self.kept]
            self.chunks.append(part)
            self.kept += len(part)

    @property
    def text(self) -> bytes | None:
        """What was kept of a text; None for anything else."""
        return b"".join(self.chunks) if _is_text(self.media_type) else None

    @property
    def is_truncated(self) -> bool:
        """Whether more was sent than was kept, of a text."""
        return self.kept < self.size and _is_text(self.media_type)

    @property
    def sha256(self) -> str | None:
        """The digest in hexadecimal, where one was taken."""
        return self._digest.hexdigest() if self._digest is not None else None


def _media_type(headers: RawHeaders) -> bytes:
    for name, value in headers:
        if name == b"content-type":
            return value.partition(b";")[0].strip().lower()
    return b""


def _is_text(media_type: bytes) -> bool:
    return (
        media_type in _TEXTS
        or not media_type
        or media_type.startswith(b"text/")
        or media_type.endswith((b"+json", b"+xml"))
    )


_TEXTS = frozenset(
    (b"application/json", b"multipart/form-data", b"application/x-www-form-urlencoded", b"application/xml")
)

RawBody = bytes | Body
"""A body that came in one piece and is small, as it came; any other one as what is kept of it."""


class Noted(Protocol):
    """What was learnt about a request on its way (`exchange.Notes`)."""

    operation_id: str | None
    token: Token | None
    now_ms: int | None
    jobs: Sequence[str]
    forced: str | None
    violations: Sequence[str]
    serial: int


class RequestHead(msgspec.Struct, gc=False):
    """What a request's head says; requests of a client that sends the same head again and again share one.

    `size` is about how much memory it takes, in bytes; it is worked out here. `worded` is for whoever words it.
    """

    method: str
    path: str
    query: bytes
    headers: RawHeaders
    size: int = 0
    worded: Any = None

    def __post_init__(self) -> None:
        """Work out the size, once for all requests with this head."""
        texts = sum(map(len, chain.from_iterable(self.headers))) + len(self.path) + len(self.query)
        self.size = HEADER_BYTES * len(self.headers) + texts


class Entry(msgspec.Struct, gc=False):
    """One request and its answer.

    `real_ms` is in milliseconds since 1970, `duration_ns` real nanoseconds up to the end of the answer. `status` is 0
    where no answer was begun. `number` counts the requests of a world, `bytes` is about how much memory the entry
    takes; the journal in memory sets both.
    """

    real_ms: int
    duration_ns: int
    head: RequestHead
    body: RawBody
    status: int
    answer_headers: RawHeaders
    answer: RawBody
    notes: Noted
    number: int = 0
    bytes: int = 0

    def measured(self) -> int:
        """Return about how much memory it takes."""
        return ENTRY_BYTES + self.head.size + _kept(self.body) + _kept(self.answer)

    @property
    def request_body(self) -> Body:
        """The request's body, to be read."""
        return _read(self.head.headers, self.body)

    @property
    def answer_body(self) -> Body:
        """The answer's body, to be read."""
        return _read(self.answer_headers, self.answer)


def _kept(body: RawBody) -> int:
    return body.kept if isinstance(body, Body) else len(body)


def _read(headers: RawHeaders, body: RawBody) -> Body:
    if isinstance(body, Body):
        return body
    read = Body(headers, digest=True)
    read.add(body)
    return read
