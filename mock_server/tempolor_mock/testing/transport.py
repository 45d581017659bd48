"""A transport for httpx and httpx2 that needs no socket."""

import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from functools import cache
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .calls import OpenReply, Request, awaited, opened

if TYPE_CHECKING:
    from .server import MockServer

T = TypeVar("T")


class Transport:
    """Give it to `Client(transport=...)` or `AsyncClient(transport=...)` of httpx or httpx2, any base URL with it.

    It is no subclass of either library's transports, so neither needs to be installed. Read timeouts count, real
    seconds; connections that fault rules end raise what they raise on a socket. A body arrives in parts, as it is
    made, and may be left before its end.
    """

    def __init__(self, server: "MockServer") -> None:
        self._server = server

    def handle_request(self, request: Any) -> Any:
        """Carry one request; called by a `Client`."""
        exchange = _Exchange(self._server, request)
        reply = exchange.wait(exchange.begin(request.read()))
        return exchange.response(reply, _streams(exchange.library)[0](exchange, reply))

    async def handle_async_request(self, request: Any) -> Any:
        """Carry one request; called by an `AsyncClient`."""
        exchange = _Exchange(self._server, request)
        reply = await exchange.wait_async(exchange.begin(await request.aread()))
        return exchange.response(reply, _streams(exchange.library)[1](exchange, reply))

    def close(self) -> None:
        """Do nothing: the server goes on."""

    async def aclose(self) -> None:
        """Do nothing: the server goes on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        pass


class _Exchange:
    """A request of a client and what it waits for, told in the words of the client's library."""

    def __init__(self, server: "MockServer", request: Any) -> None:
        self.library: ModuleType = sys.modules[type(request).__module__.partition(".")[0]]
        self._server = server
        self._request = request
        self._patience: float | None = request.extensions.get("timeout", {}).get("read")

    def begin(self, body: bytes) -> "Future[OpenReply]":
        # Put together from its parts: a client may show its addresses without their queries.
        url = self._request.url
        address = f"{url.scheme}://{url.netloc.decode()}{url.raw_path.decode()}"
        request = Request(self._request.method, address, self._request.headers.raw, body)
        return self._server.submit(opened(request, self._server.pipeline), self._patience)

    def part(self, reply: OpenReply) -> "Future[bytes]":
        return self._server.submit(reply.part(), self._patience)

    def leave(self, reply: OpenReply) -> None:
        self._server.begin(reply.close())

    def wait(self, future: "Future[T]") -> T:
        try:
            return future.result()
        except (TimeoutError, ConnectionResetError) as error:
            raise self._told(error) from None

    async def wait_async(self, future: "Future[T]") -> T:
        """Wait, and break the work off when the client gives up."""
        try:
            return await awaited(future)
        except (TimeoutError, ConnectionResetError) as error:
            raise self._told(error) from None
        finally:
            future.cancel()

    def _told(self, error: Exception) -> Exception:
        """Return what a client on a socket would see of an answer that does not come, or of a connection cut."""
        kind, text = "ReadTimeout", "The mock did not answer in time"
        if isinstance(error, ConnectionResetError):
            kind, text = "ReadError" if "reset" in str(error) else "RemoteProtocolError", str(error)
        told: Exception = getattr(self.library, kind)(text, request=self._request)
        return told

    def response(self, reply: OpenReply, stream: Any) -> Any:
        return self.library.Response(
            reply.status, headers=reply.headers, stream=stream, extensions={"http_version": b"HTTP/1.1"}
        )


@cache
def _streams(library: ModuleType) -> tuple[type, type]:
    """Return the bodies of answers, sync and async, as a library wants them: it accepts no classes but its own."""

    class Stream(library.SyncByteStream):  # type: ignore[name-defined,misc]
        def __init__(self, exchange: _Exchange, reply: OpenReply) -> None:
            self._exchange = exchange
            self._reply = reply

        def __iter__(self) -> Iterator[bytes]:
            while part := self._exchange.wait(self._exchange.part(self._reply)):
                yield part

        def close(self) -> None:
            self._exchange.leave(self._reply)

    class AsyncStream(library.AsyncByteStream):  # type: ignore[name-defined,misc]
        def __init__(self, exchange: _Exchange, reply: OpenReply) -> None:
            self._exchange = exchange
            self._reply = reply

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while part := await self._exchange.wait_async(self._exchange.part(self._reply)):
                yield part

        async def aclose(self) -> None:
            self._exchange.leave(self._reply)

    return Stream, AsyncStream
