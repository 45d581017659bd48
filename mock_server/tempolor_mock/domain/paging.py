"""Pages of a listing, newest first.

A cursor names the last item that was seen, not an offset: what is added or deleted between two pages neither repeats
nor hides another item.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from . import errors
from .world import I, Table

T = TypeVar("T")
_PREFIX = "before:"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page; `cursor` asks for the next one and is empty on the last."""

    items: Sequence[T]
    cursor: str


def page_of(table: Table[I], listing: str, *, cursor: str | None, size: int) -> Page[I]:
    """Return the page of a table's listing that begins after `cursor`, or the first one."""
    before = read_cursor(cursor) if cursor else None
    return cut(table.page(listing, before=before, limit=size + 1), size)


def cut(found: Iterable[I], size: int) -> Page[I]:
    """Return the first `size` items; one more among those found tells that there is a next page."""
    items = tuple(found)
    return Page(items[:size], write_cursor(items[size - 1].number) if len(items) > size else "")


def write_cursor(number: int) -> str:
    """Return the opaque text of a position in a listing."""
    return base64.urlsafe_b64encode(f"{_PREFIX}{number}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """Return the position in a listing, or raise a 400 for a text that is none."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    digits = text.removeprefix(_PREFIX)
    if not (text.startswith(_PREFIX) and digits.isdigit() and len(digits) < 16):
        raise errors.incorrect_format("cursor")
    return int(digits)
