"""The guard as httpx transports: whatever a client sends passes it, redirects and retries included."""

import httpx

from .guard import Gate, Ticket


class GuardedTransport(httpx.BaseTransport):
    """Lets a request through to the inner transport if the guard does; budget.Refused if not."""

    def __init__(self, inner: httpx.BaseTransport, guard: Gate) -> None:
        self._inner = inner
        self._guard = guard

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and settle its ticket with the whole answer."""
        ticket = _admitted(self._guard, request)
        try:
            response = self._inner.handle_request(request)
            body = _settling_body(ticket, response) and response.read()
        except BaseException:
            self._guard.settle(ticket, None)
            raise
        self._guard.settle(ticket, response.status_code, body or b"")
        return response

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class AsyncGuardedTransport(httpx.AsyncBaseTransport):
    """The same for asynchronous clients."""

    def __init__(self, inner: httpx.AsyncBaseTransport, guard: Gate) -> None:
        self._inner = inner
        self._guard = guard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and settle its ticket with the whole answer."""
        ticket = _admitted(self._guard, request)
        try:
            response = await self._inner.handle_async_request(request)
            body = _settling_body(ticket, response) and await response.aread()
        except BaseException:
            self._guard.settle(ticket, None)
            raise
        self._guard.settle(ticket, response.status_code, body or b"")
        return response

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()


def _admitted(guard: Gate, request: httpx.Request) -> Ticket:
    return guard.admit(request.method, str(request.url), request.headers)


def _settling_body(ticket: Ticket, response: httpx.Response) -> bool:
    # Only an accepted creation tells ids that have to be kept; other bodies stay streams.
    return ticket.creates and response.status_code < 300
