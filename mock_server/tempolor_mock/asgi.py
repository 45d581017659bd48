"""The pipeline as an ASGI application, hosted by Connexion, which reads the documents and finds the functions."""

import asyncio
from contextlib import aclosing
from typing import Any, cast

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from .domain.errors import ServiceError
from .exchange import Reply, Request
from .pipeline import Pipeline
from .settings import PUBLIC_BASE_PATH, Settings
from .steps.endpoint import Endpoint
from .steps.wire import ClientLeftError, ConnectionCutError


class EndpointsApi(RoutedAPI[Endpoint]):
    """A document's operations as endpoints."""

    def __init__(self, *args: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        """Prepare one operation; called by Connexion for each in the document."""
        return Endpoint.of_operation(operation, self._settings, public=self.base_path == PUBLIC_BASE_PATH)

    def endpoints(self) -> dict[str, dict[str, Endpoint]]:
        """Return all endpoints by path and method.

        Raises Connexion's ResolverError for an operation without a function: better now than at its first request.
        """
        found: dict[str, dict[str, Endpoint]] = {}
        for path, methods in self.specification["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and (name := operation.get("operationId")) is not None:
                    cast("Any", self.resolver).resolve_function_from_operation_id(name)
                    found.setdefault(path, {})[method.upper()] = self.operations[name]
        return found


class PipelineMiddleware(RoutedMiddleware[EndpointsApi]):
    """Answers every request; nothing stands behind it."""

    api_cls: type[EndpointsApi] = EndpointsApi

    def __init__(self, app: ASGIApp, *, pipeline: Pipeline, settings: Settings) -> None:
        super().__init__(app)
        self._pipeline = pipeline
        self._settings = settings

    def add_api(self, *args: Any, **kwargs: Any) -> EndpointsApi:
        """Add the operations of a document; called by Connexion."""
        api = super().add_api(*args, settings=self._settings, **kwargs)
        self._pipeline.add(api.base_path, api.endpoints())
        return api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = _Sender(receive)
        reply = await self._pipeline.answer(_request(scope, sender))
        if reply.status:
            await _send(reply, send, sender)
        if reply.ends is not None:
            raise ConnectionCutError.of(reply)


class _Sender:
    """See `exchange.Sender`."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True

    async def receive(self) -> bytes:
        while self._more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ServiceError(400, "The request ended before its body did")
            self._more = message.get("more_body", False)
            if part := message.get("body", b""):
                return bytes(part)
        return b""

    async def left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _request(scope: Scope, sender: _Sender) -> Request:
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    query = scope["query_string"]
    return Request(
        scope["method"],
        scope["path"],
        path + b"?" + query if query else path,
        query,
        [(name, value) for name, value in scope["headers"]],
        scope["scheme"],
        (server[0], server[1]) if (server := scope.get("server")) else None,
        client[0] if (client := scope.get("client")) else None,
        sender,
    )


async def _send(reply: Reply, send: Send, sender: _Sender) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    if isinstance(reply.body, bytes):
        await send({"type": "http.response.body", "body": reply.body, "more_body": reply.ends is not None})
        return
    leaving = asyncio.ensure_future(sender.left())
    try:
        async with aclosing(reply.body):
            async for part in reply.body:
                await send({"type": "http.response.body", "body": part, "more_body": True})
                if leaving.done():
                    return
    except ClientLeftError:
        return
    finally:
        leaving.cancel()
    if reply.ends is None:
        await send({"type": "http.response.body", "body": b""})
