# Made from _async/paging.py by tools/generate.py: never edited.
"""Lists that come a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


class Pages(Generic[T]):
    """All items of a list; each page is asked for when it is needed, and each loop starts from the first one."""

    def __init__(self, fetch: Callable[[str | None], Page[T]], cursor: str | None = None) -> None:
        self._fetch = fetch
        self._cursor = cursor

    def pages(self) -> Iterator[Page[T]]:
        """Yield the pages themselves, with their cursors.

        Raises:
            PageLoopError: A cursor came back a second time, or very many pages in a row were empty.

        """
        cursor = self._cursor
        seen = {cursor or ""}
        empty = 0
        while True:
            page = self._fetch(cursor)
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

    def __iter__(self) -> Iterator[T]:
        """Yield the items of all pages."""
        for page in self.pages():
            yield from page.records or ()

    def first(self) -> T | None:
        """Return the first item, None if there is none."""
        for item in self:
            return item
        return None
