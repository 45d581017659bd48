"""Innermost slot: carries an operation out, from the headers to the answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.apps.asynchronous import AsyncApi, AsyncASGIApp
from connexion.operations.abstract import AbstractOperation
from starlette.types import Receive, Scope, Send

from ..domain.errors import ServiceError
from ..exchange import Answer, Call
from ..worlds import Worlds
from .checking import AnswerCheck
from .reading import BodyReader, ParameterReader
from .security import Security
from .sending import refused, send_answer

Function = Callable[[Call], Awaitable[Answer]]


class BoundOperation:
    """A documented operation with everything that can be prepared before its first request."""

    def __init__(self, operation: AbstractOperation, worlds: Worlds) -> None:
        self._operation_id = operation.operation_id
        self._function: Function = operation.function
        self._worlds = worlds
        self._security = Security.from_operation(operation.security or [], operation.security_schemes)
        self._parameters = ParameterReader(operation.parameters)
        self._body = BodyReader(operation, worlds.settings) if operation.request_body else None
        self._check_answer = AnswerCheck(operation) if worlds.settings.validate_responses else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._carry_out(scope, receive)
        except ServiceError as refusal:
            answer = refused(refusal)
        if self._check_answer is not None:
            self._check_answer(answer)
        await send_answer(send, answer)

    async def _carry_out(self, scope: Scope, receive: Receive) -> Answer:
        """Check in the order in which the service reports: authorization, media type, parameters, body."""
        headers = dict(scope["headers"])
        call = Call(self._worlds, base_url(scope, headers), notes=scope["tempolor.notes"])
        call.notes.operation_id = self._operation_id
        call.token = call.notes.token = self._security.check(headers, self._worlds)
        if self._body is not None:
            call.media_type = self._body.media_type(headers)
            call.defaults = self._body.defaults
        call.parameters = self._parameters(scope["path_params"], scope["query_string"])
        if self._body is not None:
            call.body = await self._body(call.media_type, headers, receive)
        return await self._function(call)


def base_url(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """Return scheme and host as the client addressed them, so that links work through a proxy or a container."""
    host = headers.get(b"host")
    if not host:
        name, port = scope.get("server") or ("127.0.0.1", 80)
        return f"{scope['scheme']}://{name}:{port}"
    return f"{scope['scheme']}://{host.decode('latin-1')}"


class OperationsApi(AsyncApi):
    """Connexion's API, with operations of ours."""

    def __init__(self, *args: Any, worlds: Worlds, **kwargs: Any) -> None:
        self._worlds = worlds
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> Any:
        """Bind one operation; called by Connexion for each in the document."""
        return BoundOperation(operation, self._worlds)


class OperationsSlot(AsyncASGIApp):
    """Connexion's innermost application, with APIs of ours."""

    api_cls: type[AsyncApi] = OperationsApi

    def __init__(self, worlds: Worlds) -> None:
        super().__init__()
        self._worlds = worlds

    def add_api(self, *args: Any, **kwargs: Any) -> Any:
        """Register the operations of a document; called by Connexion."""
        return super().add_api(*args, worlds=self._worlds, **kwargs)
