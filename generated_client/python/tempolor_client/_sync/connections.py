# Made from _async/connections.py by tools/generate.py: never edited.
"""The connections of a client, its own or its caller's."""

from __future__ import annotations

import httpx2

from ..errors import ConfigurationError
from ..tls import shared_context


class Connections:
    """What a client sends with.

    Attributes:
        api: Sends to the API.
        files: Sends to the hosts of the files: without token, headers and cookies of the API. The caller's own HTTP
            client does both; then too only calls to the API carry the token.
    """

    def __init__(
        self,
        *,
        transport: httpx2.BaseTransport | None,
        max_connections: int,
        http_client: httpx2.Client | None,
    ) -> None:
        self._owned: tuple[httpx2.Client, ...] = ()
        if http_client is not None:
            self.api = self.files = _checked(http_client, transport)
            return
        limits = httpx2.Limits(max_connections=max_connections, max_keepalive_connections=max_connections)
        self._owned = tuple(
            httpx2.Client(transport=transport, limits=limits, verify=shared_context()) for _ in range(2)
        )
        self.api, self.files = self._owned

    def close(self) -> None:
        """Close all connections but the caller's."""
        for client in self._owned:
            client.close()


def _checked(http_client: object, transport: object) -> httpx2.Client:
    if not isinstance(http_client, httpx2.Client):
        kind = f"{type(http_client).__module__}.{type(http_client).__name__}"
        raise TypeError(f"http_client has to be an httpx2.{httpx2.Client.__name__}, not a {kind}")
    if transport is not None:
        raise ConfigurationError("http_client brings a transport of its own: pass one of the two")
    return http_client
