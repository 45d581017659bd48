"""Slot that writes requests and their answers into the journal of the world they belong to."""

import logging
from time import perf_counter_ns
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.ids import Token
from ..domain.world import World
from ..exchange import Notes
from ..journal import Body, Entry, RequestHead
from ..journal.records import KEPT_BODY_BYTES, Noted, RawBody, RawHeaders
from ..settings import CONTROL_BASE_PATH
from ..store import MustWaitError
from ..worlds import Worlds
from .security import bearer_token

logger = logging.getLogger("tempolor.mock")

Reply = tuple[int, RawHeaders, bytes]
"""Status, headers and body of an answer that was sent in one piece."""


class JournalSlot:
    """Stands in front of `ErrorSlot`, so that it sees refusals as they are sent.

    Control calls are not journalled: the journal is about what the mock's users are testing. A request whose token
    names no world has no journal to go to.
    """

    def __init__(self, app: ASGIApp, *, worlds: Worlds) -> None:
        self.app = app
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and record it."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL_BASE_PATH):
            await self.app(scope, receive, send)
            return
        recording = _Recording(self._worlds, scope, receive, send)
        try:
            await self.app(scope, recording.receive, recording.send)
        finally:
            recording.end()


class _Recording:
    """One request while it is answered; keeps references, and leaves all wording to whoever reads the journal."""

    __slots__ = ("answer", "begun", "body", "ended", "headers", "passed_on", "received", "scope", "status", "worlds")

    def __init__(self, worlds: Worlds, scope: Scope, receive: Receive, send: Send) -> None:
        self.worlds = worlds
        self.scope = scope
        self.received = receive
        self.passed_on = send
        self.body: RawBody = b""
        self.answer: RawBody = b""
        self.status = 0
        self.headers: RawHeaders = ()
        self.ended = False
        self.begun = perf_counter_ns()

    async def receive(self) -> Message:
        """Pass on a part of the request's body."""
        message = await self.received()
        if chunk := message.get("body"):
            self.body = _with(self.body, chunk, message, self.scope["headers"], digest=True)
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer; the entry is there before its reader can ask for it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = message.get("headers", ())
        else:
            if chunk := message.get("body"):
                self.answer = _with(self.answer, chunk, message, self.headers)
            if not message.get("more_body"):
                if self.scope["tempolor.notes"].now_ms is None:
                    await self._ask_virtual_time()
                self.end()
        await self.passed_on(message)

    async def _ask_virtual_time(self) -> None:
        """Ask for the virtual time of a request that was refused before anybody did."""
        notes = self.scope["tempolor.notes"]
        if (token := _token(self.worlds, self.scope["headers"], notes)) is not None:
            try:
                notes.now_ms = await self.worlds.run(token, _now_ms)
            except Exception:
                logger.exception("No virtual time for the journal")

    def end(self) -> None:
        """Write the entry, once."""
        notes: Notes | None = self.scope.get("tempolor.notes")
        if not self.ended and notes is not None:
            self.ended = True
            took_ns = perf_counter_ns() - self.begun
            head = request_head(self.scope)
            reply = self.status, self.headers, self.answer
            _append(self.worlds, Entry(self.worlds.wall(), took_ns, head, self.body, *reply, notes))


def request_head(scope: Scope) -> RequestHead:
    """Return what the journal keeps of a request's head."""
    return RequestHead(scope["method"], scope["path"], scope["query_string"], scope["headers"])


def record(worlds: Worlds, entry: Entry) -> None:
    """Write the entry of a request that came and was answered in one piece each, with a body that is small."""
    notes = entry.notes
    if notes.now_ms is None and notes.token is not None:
        try:
            notes.now_ms = worlds.run_now(notes.token, _now_ms)
        except MustWaitError:
            pass  # The entry has no virtual time.
        except Exception:
            logger.exception("No virtual time for the journal")
    if len(answer := cast("bytes", entry.answer)) > KEPT_BODY_BYTES:
        entry.answer = _with(b"", answer, {}, entry.answer_headers)
    _append(worlds, entry)


def _now_ms(world: World) -> int:
    return world.now_ms


def _append(worlds: Worlds, entry: Entry) -> None:
    token = _token(worlds, entry.head.headers, entry.notes)
    if token is not None:
        worlds.journal.append(token, entry)


def _token(worlds: Worlds, headers: RawHeaders, notes: Noted) -> Token | None:
    """Return the token that names a world: the one noted, or the one sent where nobody got as far as reading it."""
    if notes.token is None:
        header = next((value for name, value in headers if name == b"authorization"), b"")
        token = bearer_token(header) if header else None
        notes.token = token if token is not None and worlds.accepts(token) else None
    return notes.token


def _with(body: RawBody, chunk: bytes, message: Message, headers: RawHeaders, *, digest: bool = False) -> RawBody:
    """Return a body with one more part; the only part of a small one is kept as it is."""
    if not body and not message.get("more_body") and len(chunk) <= KEPT_BODY_BYTES:
        return chunk
    if not isinstance(body, Body):
        body = Body(headers, digest=digest)
    body.add(chunk)
    return body
