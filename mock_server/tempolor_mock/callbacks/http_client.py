"""Sending a callback to its receiver over HTTP. Loaded with the first one that leaves this process.

Nothing of an answer but its status counts, so no receiver can harm the mock with what it answers: bodies are read up
to a bound, in size and in time, and thrown away.
"""

import asyncio
import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, lru_cache

import httptools

from ..settings import Settings
from .allowed_hosts import AllowedHosts, HostNotAllowedError
from .sending import Address, RequestToSend, SendResult

HEAD_BYTES = 64 << 10
"""How much an answer may say before its body begins."""

BODY_BYTES = 64 << 10
BODY_SECONDS = 0.5
"""How much of an answer's body is read, and for how long, so that its connection ends in good order."""

LONGEST_ERROR = 200


class NoAnswerError(Exception):
    """A receiver did not answer as HTTP wants it; the message says how."""


class AnswerReader(asyncio.Protocol):
    """Sends a request as soon as it is connected; `status` is there when the answer's body has been read or left."""

    def __init__(self, request: bytes) -> None:
        self._loop = asyncio.get_running_loop()
        self.status: asyncio.Future[int] = self._loop.create_future()
        self._request = request
        self._parser = httptools.HttpResponseParser(self)
        self._found: int | None = None
        self._room = HEAD_BYTES
        self._patience: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request; called by the event loop."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it connects by TCP
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Read on; called by the event loop."""
        self._room -= len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end("the answer is not HTTP")
        if self._room < 0:
            self._end("the answer is not HTTP")

    def on_headers_complete(self) -> None:
        """Take note of the status; called by the parser. Nothing that is said before the answer is one."""
        status = self._parser.get_status_code()
        if status >= 200 and self._found is None:
            self._found = status
            self._room = BODY_BYTES
            self._patience = self._loop.call_later(BODY_SECONDS, self._end)

    def on_message_complete(self) -> None:
        """End; called by the parser."""
        if self._found is not None:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - however it was lost
        """End; called by the event loop."""
        self._end("the connection was closed without an answer")

    def _end(self, missing: str = "") -> None:
        if self.status.done():
            return
        if self._found is not None:
            self.status.set_result(self._found)
        else:
            self.status.set_exception(NoAnswerError(missing))

    def close(self) -> None:
        """End the connection."""
        if self._patience is not None:
            self._patience.cancel()
        self.status.cancel()
        if self._transport is not None:
            self._transport.abort() if self._transport.get_write_buffer_size() else self._transport.close()


class Names:
    """Looks names up, and tells their addresses only where all of them may be connected to."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        # Threads of its own: names that take long to look up must not hold up the threads that others share.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="callback-names")

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host; HostNotAllowedError where one of them is not allowed."""
        addresses = [host] if _is_address(host) else await self._look_up(host, port)
        self._allowed.check(host, addresses)
        return addresses

    async def _look_up(self, host: str, port: int) -> list[str]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def close(self) -> None:
        """Release the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@lru_cache(maxsize=256)
def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return False


class CallbackClient:
    """Sends callbacks; each try has a connection of its own.

    A connection that is kept can be closed by its receiver in the moment the next callback goes out, which would look
    like a failure nobody made. Redirects are not followed, and the environment's proxies are not used.
    """

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.callback_timeout_seconds
        self._names = Names(AllowedHosts(settings.allowed_callback_hosts))
        self._accepts_any_certificate = settings.callback_insecure

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        tls = ssl.create_default_context()
        if self._accepts_any_certificate:
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
        return tls

    def close(self) -> None:
        """Release what is held."""
        self._names.close()

    async def send(self, request: RequestToSend) -> SendResult:
        """See `Sender`."""
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._try(request)
        except HostNotAllowedError as error:
            return SendResult(error=str(error), retry=False)
        except TimeoutError:
            return SendResult(error=f"no answer within {self._seconds:g} seconds", timed_out=True)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one callback must not stop the others
            return SendResult(error=_worded(error, request.address.host)[:LONGEST_ERROR])
        return SendResult(status, "redirects are not followed" if 300 <= status < 400 else None)

    async def _try(self, request: RequestToSend) -> int:
        reader = AnswerReader(_on_the_wire(request))
        try:
            await self._connect(request.address, reader)
            return await reader.status
        finally:
            reader.close()

    async def _connect(self, to: Address, reader: AnswerReader) -> None:
        """Connect to the first address that answers."""
        addresses = await self._names.addresses(to.host, to.port)
        for address in addresses[:-1]:
            with suppress(OSError):
                return await self._connect_to(address, to, reader)
        return await self._connect_to(addresses[-1], to, reader)

    async def _connect_to(self, address: str, to: Address, reader: AnswerReader) -> None:
        secured = to.scheme == "https"
        await asyncio.get_running_loop().create_connection(
            lambda: reader,
            address,
            to.port,
            ssl=self._tls if secured else None,
            server_hostname=to.host if secured else None,
        )


def _on_the_wire(request: RequestToSend) -> bytes:
    head = [f"POST {request.address.target} HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers), "", ""]
    return "\r\n".join(head).encode() + request.body


def _worded(error: Exception, host: str) -> str:
    """Return what went wrong in a few words that are the same on every run."""
    match error:
        case NoAnswerError():
            return str(error)
        case socket.gaierror():
            return f"cannot find {host}"
        case ssl.SSLError():
            return f"no secure connection: {error}"
        case OSError():
            return f"cannot connect: {os.strerror(error.errno) if error.errno else 'nobody answers'}"
    return f"{type(error).__name__}: {error}"
