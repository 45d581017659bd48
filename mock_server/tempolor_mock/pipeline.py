"""The way of every request, whatever brings it: from its head to its reply, step by step.

`Pipeline.answer` is all a transport has to call. It waits for nothing unless it must (a body that is still to come, a
store that is in use, a fault that delays, an operation that is no single transaction), and says so beforehand by
`in_task`; so a transport may run it without a task up to there (`waiting.begin`).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from itertools import count
from time import perf_counter_ns
from typing import TYPE_CHECKING, cast

from .documented import DocumentedAnswers
from .domain.errors import ServiceError
from .exchange import DEPTH_HEADER, NO_REQUEST, Answer, Call, Notes, Parts, Reply, Request
from .journal import Body, RequestHead, request_ids
from .settings import CONTROL_BASE_PATH, FILES_PATH, PUBLIC_BASE_PATH
from .steps import cors, journal
from .steps.bodies import received
from .steps.endpoint import Endpoint, Procedure, Transaction
from .steps.faults import ForcedAnswerError, LostAnswerError
from .steps.guard import Guard
from .steps.log import RequestLog
from .steps.prefer import PreferenceError, preferred
from .steps.proxies import Proxies
from .steps.replies import failed, refused, reply_of, without_body
from .steps.routing import Routes
from .steps.validation import BrokenRequestError
from .steps.wire import ClientLeftError
from .waiting import in_task
from .worlds import Worlds

if TYPE_CHECKING:
    from .additions import Additions

LONG_BODY = 1 << 20
"""Bytes from which on a body is read in a thread, so that others get their turn meanwhile."""

_DEPTH_HEADER = DEPTH_HEADER.lower().encode()
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
"""What may stand in a link; the address the request came to takes the place of anything else."""


class Pipeline:
    """Answers requests with the endpoints that were added, and with `additions` that overlays make to their answers."""

    def __init__(self, worlds: Worlds, log: RequestLog | None) -> None:
        settings = worlds.settings
        self.additions: Additions | None = None
        self._worlds = worlds
        self._log = log
        self._proxies = Proxies(settings.trusted_proxies) if settings.trusted_proxies else None
        self._guard = Guard(worlds)
        self._routes = Routes()
        self._documented: dict[str, DocumentedAnswers] = {}
        self._metrics = worlds.metrics
        self._serials = count(1)

    def add(self, base_path: str, endpoints: Mapping[str, Mapping[str, Endpoint]]) -> None:
        """Add endpoints by path below a base path, and by method. HEAD is where GET is, but for the service's paths."""
        table = self._routes.table(base_path, answers_head=base_path != PUBLIC_BASE_PATH)
        for path, methods in endpoints.items():
            table.add(path, methods)
            for each in methods.values():
                if each.operation_id is not None and each.documented is not None:
                    self._documented[each.operation_id] = each.documented

    async def answer(self, request: Request) -> Reply:
        """Return the reply to a request, journalled and logged."""
        begun_ns = perf_counter_ns()
        call, endpoint = self._known_call(request) or (self._new_call(request), None)
        call.notes.serial = next(self._serials)
        try:
            reply = await self._reply(call, endpoint)
        except ServiceError as refusal:
            reply = cors.preflight(call, refusal) or reply_of(self._refused(refusal))
        except LostAnswerError as lost:
            reply = Reply(0, ends=lost.how)
        except ClientLeftError:
            reply = Reply(0, ends="close")
        except Exception as bug:  # noqa: BLE001 - whatever was not foreseen
            reply = reply_of(failed(call, bug))
        except BaseException:
            self._record(call, Reply(0), b"", begun_ns)
            raise
        if b"origin" in call.fields or request_ids.HEADER in call.fields:
            reply = _as_asked(call, reply)
        if request.method == "HEAD":
            reply = await without_body(reply)
        # A request that could not get at its world has waited for that already.
        is_cut_off = reply.status == HTTPStatus.SERVICE_UNAVAILABLE and call.notes.forced is None
        if call.notes.now_ms is None and not call.is_control and not is_cut_off:
            await journal.note_virtual_time(call)
        if isinstance(reply.body, bytes):
            self._record(call, reply, journal.kept(reply.body, reply.headers), begun_ns)
        else:
            reply.body = self._recording(call, reply, reply.body, begun_ns)
        return reply

    def _known_call(self, request: Request) -> tuple[Call, Endpoint] | None:
        """Return what was read of the same head before: it says the same again."""
        memory = request.memory
        return None if memory is None or memory.call is None else (memory.call.repeated(request), memory.endpoint)

    def _remember(self, call: Call, endpoint: Endpoint) -> None:
        """Keep what was read of a head that may come again, unless something else had a say in it."""
        memory = call.request.memory
        if memory is None or self._proxies is not None or call.is_control or b"prefer" in call.fields:
            return
        memory.call, memory.endpoint = call.repeated(NO_REQUEST), endpoint

    def _new_call(self, request: Request) -> Call:
        head = RequestHead(request.method, request.path, request.query, request.headers)
        is_control = request.path.startswith(CONTROL_BASE_PATH)
        return Call(
            self._worlds, request, Notes(), dict(request.headers), head, is_control, documented=self._documented
        )

    async def _reply(self, call: Call, endpoint: Endpoint | None) -> Reply:
        """Take the steps in the order in which the service reports what is wrong; `endpoint` is None for a new head."""
        answer: Answer | Reply | None = None
        is_new = endpoint is None
        if endpoint is None:
            endpoint = await self._find(call)
        try:
            if is_new:
                call.token = call.notes.token = endpoint.security.check(call.fields, self._worlds)
                answer = preferred(call, endpoint.documented) if b"prefer" in call.fields else None
            if answer is None:
                await self._read(call, endpoint, is_new=is_new)
                if endpoint.is_transaction:
                    answer = await call.run(partial(cast("Transaction", endpoint.function), call))
                else:
                    await in_task()
                    answer = await cast("Procedure", endpoint.function)(call)
        except ServiceError as refusal:
            if call.hit is not None:
                await call.hit.refund()
            answer = self._refused(refusal)
        except ForcedAnswerError as forced:
            answer = forced.answer
        if isinstance(answer, Answer):
            answer = reply_of(self._as_documented(call, endpoint, answer))
        return answer if call.hit is None else call.hit.after(answer)

    def _as_documented(self, call: Call, endpoint: Endpoint, answer: Answer) -> Answer:
        """Return an answer with what overlays add to it, checked where the mock is to check itself."""
        if self.additions is not None and endpoint.operation_id is not None:
            answer = self.additions.shown_in(endpoint.operation_id, answer)
        if endpoint.check is not None:
            endpoint.check(call, answer)
        return answer

    async def _find(self, call: Call) -> Endpoint:
        """Find out how the client addressed the mock, keep strangers out of the control plane, and route the call."""
        request = call.request
        if request.refusal is not None:
            raise request.refusal
        if self._proxies is not None:
            self._proxies.believe(call)
        call.base_url = base_url(call)
        if _DEPTH_HEADER in call.fields:
            call.depth = callback_depth(call.fields[_DEPTH_HEADER])
        if call.is_control:
            await self._guard.check(call)
        endpoint, call.parameters = self._routes.find(request.method, request.path)
        call.notes.operation_id = endpoint.operation_id
        call.rules = endpoint.rules
        return endpoint

    async def _read(self, call: Call, endpoint: Endpoint, *, is_new: bool) -> None:
        """Read what the operation is to be told: parameters and body, checked; note what is wrong with them."""
        reader = endpoint.body
        try:
            if is_new:
                if reader is not None:
                    call.media_type, call.defaults = reader.media_type(call.fields), reader.defaults
                if endpoint.parameters is not None:
                    call.parameters = endpoint.parameters(call.parameters, call.request.query)
                self._remember(call, endpoint)
            if reader is not None:
                body = call.request.body
                if body is None:
                    body = await received(call, reader.limit(call.media_type))
                else:
                    call.kept_body = journal.kept(body, call.request.headers, digest=True)
                if len(body) > LONG_BODY:
                    await in_task()
                    call.body = await asyncio.to_thread(reader.read, call, body)
                else:
                    call.body = reader.read(call, body)
        except ServiceError as refusal:
            broken = BrokenRequestError.from_refusal(refusal)
            call.notes.violations = broken.violations
            raise broken from None

    async def _recording(self, call: Call, reply: Reply, parts: Parts, begun_ns: int) -> AsyncGenerator[bytes]:
        body = Body(reply.headers)
        try:
            async with aclosing(parts):
                async for part in parts:
                    body.add(part)
                    yield part
        finally:
            self._record(call, reply, body, begun_ns)

    def _record(self, call: Call, reply: Reply, body: bytes | Body, begun_ns: int) -> None:
        duration_ns = perf_counter_ns() - begun_ns
        if not call.is_control:
            journal.record(call, reply, body, duration_ns)
        notes = call.notes
        self._metrics.answered(notes.operation_id or self._unnamed(call), reply.status, duration_ns)
        if notes.jobs:
            self._metrics.jobs["started"] += len(notes.jobs)
        if self._log is not None:
            self._log.tell(call, reply.status, duration_ns)

    def _unnamed(self, call: Call) -> str | None:
        """Return the name for requests of what no document has an operation for; None for what is nowhere."""
        return "get_file" if call.request.path.startswith(FILES_PATH + "/") else None

    def _refused(self, refusal: ServiceError) -> Answer:
        if refusal.bound is not None:
            self._metrics.bounds[refusal.bound] += 1
        return refused(refusal, deliberate=isinstance(refusal, PreferenceError))


def _as_asked(call: Call, reply: Reply) -> Reply:
    """Return a reply that a page of another origin may read, and that repeats the id the client gave the request."""
    if b"origin" in call.fields and not call.is_control:
        reply = cors.opened(reply)
    if (sent := request_ids.given_id([(request_ids.HEADER, call.fields.get(request_ids.HEADER, b""))])) is not None:
        reply.headers = [*reply.headers, (request_ids.HEADER, sent.encode())]
    return reply


def base_url(call: Call) -> str:
    """Return scheme and host as the client addressed them, so that links work through a proxy or a container."""
    request, host = call.request, call.fields.get(b"host", b"")
    if _HOST.fullmatch(host):
        return f"{request.scheme}://{host.decode('ascii')}"
    name, port = request.server or ("127.0.0.1", 80)
    return f"{request.scheme}://{name}:{port}" if port else f"{request.scheme}://{name}"


def callback_depth(given: bytes) -> int:
    """Return how many callbacks to `replyUrl` led to a request; what is no number counts as none."""
    return int(given) if given.isdigit() and len(given) < 4 else 0
