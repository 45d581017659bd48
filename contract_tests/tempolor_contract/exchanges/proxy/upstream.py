"""The service behind the proxy, and which headers are whose."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

RawHeaders = list[tuple[bytes, bytes]]

_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)


@dataclass(frozen=True)
class Upstream:
    """Where requests go: an origin. Paths stay as they are; `base` is where the API is, None if nobody said so."""

    origin: str
    base: str | None = None

    @classmethod
    def at(cls, url: str) -> "Upstream":
        """Read an address with or without the API's path; ValueError says what is wrong with it."""
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url!r} is not the address of a service, such as https://api.useapi.net/v1/tempolor")
        if parts.username or parts.query or parts.fragment:
            raise ValueError(f"{url!r} must have no user, no query and no fragment")
        origin = f"{parts.scheme}://{parts.netloc}"
        path = parts.path.rstrip("/")
        if parts.port == 0:
            raise ValueError(f"{url!r} has port 0")
        return cls(origin, f"{origin}{path}" if path else None)

    @property
    def host(self) -> bytes:
        """What the Host header says."""
        return urlsplit(self.origin).netloc.encode()

    @property
    def address(self) -> tuple[str, int]:
        """The host's name and the port."""
        parts = urlsplit(self.origin)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    def request(
        self, method: str, target: bytes, headers: RawHeaders, body: AsyncIterator[bytes] | None, *, timeout: float
    ) -> httpx.Request:
        """Return a request for the upstream: its own Host, the rest as it came, the target byte for byte."""
        sent = [(b"Host", self.host), *end_to_end(headers, without={b"host", b"expect"})]
        if body is not None and b"content-length" not in {name.lower() for name, _ in sent}:
            sent.append((b"Transfer-Encoding", b"chunked"))
        limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        return httpx.Request(
            method,
            self.origin,
            headers=sent,
            stream=httpx.ByteStream(b"") if body is None else _Stream(body),
            extensions={"target": target, "timeout": limits},
        )


class _Stream(httpx.AsyncByteStream):
    """A body that arrives while it is sent on."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk


def is_framed(headers: RawHeaders) -> bool:
    """Whether a request says that a body comes."""
    return any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in headers)


def has_two_lengths(headers: RawHeaders) -> bool:
    """Whether a request tells the length of its body in both ways that there are."""
    return {b"content-length", b"transfer-encoding"} <= {name.lower() for name, _ in headers}


def end_to_end(headers: Iterable[tuple[bytes, bytes]], *, without: Iterable[bytes] = ()) -> RawHeaders:
    """Return the headers that are meant for the other end, in their order."""
    listed = list(headers)
    named = [value for name, value in listed if name.lower() == b"connection"]
    dropped = {*_HOP_BY_HOP, *without, *(each.strip().lower() for value in named for each in value.split(b","))}
    return [(name, value) for name, value in listed if name.lower() not in dropped]
