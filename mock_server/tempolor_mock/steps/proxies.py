"""Slot that believes trusted proxies what their clients asked for, so that links in answers lead through the proxy."""

import ipaddress
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

_SCHEMES = {b"http": "http", b"https": "https"}
_FORWARDED = frozenset((b"x-forwarded-proto", b"x-forwarded-host"))

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks that `texts` name, `*` being every address; ValueError for one that is none."""
    wanted = [each for text in texts for each in (("0.0.0.0/0", "::/0") if text == "*" else (text,))]
    return tuple(ipaddress.ip_network(each, strict=False) for each in wanted)


class ProxySlot:
    """Takes scheme and host from `X-Forwarded-Proto` and `X-Forwarded-Host` where a trusted address sends them.

    Uvicorn's own middleware knows the scheme only.
    """

    def __init__(self, app: ASGIApp, *, trusted: Sequence[str]) -> None:
        self.app = app
        self._trusted = parse_networks(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as the proxy's client made it."""
        if scope["type"] == "http" and self._trusts(scope.get("client")):
            forwarded = {name: _first(value) for name, value in scope["headers"] if name in _FORWARDED}
            if forwarded:
                scope = {**scope, "scheme": _SCHEMES.get(forwarded.get(b"x-forwarded-proto", b""), scope["scheme"])}
                if host := forwarded.get(b"x-forwarded-host"):
                    # Beside the first one, not in its place: the last one counts, but `guard.py` looks at both.
                    scope["headers"] = [*scope["headers"], (b"host", host)]
        await self.app(scope, receive, send)

    def _trusts(self, client: tuple[str, int] | None) -> bool:
        try:
            address = ipaddress.ip_address(client[0]) if client else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._trusted)


def _first(value: bytes) -> bytes:
    """Return what the first of several proxies said: it is the one the client spoke to."""
    return value.partition(b",")[0].strip()
