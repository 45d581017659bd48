"""The connections of a client, its own or its caller's."""

from __future__ import annotations

import httpx2

from ..errors import ConfigurationError
from ..tls import shared_context


class AsyncConnections:
    """What a client sends with.

    Attributes:
        api: Sends to the API.
        files: Sends to the hosts of the files: without token, headers and cookies of the API. The caller's own HTTP
            client does both; then too only calls to the API carry the token.
    """

    def __init__(
        self,
        *,
        transport: httpx2.AsyncBaseTransport | None,
        max_connections: int,
        http_client: httpx2.AsyncClient | None,
    ) -> None:
        self._owned: tuple[httpx2.AsyncClient, ...] = ()
        if http_client is not None:
            self.api = self.files = _checked(http_client, transport)
            return
        limits = httpx2.Limits(max_connections=max_connections, max_keepalive_connections=max_connections)
        self._owned = tuple(
            httpx2.AsyncClient(transport=transport, limits=limits, verify=shared_context()) for _ in range(2)
        )
        self.api, self.files = self._owned

    async def aclose(self) -> None:
        """Close all connections but the caller's."""
        for client in self._owned:
            await client.aclose()


def _checked(http_client: object, transport: object) -> httpx2.AsyncClient:
    if not isinstance(http_client, httpx2.AsyncClient):
        kind = f"{type(http_client).__module__}.{type(http_client).__name__}"
        raise TypeError(f"http_client has to be an httpx2.{httpx2.AsyncClient.__name__}, not a {kind}")
    if transport is not None:
        raise ConfigurationError("http_client brings a transport of its own: pass one of the two")
    return http_client
