"""One TLS context for all clients."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def shared_context() -> ssl.SSLContext:
    """Return the context of this process: reading certificates takes longer than all else a client does at start."""
    return httpx2.create_ssl_context()
