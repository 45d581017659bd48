"""A transport for httpx and httpx2 that needs no socket."""

import sys
from concurrent.futures import Future
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from .calls import Reply, Request, awaited

if TYPE_CHECKING:
    from .server import MockServer


class Transport:
    """Give it to `Client(transport=...)` or `AsyncClient(transport=...)` of httpx or httpx2, any base URL with it.

    It is no subclass of either library's transports, so neither needs to be installed. Read timeouts count, real
    seconds; connections that fault rules end raise what they raise on a socket. Answers arrive in whole.
    """

    def __init__(self, server: "MockServer") -> None:
        self._server = server

    def handle_request(self, request: Any) -> Any:
        """Carry one request; called by a `Client`."""
        library = _library_of(request)
        future = self._server.begin(_plain(request, request.read()), patience=_patience(request))
        try:
            return _response(library, future.result())
        except TimeoutError:
            raise library.ReadTimeout("The mock did not answer in time", request=request) from None
        except ConnectionResetError as cut:
            raise _cut(library, request, cut) from None

    async def handle_async_request(self, request: Any) -> Any:
        """Carry one request; called by an `AsyncClient`."""
        library = _library_of(request)
        future = self._server.begin(_plain(request, await request.aread()), patience=_patience(request))
        try:
            return _response(library, await _kept(future))
        except TimeoutError:
            raise library.ReadTimeout("The mock did not answer in time", request=request) from None
        except ConnectionResetError as cut:
            raise _cut(library, request, cut) from None

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


async def _kept(future: "Future[Reply]") -> Reply:
    """Wait, and break the request off when the client does."""
    try:
        return await awaited(future)
    finally:
        future.cancel()


def _library_of(request: Any) -> ModuleType:
    return sys.modules[type(request).__module__.partition(".")[0]]


def _plain(request: Any, body: bytes) -> Request:
    # Put together from its parts: a client may show its addresses without their queries.
    url = f"{request.url.scheme}://{request.url.netloc.decode()}{request.url.raw_path.decode()}"
    return Request(request.method, url, request.headers.raw, body)


def _patience(request: Any) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


def _response(library: ModuleType, reply: Reply) -> Any:
    return library.Response(
        reply.status,
        headers=reply.headers,
        stream=library.ByteStream(reply.body),
        extensions={"http_version": b"HTTP/1.1"},
    )


def _cut(library: ModuleType, request: Any, cut: ConnectionResetError) -> Exception:
    """Return what a client on a socket would see of a connection that was cut."""
    kind = library.ReadError if "reset" in str(cut) else library.RemoteProtocolError
    error: Exception = kind(str(cut), request=request)
    return error
