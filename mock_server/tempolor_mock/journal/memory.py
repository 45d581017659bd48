"""The journal in this process's memory, gone with it: entries are kept as they are, and worded when somebody asks."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from ..domain.ids import Token
from .base import Counts, Filters, Page, Shown
from .records import Entry
from .sharing import cuts
from .wording import Wording


@dataclass(slots=True)
class _Pages:
    """The entries of one world, oldest first."""

    entries: deque[Entry] = field(default_factory=deque)
    bytes: int = 0
    last: int = 0
    dropped: int = 0

    @property
    def counts(self) -> Counts:
        return Counts(self.last, len(self.entries), self.dropped)


class MemoryJournal:
    """`Journal` of this process alone."""

    def __init__(self, wording: Wording, limit: int) -> None:
        self.dropped = 0
        self._wording = wording
        self._limit = limit
        self._bytes = 0
        self._worlds: dict[Token, _Pages] = {}

    def append(self, token: Token, entry: Entry) -> None:
        """See `Journal`."""
        pages = self._worlds.get(token)
        if pages is None:
            pages = self._worlds[token] = _Pages()
        pages.last = entry.number = pages.last + 1
        size = entry.bytes = entry.measured()
        pages.entries.append(entry)
        pages.bytes += size
        self._bytes += size
        if self._bytes > self._limit:
            self._make_room()

    def _make_room(self) -> None:
        for token, size in cuts({token: pages.bytes for token, pages in self._worlds.items()}, self._limit):
            pages = self._worlds[token]
            while pages.bytes > size:
                freed = pages.entries.popleft().bytes
                pages.bytes -= freed
                pages.dropped += 1
                self._bytes -= freed
                self.dropped += 1

    async def find(self, token: Token, filters: Filters, *, limit: int, brief: bool) -> Page:
        """See `Journal`. What there is is taken before anything is awaited: the journal grows meanwhile."""
        pages = self._pages(token)
        entries, counts = list(pages.entries), pages.counts
        fitting = await asyncio.to_thread(self._fitting, token, entries, filters)
        return Page(await self._shown(token, fitting[:limit], brief=brief), len(fitting), counts)

    async def get(self, token: Token, number: int) -> Shown | None:
        """See `Journal`."""
        pages = self._pages(token)
        place = number - 1 - (pages.last - len(pages.entries))
        if not 0 <= place < len(pages.entries):
            return None
        (shown,) = await self._shown(token, [pages.entries[place]], brief=False)
        return shown

    async def _shown(self, token: Token, entries: list[Entry], *, brief: bool) -> list[Shown]:
        if not entries:
            return []
        show = partial(self._show, token, brief=brief)
        return await asyncio.to_thread(lambda: list(map(show, entries)))

    def _show(self, token: Token, entry: Entry, *, brief: bool) -> Shown:
        content = {} if brief else self._wording.content(token, entry)
        return Shown({"number": entry.number, **self._wording.facts(token, entry), **content}, entry.notes.jobs)

    def _fitting(self, token: Token, entries: list[Entry], filters: Filters) -> list[Entry]:
        """Return the entries that fit all filters, newest first; numbers fall, so that `since` ends the search."""
        fitting = []
        for entry in reversed(entries):
            if entry.number <= filters.since:
                break
            if _fits(entry, filters) and self._fits_path(token, entry, filters):
                fitting.append(entry)
        return fitting

    def _fits_path(self, token: Token, entry: Entry, wanted: Filters) -> bool:
        """Look at the path as it is shown, without secrets: other journals know no other."""
        if wanted.path is None and wanted.job_id is None:
            return True
        path = self._wording.path(token, entry)
        return (wanted.path is None or wanted.path in path) and (
            wanted.job_id is None or wanted.job_id in entry.notes.jobs or wanted.job_id in path
        )

    def _pages(self, token: Token) -> _Pages:
        return self._worlds.get(token) or _Pages()

    async def counts(self, token: Token) -> Counts:
        """See `Journal`."""
        return self._pages(token).counts

    async def all_counts(self) -> Mapping[Token, Counts]:
        """See `Journal`."""
        return {token: pages.counts for token, pages in self._worlds.items()}

    async def clear(self, token: Token) -> int:
        """See `Journal`."""
        pages = self._pages(token)
        self._bytes -= pages.bytes
        if pages.last:
            self._worlds[token] = _Pages(last=pages.last)
        return len(pages.entries)

    async def reset(self, token: Token | None) -> None:
        """See `Journal`."""
        for each in list(self._worlds) if token is None else [token]:
            self.drop(each)

    def drop(self, token: Token) -> None:
        """See `Journal`."""
        pages = self._worlds.pop(token, None)
        if pages is not None:
            self._bytes -= pages.bytes

    async def close(self) -> None:
        """See `Journal`."""


def _fits(entry: Entry, wanted: Filters) -> bool:
    return (
        wanted.operation_id in {None, entry.notes.operation_id}
        and wanted.method in {None, entry.head.method}
        and wanted.status in {None, entry.status}
    )
