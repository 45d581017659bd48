"""A client of the TemPolor API v1, sync and async.

Example:
    >>> from tempolor_client import TemPolor
    >>> with TemPolor() as client:
    ...     order = client.songs.create("A lo-fi beat about rain on the window")
    ...     order.wait()
    ...     order.download("song.mp3")

"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import errors, models
    from ._async.client import AsyncTemPolor
    from ._async.downloading import AsyncDownload
    from ._async.paging import AsyncPages
    from ._async.resources import AsyncOrder
    from ._sync.client import TemPolor
    from ._sync.downloading import Download
    from ._sync.paging import Pages
    from ._sync.resources import Order
    from .answer import Answer
    from .callbacks import parse_callback
    from .errors import APIError, TemPolorError
    from .options import CallOptions
    from .settings import BusyNotice

__all__ = [
    "APIError",
    "Answer",
    "AsyncDownload",
    "AsyncOrder",
    "AsyncPages",
    "AsyncTemPolor",
    "BusyNotice",
    "CallOptions",
    "Download",
    "Order",
    "Pages",
    "TemPolor",
    "TemPolorError",
    "errors",
    "models",
    "parse_callback",
]

# Each name is imported when it is first asked for: a sync program never loads the async half, and whoever only wants
# to parse a callback never loads the HTTP library.
_HOMES = {
    "APIError": "errors",
    "Answer": "answer",
    "AsyncDownload": "_async.downloading",
    "AsyncOrder": "_async.resources",
    "AsyncPages": "_async.paging",
    "AsyncTemPolor": "_async.client",
    "BusyNotice": "settings",
    "CallOptions": "options",
    "Download": "_sync.downloading",
    "Order": "_sync.resources",
    "Pages": "_sync.paging",
    "TemPolor": "_sync.client",
    "TemPolorError": "errors",
    "parse_callback": "callbacks",
}


def __getattr__(name: str) -> Any:
    if name in {"errors", "models"}:
        return import_module(f".{name}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
