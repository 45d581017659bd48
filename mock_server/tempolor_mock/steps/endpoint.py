"""Innermost slot: carries an operation out, from the headers to the answer."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, cast

from connexion.apps.asynchronous import AsyncApi, AsyncASGIApp
from connexion.operations.abstract import AbstractOperation
from starlette.types import Receive, Scope, Send

from ..documented import DocumentedAnswers
from ..domain.errors import ServiceError
from ..domain.records import replace
from ..domain.world import World
from ..exchange import DEPTH_HEADER, Answer, Call
from ..settings import PUBLIC_BASE_PATH
from ..store import MustWaitError
from ..worlds import Worlds
from .checking import AnswerCheck, AnswerOutsideDocumentError
from .faults import ForcedAnswerError, RequestHazard
from .prefer import PreferenceError, preferred
from .reading import BodyReader, ParameterReader
from .security import Security
from .sending import refused, send_answer
from .validation import BrokenRequestError
from .wire import ClientLeftError

_DEPTH_HEADER = DEPTH_HEADER.lower().encode()
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
"""What may stand in a link; the address the request came to takes the place of anything else."""


Transaction = Callable[[Call, World], Answer]
"""An operation that is one transaction on the caller's world: most of them are."""

Procedure = Callable[[Call], Awaitable[Answer]]
"""An operation that waits for something, or needs several transactions, or none."""


class BoundOperation:
    """A documented operation with everything that can be prepared before its first request."""

    def __init__(
        self, operation: AbstractOperation, worlds: Worlds, documented: dict[str, DocumentedAnswers], *, public: bool
    ) -> None:
        self._operation_id = operation.operation_id
        self._function: Transaction | Procedure = operation.function
        self.is_transaction = not iscoroutinefunction(operation.function)
        self.reads_body = bool(operation.request_body)
        self._worlds = worlds
        self._security = Security.from_operation(operation.security or [], operation.security_schemes)
        self._parameters = ParameterReader(operation.parameters, strict=not public)
        self._body = BodyReader(operation, worlds.settings) if self.reads_body else None
        self._check_answer = AnswerCheck(operation) if worlds.settings.validate_responses else None
        self._all_documented = documented
        self._documented: DocumentedAnswers | None = None
        if public:  # Nothing goes wrong with the control plane.
            self._documented = DocumentedAnswers(self._operation_id, operation.responses)
            documented[self._operation_id] = self._documented

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        call = self._call(scope, headers)
        if self._documented is not None:
            call.hazard = RequestHazard(scope, receive, call, self._documented)
        try:
            answer = await self._answer(call, scope, receive, headers)
            self._check(answer, call)
            if call.hit_by is not None:
                send = await call.hit_by.spoilt(send)
            await send_answer(send, answer)
        except ClientLeftError:  # No `suppress`: it costs as much as all else that faults cost a request.
            return

    def prepared(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Call:
        """Return the call of a request that prefers no answer, but for its body; ServiceError for a head to refuse."""
        call = self._call(scope, headers)
        call.token = call.notes.token = self._security.check(headers, self._worlds)
        self._read_head(call, scope, headers)
        return call

    def answer_now(self, call: Call, raw_body: bytes) -> Answer:
        """Return the answer of an operation that is a transaction to a call that was prepared.

        Raises MustWaitError where there is something to wait for; nothing has happened then.
        """
        try:
            if self._body is not None:
                call.body = _read_json(self._body, raw_body, call)
            answer = self._worlds.run_now(call.owner, partial(self._transact, call))
        except ServiceError as refusal:
            answer = refused(refusal)
        self._check(answer, call)
        return answer

    def _transact(self, call: Call, world: World) -> Answer:
        call.notes.now_ms = world.now_ms
        if world.faults:
            raise MustWaitError
        return cast("Transaction", self._function)(call, world)

    def _call(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Call:
        call = Call(
            self._worlds, base_url(scope, headers), notes=scope["tempolor.notes"], documented=self._all_documented
        )
        call.notes.operation_id = self._operation_id
        if _DEPTH_HEADER in headers:
            call.depth = report_depth(headers)
        return call

    def _check(self, answer: Answer, call: Call) -> None:
        if self._check_answer is not None and not answer.deliberate:
            try:
                self._check_answer(answer)
            except AnswerOutsideDocumentError as error:
                call.notes.violations.append(f"answer: {error}")
                raise

    async def _answer(self, call: Call, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes]) -> Answer:
        """Return the answer: the operation's, or another one that a header or a rule asks for."""
        try:
            return await self._carry_out(call, scope, receive, headers)
        except PreferenceError as refusal:
            return replace(refused(refusal), deliberate=True)
        except ServiceError as refusal:
            if call.hit_by is not None:
                await call.hit_by.refund()
            return refused(refusal)
        except ForcedAnswerError as forced:
            return forced.answer

    async def _carry_out(self, call: Call, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes]) -> Answer:
        """Check in the order in which the service reports: authorization, media type, parameters, body."""
        call.token = call.notes.token = self._security.check(headers, self._worlds)
        if b"prefer" in headers and self._documented is not None:
            asked = preferred(scope["headers"], self._documented)
            if asked is not None:
                answer, call.notes.forced = asked
                return answer
        try:
            self._read_head(call, scope, headers)
            if self._body is not None:
                call.body = await self._body(call.media_type, headers, receive)
        except ServiceError as refusal:
            raise _broken(call, refusal) from None
        if self.is_transaction:
            return await call.run(partial(cast("Transaction", self._function), call))
        return await cast("Procedure", self._function)(call)

    def _read_head(self, call: Call, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        if self._body is not None:
            call.media_type = self._body.media_type(headers)
            call.defaults = self._body.defaults
        call.parameters = self._parameters(scope["path_params"], scope["query_string"])


def _read_json(reader: BodyReader, raw: bytes, call: Call) -> Any:
    try:
        return reader.json(raw)
    except ServiceError as refusal:
        raise _broken(call, refusal) from None


def _broken(call: Call, refusal: ServiceError) -> BrokenRequestError:
    """Return the refusal of a request that breaks the document, noting all that is wrong."""
    broken = BrokenRequestError.from_refusal(refusal)
    call.notes.violations.extend(broken.violations)
    return broken


def base_url(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """Return scheme and host as the client addressed them, so that links work through a proxy or a container."""
    host = headers.get(b"host", b"")
    if _HOST.fullmatch(host):
        return f"{scope['scheme']}://{host.decode('ascii')}"
    name, port = scope.get("server") or ("127.0.0.1", 80)
    return f"{scope['scheme']}://{name}:{port}" if port else f"{scope['scheme']}://{name}"


def report_depth(headers: Mapping[bytes, bytes]) -> int:
    """Return how many reports to `replyUrl` led to a request; what is no number counts as none."""
    given = headers.get(_DEPTH_HEADER, b"")
    return int(given) if given.isdigit() and len(given) < 4 else 0


class OperationsApi(AsyncApi):
    """Connexion's API, with operations of ours."""

    def __init__(self, *args: Any, worlds: Worlds, documented: dict[str, DocumentedAnswers], **kwargs: Any) -> None:
        self._worlds = worlds
        self._documented = documented
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> Any:
        """Bind one operation; called by Connexion for each in the document."""
        public = self.base_path == PUBLIC_BASE_PATH
        return BoundOperation(operation, self._worlds, self._documented, public=public)


class OperationsSlot(AsyncASGIApp):
    """Connexion's innermost application, with APIs of ours."""

    api_cls: type[AsyncApi] = OperationsApi

    def __init__(self, worlds: Worlds) -> None:
        super().__init__()
        self._worlds = worlds
        self._documented: dict[str, DocumentedAnswers] = {}

    def add_api(self, *args: Any, **kwargs: Any) -> Any:
        """Register the operations of a document; called by Connexion."""
        return super().add_api(*args, worlds=self._worlds, documented=self._documented, **kwargs)
