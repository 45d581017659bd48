"""Believing trusted proxies what their clients asked for, so that links in answers lead through the proxy."""

import ipaddress
from collections.abc import Sequence

from ..exchange import Call

_SCHEMES = {b"http": "http", b"https": "https"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks that `texts` name, `*` being every address; ValueError for one that is none."""
    wanted = [each for text in texts for each in (("0.0.0.0/0", "::/0") if text == "*" else (text,))]
    return tuple(ipaddress.ip_network(each, strict=False) for each in wanted)


class Proxies:
    """The proxies of `--forwarded-allow-ips`, whose `X-Forwarded-Proto` and `X-Forwarded-Host` count.

    Uvicorn's own middleware knows the scheme only.
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = parse_networks(trusted)

    def believe(self, call: Call) -> None:
        """Take scheme and host as the proxy's client said them; what the proxy called stays in the headers."""
        if self._trusts(call.request.client):
            scheme = _first(call.fields.get(b"x-forwarded-proto", b""))
            call.request.scheme = _SCHEMES.get(scheme, call.request.scheme)
            if host := _first(call.fields.get(b"x-forwarded-host", b"")):
                call.fields[b"host"] = host

    def _trusts(self, client: str | None) -> bool:
        try:
            address = ipaddress.ip_address(client) if client else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._trusted)


def _first(value: bytes) -> bytes:
    """Return what the first of several proxies said: it is the one the client spoke to."""
    return value.partition(b",")[0].strip()
