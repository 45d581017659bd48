"""Sending a callback to its receiver over HTTP. Loaded with the first callback, as the HTTP client takes its time.

Nothing of an answer but its status counts, so no receiver can harm the mock with what it answers: bodies are read up
to a bound, in size and in time, and thrown away.
"""

import asyncio
import ipaddress
import os
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

import httpcore2
from tempolor_spec import __version__

from ..exchange import DEPTH_HEADER
from ..settings import Settings
from .allowed_hosts import AllowedHosts, HostNotAllowedError
from .payload import SendResult

BODY_BYTES = 64 << 10
BODY_SECONDS = 0.5
"""How much of an answer's body is read, and for how long, so that its connection ends in good order."""

LONGEST_ERROR = 200
_WIRE_READY = re.compile(r"[!-~]+")
_PORTS: Final = {"http": 80, "https": 443}
_DELIMITERS: Final = "!#$%&'()*+,/:;=?@[]~"
"""What a URL may hold as it is; everything else but letters and digits is sent percent-encoded."""


class NoWebAddressError(ValueError):
    """This is no http or https URL."""


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Looks names up, and connects only where all of their addresses may be connected to: to exactly these."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        self._network = httpcore2.AnyIOBackend()
        # Threads of its own: names that take long to look up must not hold up the threads that others share.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="callback-names")

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers; HostNotAllowedError where one of them is not allowed."""
        addresses = [host] if _is_address(host) else await self._look_up(host, port)
        self._allowed.check(host, addresses)
        for address in addresses[:-1]:
            with suppress(httpcore2.ConnectError):
                return await self._network.connect_tcp(address, port, *args, **options)
        return await self._network.connect_tcp(addresses[-1], port, *args, **options)

    async def _look_up(self, host: str, port: int) -> list[str]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def close(self) -> None:
        """Release the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Where to send to, and what the URL says about it in headers."""

    url: httpcore2.URL
    headers: tuple[tuple[str, str], ...]


class CallbackClient:
    """Sends callbacks; each try has a connection of its own.

    A connection that is kept can be closed by its receiver in the moment the next callback goes out, which would look
    like a failure nobody made. Redirects are not followed, and the environment's proxies are not used.
    """

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.callback_timeout_seconds
        self._backend = CheckedBackend(AllowedHosts(settings.allowed_callback_hosts))
        self._tls = ssl.create_default_context()
        if settings.callback_insecure:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE

    async def close(self) -> None:
        """Release what is held."""
        self._backend.close()

    async def send(self, url: str, body: bytes, depth: int) -> SendResult:
        """Try once; never raises."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._try(_receiver(url), body, depth)
        except HostNotAllowedError as error:
            return SendResult(error=str(error), retry=False)
        except (NoWebAddressError, UnicodeError):
            return SendResult(error="not an http or https address", retry=False)
        except TimeoutError:
            return SendResult(error=f"no answer within {self._seconds:g} seconds", timed_out=True)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one callback must not stop the others
            return SendResult(error=_worded(error, url))

    async def _try(self, receiver: _Receiver, body: bytes, depth: int) -> SendResult:
        headers = [
            *receiver.headers,
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
            ("Content-Length", str(len(body))),
            ("Content-Type", "application/json"),
            ("User-Agent", f"tempolor-mock/{__version__}"),
            (DEPTH_HEADER, str(depth)),
        ]
        connection = httpcore2.AsyncHTTPConnection(receiver.url.origin, self._tls, network_backend=self._backend)
        try:
            async with connection.stream("POST", receiver.url, headers=headers, content=body) as response:
                await _skim(response)
                status = response.status
        finally:
            await connection.aclose()
        return SendResult(status, "redirects are not followed" if 300 <= status < 400 else None)


def _receiver(url: str) -> _Receiver:
    """Return where a URL leads, its path and query percent for percent as they were written."""
    written = url if _WIRE_READY.fullmatch(url) else quote(url, safe=_DELIMITERS)
    try:
        parts = urlsplit(written)
        host, port = _host(urlsplit(url)), parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        raise NoWebAddressError(url) from None
    if parts.scheme not in _PORTS or not host or not port:
        raise NoWebAddressError(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = (("Host", parts.netloc.rpartition("@")[2]), *_authorization(parts))
    return _Receiver(httpcore2.URL(scheme=parts.scheme, host=host, port=port, target=target), headers)


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "\\" in parts.netloc:  # to some a delimiter, to others not
        raise NoWebAddressError(parts.netloc)
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _authorization(parts: SplitResult) -> Iterable[tuple[str, str]]:
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        yield "Authorization", f"Basic {b64encode(secret.encode()).decode()}"


async def _skim(response: httpcore2.Response) -> None:
    with suppress(TimeoutError, httpcore2.NetworkError, httpcore2.ProtocolError):
        async with asyncio.timeout(BODY_SECONDS):
            size = 0
            async for chunk in response.aiter_stream():
                size += len(chunk)
                if size > BODY_BYTES:
                    break


def _worded(error: Exception, url: str) -> str:
    """Return what went wrong in a few words that are the same on every run."""
    cause = error.__cause__ or error.__context__
    match error, cause:
        case socket.gaierror(), _:
            return f"cannot find {urlsplit(url).hostname}"
        case httpcore2.ConnectError(), ssl.SSLError():
            return f"no secure connection: {cause}"[:LONGEST_ERROR]
        case httpcore2.ConnectError(), _:
            return f"cannot connect: {_reason(cause)}"[:LONGEST_ERROR]
        case (httpcore2.RemoteProtocolError(), None) | (httpcore2.NetworkError(), _):
            return "the connection was closed without an answer"
        case httpcore2.RemoteProtocolError(), _:
            return "the answer is not HTTP"
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]


def _reason(cause: BaseException | None) -> str:
    """Return the operating system's words for a connection that failed."""
    while cause is not None and getattr(cause, "errno", None) is None:
        cause = cause.__cause__ or cause.__context__
    number = getattr(cause, "errno", None)
    return os.strerror(number) if number else "nobody answers"
