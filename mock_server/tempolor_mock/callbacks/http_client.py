"""Sending a callback to its receiver over HTTP. Loaded with the first callback, as the HTTP client takes its time.

Nothing of an answer but its status counts, so no receiver can harm the mock with what it answers: bodies are read up
to a bound, in size and in time, and thrown away.
"""

import asyncio
import os
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from tempolor_spec import __version__
from yarl import URL

from ..exchange import DEPTH_HEADER
from ..settings import Settings
from .allowed_hosts import AllowedHosts, HostNotAllowedError
from .payload import SendResult

BODY_BYTES = 64 << 10
BODY_SECONDS = 0.5
"""How much of an answer's body is read, and for how long, so that its connection ends in good order."""

LONGEST_ERROR = 200
_WIRE_READY = re.compile(r"[!-~]+")


class CheckedResolver(AbstractResolver):
    """Looks names up, and hands out addresses only where all of them may be connected to."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        # Threads of its own: names that take long to look up must not hold up the threads that others share.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="callback-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name; HostNotAllowedError where one of them is not allowed."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
        self._allowed.check(host, (str(address[0]) for *_, address in found))
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=family,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for family, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Release the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class CallbackClient:
    """An open HTTP client; each try has a connection of its own.

    A connection that is kept can be closed by its receiver in the moment the next callback goes out, which would look
    like a failure nobody made. Redirects are not followed, and the environment's proxies are not used.
    """

    def __init__(self, settings: Settings) -> None:
        self._allowed = AllowedHosts(settings.allowed_callback_hosts)
        self._seconds = settings.callback_timeout_seconds
        self._resolver = CheckedResolver(self._allowed)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, force_close=True, resolver=self._resolver, ssl=not settings.callback_insecure
            ),
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                "User-Agent": f"tempolor-mock/{__version__}",
            },
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()
        await self._resolver.close()

    async def send(self, url: str, body: bytes, depth: int) -> SendResult:
        """Try once; never raises."""
        try:
            return await self._try(self._target(url), body, depth)
        except HostNotAllowedError as error:
            return SendResult(error=str(error), retry=False)
        except (aiohttp.InvalidURL, UnicodeError):
            return SendResult(error="not an http or https address", retry=False)
        except TimeoutError:
            return SendResult(error=f"no answer within {self._seconds:g} seconds", timed_out=True)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one callback must not stop the others
            return SendResult(error=_worded(error))

    def _target(self, url: str) -> URL:
        """Return a URL that can be sent to as it is: what the client wrote, percent for percent."""
        try:
            target = URL(url, encoded=_WIRE_READY.fullmatch(url) is not None)
            host, port = target.host, target.port
        except ValueError:
            raise aiohttp.InvalidURL(url) from None
        if target.scheme not in {"http", "https"} or not host or not port:
            raise aiohttp.InvalidURL(url)
        if _is_address(host):
            self._allowed.check(host, [host])  # Nobody asks the resolver about these.
        return target

    async def _try(self, target: URL, body: bytes, depth: int) -> SendResult:
        headers = {DEPTH_HEADER: str(depth)}
        async with self._session.post(target, data=body, headers=headers, allow_redirects=False) as response:
            await _skim(response)
            return SendResult(response.status, "redirects are not followed" if 300 <= response.status < 400 else None)


def _is_address(host: str) -> bool:
    # The client's own rule: what it takes for an address it connects to without asking the resolver.
    return aiohttp.helpers.is_ip_address(host)


async def _skim(response: aiohttp.ClientResponse) -> None:
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(BODY_SECONDS):
            size = 0
            async for chunk in response.content.iter_any():
                size += len(chunk)
                if size > BODY_BYTES:
                    break


def _worded(error: Exception) -> str:
    """Return what went wrong in a few words that are the same on every run."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"cannot find {error.host}"
        case aiohttp.ClientSSLError():
            return f"no secure connection: {error}"[:LONGEST_ERROR]
        case aiohttp.ClientConnectorError():
            return f"cannot connect: {os.strerror(error.errno) if error.errno else error.os_error}"[:LONGEST_ERROR]
        case aiohttp.ServerDisconnectedError() | ConnectionResetError() | aiohttp.ClientOSError():
            return "the connection was closed without an answer"
        case aiohttp.ClientResponseError():
            return "the answer is not HTTP"
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
