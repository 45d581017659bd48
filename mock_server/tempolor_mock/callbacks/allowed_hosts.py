"""Who may get callbacks: this machine, and hosts that were named when the mock was started.

A mock sends requests wherever its clients tell it to. One that others share must not become their way into a network,
so what counts is the address that a connection is made to, not what a URL looks like.
"""

import ipaddress
from collections.abc import Collection, Iterable
from functools import lru_cache


class HostNotAllowedError(Exception):
    """A receiver is neither on this machine nor allowed by name; the message says what to do."""

    def __init__(self, host: str, address: str) -> None:
        where = host if host == address else f"{host} ({address})"
        super().__init__(
            f"host not allowed: {where} is not a loopback address; use --allow-callback-host {host} to allow it"
        )


class AllowedHosts:
    """The hosts that a mock may send callbacks to; `allowed` are hosts as they stand in a URL."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(map(_plain, allowed))

    def check(self, host: str, addresses: Iterable[str]) -> None:
        """Raise HostNotAllowedError unless a connection to any of the host's addresses is fine."""
        if _plain(host) not in self._allowed:
            for address in addresses:
                if not is_loopback(address):
                    raise HostNotAllowedError(host, address)


@lru_cache(maxsize=256)
def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own; neither 0.0.0.0 nor the address it has in a network is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.is_loopback
    return parsed.is_loopback


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
