"""Slot that writes requests and their answers into the journal of the world they belong to."""

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.ids import Token
from ..journal import Body, Entry
from ..journal.records import NO_BODY
from ..settings import CONTROL_BASE_PATH
from ..worlds import Worlds
from .security import bearer_token

logger = logging.getLogger("tempolor.mock")


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

    __slots__ = ("_answer", "_begun", "_body", "_ended", "_headers", "_receive", "_scope", "_send", "_status", "_worlds")

    def __init__(self, worlds: Worlds, scope: Scope, receive: Receive, send: Send) -> None:
        self._worlds = worlds
        self._scope = scope
        self._receive = receive
        self._send = send
        self._body: Body | None = None
        self._answer: Body = NO_BODY
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._ended = False
        self._begun = time.perf_counter_ns()

    async def receive(self) -> Message:
        """Pass on a part of the request's body."""
        message = await self._receive()
        if chunk := message.get("body"):
            if self._body is None:
                self._body = Body(self._scope["headers"], digest=True)
            self._body.add(chunk)
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer; the entry is there before its reader can ask for it."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = message.get("headers", [])
            self._answer = Body(self._headers)
        else:
            if chunk := message.get("body"):
                self._answer.add(chunk)
            if not message.get("more_body"):
                await self._end_at_virtual_time()
        await self._send(message)

    async def _end_at_virtual_time(self) -> None:
        """End, having asked for the virtual time where the request was refused before anybody did."""
        notes = self._scope["tempolor.notes"]
        if notes.now_ms is None and (token := self._token(notes)) is not None:
            try:
                notes.now_ms = await self._worlds.run(token, lambda world: world.now_ms)
            except Exception:
                logger.exception("No virtual time for the journal")
        self.end()

    def end(self) -> None:
        """Write the entry, once."""
        if self._ended:
            return
        self._ended = True
        scope = self._scope
        notes = scope.get("tempolor.notes")
        token = self._token(notes)
        if token is None:
            return
        entry = Entry(
            real_ms=self._worlds.wall(),
            virtual_ms=notes.now_ms,
            duration_ns=time.perf_counter_ns() - self._begun,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"],
            headers=scope["headers"],
            body=self._body or NO_BODY,
            status=self._status,
            answer_headers=self._headers,
            answer=self._answer,
            operation_id=notes.operation_id,
            jobs=notes.jobs,
            forced=notes.forced,
            violations=notes.violations,
        )
        self._worlds.journal.append(token, entry)

    def _token(self, notes: Any) -> Token | None:
        """Return the token that names a world: the one noted, or the one sent where nobody got as far as reading it."""
        if notes is None:
            return None
        if notes.token is None:
            header = next((value for name, value in self._scope["headers"] if name == b"authorization"), b"")
            token = bearer_token(header) if header else None
            notes.token = token if token is not None and self._worlds.accepts(token) else None
        return notes.token  # type: ignore[no-any-return]
