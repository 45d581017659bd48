"""The journal in the store's database: it survives a restart, and every process on the database shows the same one.

No answer waits for it. Entries wait in a buffer and are written together, `WRITE_AFTER_SECONDS` after the first of
them; whoever reads waits until the other processes have written what they answered before. While the database is away,
the buffer keeps the newest entries; what it has no room for is counted as dropped.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Mapping

from ..domain.errors import ServiceError
from ..domain.ids import Token
from .base import Counts, Filters, Page, Shown
from .buffer import Buffer
from .records import Entry
from .shelf import Row, Shelf
from .wording import Wording

logger = logging.getLogger("tempolor.mock")

WRITE_AFTER_SECONDS = 0.01
"""How long an entry waits for others to be written with."""

WRITTEN_AFTER_SECONDS = 0.1
"""How long a reader waits until entries that other processes have answered are written."""

RETRY_AFTER_SECONDS = 1.0
"""How long a database that could not be written to is left alone."""

BATCH_BYTES = 1 << 20
"""How much is written in one transaction."""

BUFFER_SHARE = 1 / 2
"""Which part of the journal's limit may wait to be written, in memory."""

CHECKED_SHARE = 1 / 64
"""After which part of the limit was written a process looks whether all of them are beyond it."""


class StoredJournal:
    """`Journal` on the tables of a `Shelf`."""

    def __init__(self, shelf: Shelf, wording: Wording, limit: int) -> None:
        self.dropped = 0
        self._shelf = shelf
        self._wording = wording
        self._limit = limit
        self._buffer = Buffer(int(limit * BUFFER_SHARE))
        self._worlds_gone: set[Token] = set()
        self._unchecked = limit  # So that the first batch finds what an earlier process left behind.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._is_away = False
        self._is_closed = False

    def append(self, token: Token, entry: Entry) -> None:
        """See `Journal`."""
        self.dropped += self._buffer.add(token, entry)
        self._write_soon(WRITE_AFTER_SECONDS)

    def drop(self, token: Token) -> None:
        """See `Journal`."""
        self._buffer.forget(token)
        self._worlds_gone.add(token)
        self._write_soon(WRITE_AFTER_SECONDS)

    def _write_soon(self, seconds: float) -> None:
        loop = self._running_loop()
        if self._timer is None and not self._is_closed:
            self._timer = loop.call_later(seconds, self._time_to_write)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """Return the running event loop; what an earlier one was about to do ended with it."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._timer, self._writing = loop, None, None
        return loop

    def _time_to_write(self) -> None:
        self._begin_to_write().add_done_callback(self._written)

    def _begin_to_write(self) -> "asyncio.Task[None]":
        """Return the one task that writes, begun now unless one is under way."""
        loop = self._running_loop()
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write())
        return self._writing

    def _written(self, task: "asyncio.Task[None]") -> None:
        self._timer = None
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not self._is_away:
            logger.error("The journal waits in memory: %s", error, exc_info=None if _is_told(error) else error)
        self._is_away = error is not None
        if error is not None:
            self._write_soon(RETRY_AFTER_SECONDS)
        elif self._buffer:
            self._write_soon(WRITE_AFTER_SECONDS)

    async def _write(self) -> None:
        """Write all that waits, and what else is to be told; keep it where that cannot be done."""
        gone, (taken, lost) = self._worlds_gone, self._buffer.take()
        self._worlds_gone = set()
        try:
            for token in gone:
                await self._shelf.forget(token)
            while taken or lost:
                batch = _some(taken, BATCH_BYTES)
                rows = await asyncio.to_thread(self._rows, batch)
                await self._shelf.add(rows, lost)
                lost = Counter()
                self._unchecked += sum(row.size for row in rows)
                for token, entries in batch.items():
                    _take_out(taken, token, len(entries))
        except BaseException:
            self._worlds_gone |= gone
            self.dropped += self._buffer.give_back(taken, lost)
            raise
        if self._unchecked > self._limit * CHECKED_SHARE:
            self._unchecked = 0
            self.dropped += await self._shelf.make_room(self._limit)

    def _rows(self, batch: dict[Token, list[Entry]]) -> list[Row]:
        word = self._wording
        return [
            Row.of(token, entry, word.facts(token, entry), word.content(token, entry))
            for token, entries in batch.items()
            for entry in entries
        ]

    async def _flush(self) -> None:
        """Return when everything that was answered before, here or by another process, is written."""
        await asyncio.sleep(WRITTEN_AFTER_SECONDS)
        await asyncio.shield(self._begin_to_write())
        if self._buffer or self._worlds_gone:
            await asyncio.shield(self._begin_to_write())

    async def find(self, token: Token, filters: Filters, *, limit: int, brief: bool) -> Page:
        """See `Journal`."""
        await self._flush()
        return await self._shelf.find(token, filters, limit=limit, brief=brief)

    async def get(self, token: Token, number: int) -> Shown | None:
        """See `Journal`."""
        await self._flush()
        return await self._shelf.get(token, number)

    async def counts(self, token: Token) -> Counts:
        """See `Journal`."""
        await self._flush()
        return await self._shelf.counts(token)

    async def all_counts(self) -> Mapping[Token, Counts]:
        """See `Journal`."""
        await self._flush()
        return await self._shelf.all_counts()

    async def clear(self, token: Token) -> int:
        """See `Journal`."""
        await self._flush()
        return await self._shelf.clear(token)

    async def reset(self, token: Token | None) -> None:
        """See `Journal`."""
        await self._flush()
        self._buffer.forget(token)
        await self._shelf.forget(token)

    async def close(self) -> None:
        """See `Journal`. What cannot be written now is lost, and the log says so."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        try:
            while self._buffer:
                await self._begin_to_write()
        except ServiceError as error:
            logger.error("The last requests are missing in the journal: %s", error)  # noqa: TRY400 - the store's own words
        await self._shelf.close()


def _some(entries: dict[Token, deque[Entry]], most_bytes: int) -> dict[Token, list[Entry]]:
    """Return the first entries of the first worlds, about so many bytes of them and one at least."""
    batch: dict[Token, list[Entry]] = {}
    size = 0
    for token, each in entries.items():
        for entry in each:
            if batch and size + entry.bytes > most_bytes:
                return batch
            batch.setdefault(token, []).append(entry)
            size += entry.bytes
    return batch


def _take_out(entries: dict[Token, deque[Entry]], token: Token, count: int) -> None:
    """Take out the first entries of a world."""
    for _ in range(count):
        entries[token].popleft()
    if not entries[token]:
        del entries[token]


def _is_told(error: BaseException) -> bool:
    """Whether the store said itself what is wrong."""
    return isinstance(error, ServiceError)
