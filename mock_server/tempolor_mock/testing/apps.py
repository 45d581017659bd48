"""The applications and test clients of Python's web frameworks, asked one way."""

import asyncio
import inspect
import sys
from abc import ABC, abstractmethod
from functools import partial
from typing import Any

from ..callbacks import RequestToSend
from .app_errors import told_errors
from .loops import new_loop


class App(ABC):
    """An application under test, which answers a callback with a status or raises."""

    @abstractmethod
    def post(self, request: RequestToSend) -> int:
        """Send a callback from this thread, which runs no event loop, and return the answer's status."""

    async def post_async(self, request: RequestToSend) -> int:
        """Send a callback from an event loop, in a thread unless the application has a better way."""
        from anyio import to_thread  # noqa: PLC0415 - for asynchronous tests only

        return await to_thread.run_sync(self.post, request)


class AsgiApp(App):
    """An ASGI application: FastAPI, Starlette, Quart, Django's `get_asgi_application()`."""

    def __init__(self, app: Any) -> None:
        import httpx2  # noqa: PLC0415 - for tests with an application only

        self._open = partial(httpx2.AsyncClient, transport=httpx2.ASGITransport(app))

    def post(self, request: RequestToSend) -> int:
        """See `App`."""
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(self.post_async(request))

    async def post_async(self, request: RequestToSend) -> int:
        """See `App`."""
        async with self._open() as client:
            answer = await client.post(request.url, content=request.body, headers=list(request.headers))
        return int(answer.status_code)


class WsgiApp(App):
    """A WSGI application: Flask, Django's `get_wsgi_application()`, Bottle, Pyramid."""

    def __init__(self, app: Any) -> None:
        import httpx2  # noqa: PLC0415 - for tests with an application only

        self._client = HttpxClient(httpx2.Client(transport=httpx2.WSGITransport(app)))

    def post(self, request: RequestToSend) -> int:
        """See `App`."""
        return self._client.post(request)


class HttpxClient(App):
    """A client of httpx or httpx2, such as the `TestClient` of FastAPI and Starlette."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def post(self, request: RequestToSend) -> int:
        """See `App`."""
        answer = self._client.post(
            request.url, content=request.body, headers=dict(request.headers), follow_redirects=False
        )
        return int(answer.status_code)


class WerkzeugClient(App):
    """What Flask's `app.test_client()` returns."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def post(self, request: RequestToSend) -> int:
        """See `App`."""
        answer = self._client.open(
            request.address.target,
            method="POST",
            base_url=request.address.origin,
            data=request.body,
            headers=list(request.headers),
        )
        return int(answer.status_code)


class DjangoClient(App):
    """Django's `django.test.Client`, and what pytest-django calls `client`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def post(self, request: RequestToSend) -> int:
        """See `App`."""
        headers = dict(request.headers)
        answer = self._client.generic(
            "POST",
            request.address.target,
            data=request.body,
            content_type=headers.pop("Content-Type"),
            secure=request.address.scheme == "https",
            headers=headers,
        )
        return int(answer.status_code)


_CLIENTS = (
    ("httpx", "Client", HttpxClient),
    ("httpx2", "Client", HttpxClient),
    ("werkzeug.test", "Client", WerkzeugClient),
    ("django.test.client", "Client", DjangoClient),
)
"""Where test clients come from: whoever has one has imported its module."""


def adapted(app: Any) -> App:
    """Return how to ask an application or a test client; TypeError for what is neither."""
    return _Told(_adapted(app))


def _adapted(app: Any) -> App:
    for module, name, adapter in _CLIENTS:
        if (loaded := sys.modules.get(module)) is not None and isinstance(app, getattr(loaded, name)):
            return adapter(app)
    if not callable(app):
        raise TypeError(f"{app!r} is no ASGI or WSGI application, and no test client of one")
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None)):  # noqa: B004
        return AsgiApp(app)
    return WsgiApp(app)


class _Told(App):
    """Raises, in place of the status 500, what a framework made one of."""

    def __init__(self, app: App) -> None:
        self._app = app

    def post(self, request: RequestToSend) -> int:
        """See `App`."""
        with told_errors() as errors:
            return _checked(self._app.post(request), errors)

    async def post_async(self, request: RequestToSend) -> int:
        """See `App`."""
        with told_errors() as errors:
            return _checked(await self._app.post_async(request), errors)


def _checked(status: int, errors: list[BaseException]) -> int:
    if errors:
        raise errors[0]
    return status
