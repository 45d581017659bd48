"""A callback as an HTTP request, and what comes of sending it."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

from tempolor_spec import __version__

from ..exchange import DEPTH_HEADER, Headers

_WIRE_READY = re.compile(r"[!-~]+")
_PORTS: Final = {"http": 80, "https": 443}
_DELIMITERS: Final = "!#$%&'()*+,/:;=?@[]~"
"""What a URL may hold as it is; everything else but letters and digits is sent percent-encoded."""


class NoWebAddressError(ValueError):
    """This is no http or https URL."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a URL leads: `target` is its path and query, percent for percent as they were written."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != _PORTS[self.scheme] else "")


@dataclass(frozen=True, slots=True)
class RequestToSend:
    """A POST to `url` with these headers, exactly, and a body of JSON."""

    url: str
    address: Address
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of one try: a status, or what went wrong instead; after some errors another try is of no use."""

    status: int | None = None
    error: str | None = None
    retry: bool = True
    timed_out: bool = False


class Sender(Protocol):
    """Whoever brings a callback to its receiver."""

    async def send(self, request: RequestToSend) -> SendResult:
        """Try once; never raises."""


class LocalReceivers(Sender, Protocol):
    """Receivers in this process, which need no network."""

    def take(self, origin: str) -> bool:
        """Whether callbacks to an origin, such as `https://my.app`, are for one of them."""


def request_to_send(url: str, body: bytes, depth: int) -> RequestToSend:
    """Return a callback as it is sent, the one that so many led to; NoWebAddressError where the URL is none."""
    parts, address = _read(url)
    headers = (
        ("Host", parts.netloc.rpartition("@")[2]),
        *_authorization(parts),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
        ("Content-Length", str(len(body))),
        ("Content-Type", "application/json"),
        ("User-Agent", f"tempolor-mock/{__version__}"),
        (DEPTH_HEADER, str(depth)),
    )
    return RequestToSend(url, address, headers, body)


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL; NoWebAddressError where it is none of http or https."""
    return _read(url)[1].origin


def _read(url: str) -> tuple[SplitResult, Address]:
    try:
        written = url if _WIRE_READY.fullmatch(url) else quote(url, safe=_DELIMITERS)
        parts = urlsplit(written)
        host, port = _host(urlsplit(url)), parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # of its parts, its encoding or its host's
        raise NoWebAddressError(url) from None
    if parts.scheme not in _PORTS or not host or not port:
        raise NoWebAddressError(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts, Address(parts.scheme, host, port, target)


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "\\" in parts.netloc:  # to some a delimiter, to others not
        raise NoWebAddressError(parts.netloc)
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _authorization(parts: SplitResult) -> Iterable[tuple[str, str]]:
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        yield "Authorization", f"Basic {b64encode(secret.encode()).decode()}"
