"""One request while it comes in."""

import asyncio
from typing import Protocol

from ..domain.errors import ServiceError


class Line(Protocol):
    """The connection, as far as a request needs it to get its body."""

    def want_body(self, incoming: "Incoming") -> None:
        """Read on, and ask a client that waits for it to send the body."""

    def discard(self, count: int) -> None:
        """Take note that so many bytes came that nobody wants."""

    async def gone(self) -> None:
        """Return when the client has closed the connection."""


class Incoming:
    """See `exchange.Sender`: the pipeline gets the body and the client's leaving from here.

    `complete` says that all of the request has come, `keep_alive` that another one may follow. `wants_continue` is set
    as long as the client waits to be told that its body is wanted; `is_answered` once nobody wants it any more.
    """

    __slots__ = (
        "_failure",
        "_line",
        "_parts",
        "_reader",
        "complete",
        "is_answered",
        "keep_alive",
        "size",
        "wants_continue",
    )

    def __init__(self, line: Line, *, keep_alive: bool, wants_continue: bool) -> None:
        self._line = line
        self._parts: list[bytes] = []
        self._reader: asyncio.Future[None] | None = None
        self._failure: ServiceError | None = None
        self.keep_alive = keep_alive
        self.wants_continue = wants_continue
        self.complete = False
        self.is_answered = False
        self.size = 0

    @property
    def is_awaited(self) -> bool:
        """Whether the pipeline waits for more of the body."""
        return self._reader is not None and not self.complete

    def add(self, part: bytes) -> None:
        """Take a part of the body."""
        if self.is_answered:
            self._line.discard(len(part))
            return
        self._parts.append(part)
        self.size += len(part)
        self._wake()

    def complete_body(self) -> None:
        """Take note that nothing more comes."""
        self.complete = True
        self._wake()

    def fail(self, refusal: ServiceError) -> None:
        """Take note that the rest of the body will not come, and why."""
        self._failure = refusal
        self.keep_alive = False
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def take(self) -> bytes:
        """Return what has come of the body and has not been taken."""
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return body

    async def receive(self) -> bytes:
        """See `Sender`."""
        while not self._parts:
            if self.complete:
                return b""
            if self._failure is not None:
                raise self._failure
            self._reader = asyncio.get_running_loop().create_future()
            self._line.want_body(self)
            await self._reader
            self._reader = None
        return self.take()

    async def left(self) -> None:
        """See `Sender`."""
        await self._line.gone()
