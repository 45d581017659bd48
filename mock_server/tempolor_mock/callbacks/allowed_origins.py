"""Whose requests get callbacks: those of programs, of pages on this machine, and of origins that were named at start.

Any page that somebody visits can send requests to a mock on their machine. Callbacks must not become its way to post to
other programs there.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from .allowed_hosts import is_loopback

ANY = "*"


def origin_not_allowed(origin: str) -> str:
    """Return why a request of a page gets no callbacks, and what to do."""
    return (
        f"origin not allowed: the request came from a page of {origin[:200]}; "
        f"use --allow-callback-origin {origin[:200]} to allow it"
    )


class AllowedOrigins:
    """The origins whose pages may cause callbacks; `allowed` are as browsers send them, `*` is any."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(each.rstrip("/").lower() for each in allowed)

    def allow(self, origin: str) -> bool:
        """Whether a page of this origin may."""
        return ANY in self._allowed or origin.lower() in self._allowed or _is_of_this_machine(origin)


def _is_of_this_machine(origin: str) -> bool:
    try:
        name = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)
