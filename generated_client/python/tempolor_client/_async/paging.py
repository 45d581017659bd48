"""Lists that come a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from ..errors import PageLoopError

_MOST_EMPTY = 100

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """What every page of the service has."""

    @property
    def records(self) -> Sequence[T_co] | None:
        """Its items."""
        ...

    @property
    def has_next(self) -> bool | None:
        """Whether another page follows."""
        ...

    @property
    def cursor(self) -> str | None:
        """Where that one begins."""
        ...


class AsyncPages(Generic[T]):
    """All items of a list; each page is asked for when it is needed, and each loop starts from the first one."""

    def __init__(self, fetch: Callable[[str | None], Awaitable[Page[T]]], cursor: str | None = None) -> None:
        self._fetch = fetch
        self._cursor = cursor

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Yield the pages themselves, with their cursors.

        Raises:
            PageLoopError: A cursor came back a second time, or very many pages in a row were empty.

        """
        cursor = self._cursor
        seen = {cursor or ""}
        empty = 0
        while True:
            page = await self._fetch(cursor)
            yield page
            if not page.has_next:
                return
            empty = 0 if page.records else empty + 1
            if empty >= _MOST_EMPTY:
                raise PageLoopError(f"the last {empty} pages were empty; the items so far are all it lets out")
            cursor = page.cursor
            # An empty cursor is the first page again.
            if (cursor or "") in seen:
                raise PageLoopError(f"the service repeats the cursor {cursor!r}; the items so far are all it lets out")
            seen.add(cursor or "")

    async def __aiter__(self) -> AsyncIterator[T]:
        """Yield the items of all pages."""
        async for page in self.pages():
            for item in page.records or ():
                yield item

    async def first(self) -> T | None:
        """Return the first item, None if there is none."""
        async for item in self:
            return item
        return None
