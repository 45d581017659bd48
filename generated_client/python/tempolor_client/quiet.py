"""Keeps the signatures of links out of other people's logs."""

from __future__ import annotations

import httpx2

from .log import place


class QuietURL(httpx2.URL):
    """An address that is shown without its query.

    The HTTP library logs the address of each request at level INFO, and the query of a link is as good as a key.
    """

    def __str__(self) -> str:
        return place(super().__str__())


def hush(request: httpx2.Request) -> None:
    """Have a request's address shown without its query."""
    request.url = QuietURL(request.url)
