"""A log for debugging, without secrets.

It goes to the logger `tempolor_client`. With `TEMPOLOR_LOG=debug` (or `info`) in the environment it is also shown on
standard error. It holds methods, paths, statuses and times, never a header, a body or the query of a link.
"""

from __future__ import annotations

import logging
import os
from typing import Final
from urllib.parse import urlsplit

logger: Final = logging.getLogger("tempolor_client")
_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO}


def set_up() -> None:
    """Show the log if the environment asks for it; more than once does no harm."""
    level = _LEVELS.get(os.environ.get("TEMPOLOR_LOG", "").lower())
    if level is None or logger.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)


def place(url: str, *, query: bool = False) -> str:
    """Return an address without user and password, and without its query, which may hold a signature."""
    parts = urlsplit(url)
    asked = f"?{parts.query}" if query and parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{asked}"
