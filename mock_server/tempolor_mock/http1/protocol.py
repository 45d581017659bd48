"""One connection: its requests in their order, its replies, its end.

Uvicorn's server makes one of these for each connection; it keeps the connections, the tasks and the date
(`ServerState`). What a client can make a connection cost is bounded, however much it sends and however little it reads:
of requests sent ahead and of bodies nobody takes only so much is read, and what does not go on comes to its end.
"""

import asyncio
import logging
import os
import socket
import struct
from collections import deque
from contextlib import aclosing, suppress
from math import inf
from typing import Any, cast

import uvicorn
from uvicorn.server import ServerState

from ..app import MockApp
from ..domain.errors import ServiceError
from ..exchange import Parts, Reply, Request
from ..steps.wire import ClientLeftError
from ..waiting import begin, in_task
from .incoming import Incoming
from .reader import HttpReader
from .writing import HeadWriter, says_close

SLICE_BYTES = 16 << 10
"""How much is read at once; of requests sent ahead, more than this waits in the client's and the system's buffers."""

MOST_UNTAKEN_BYTES = 256 << 10
"""How much of a body is read ahead of whoever takes it."""

MOST_DISCARDED_BYTES = 128 << 20
LINGER_SECONDS = 1.0
"""How much is thrown away, and for how long nothing may come, of what a client still sends when it was answered.

A client that reads the answer only once it has sent everything sees a refusal only if the connection stays that long.
"""

_NO_LINGER = struct.pack("ii", 1, 0)

logger = logging.getLogger("tempolor.mock")


class HttpProtocol(asyncio.Protocol):
    """See `asyncio.Protocol`; the other methods are for uvicorn's server, the reader and the requests."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002 - of the lifespan, which uses none
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._app = cast("MockApp", config.loaded_app)
        self._loop = _loop or asyncio.get_running_loop()
        self._server = server_state
        settings = self._app.worlds.settings
        self._idle_seconds = settings.idle_timeout_seconds
        self._most_connections = settings.max_connections
        self._head_seconds = settings.head_timeout_seconds
        self._body_seconds = settings.body_timeout_seconds
        self._transport: asyncio.Transport
        self._writer = HeadWriter(server_state)
        self._waiting: deque[tuple[Incoming, Request]] = deque()
        self._reader = HttpReader(self, self._waiting.append)
        self._answering: Incoming | None = None
        self._unread = b""
        self._is_paused = False
        self._is_stopping = False
        self._gone = asyncio.Event()
        self._is_gone = False
        self._writable: asyncio.Future[None] | None = None
        self._is_ending = False
        self._lingers_until: float | None = None
        self._discarded = 0
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections.add(cast("Any", self))
        reader = self._reader
        reader.scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        reader.server = _address(transport.get_extra_info("sockname"))
        peer = _address(transport.get_extra_info("peername"))
        reader.client = peer[0] if peer else None
        self._rest()
        self._look_after(self._idle_seconds)
        if len(self._server.connections) > self._most_connections:
            reader.refuse(
                ServiceError(
                    503, f"More than {self._most_connections} connections (--max-connections)", bound="connections"
                )
            )
            self._go_on()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._unread += data
        self._go_on()

    def eof_received(self) -> bool:
        """Answer what came before the client closed its side; nobody is there for what waits for virtual time."""
        self._is_stopping = True
        self._reader.end()
        self._gone.set()
        self._go_on()
        return self._answering is not None and self._reader.scheme == "http"

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever it was
        """End."""
        self._is_gone = self._is_ending = True
        self._server.connections.discard(cast("Any", self))
        self._reader.end()
        self._reader.close()
        self._gone.set()
        self._waiting.clear()
        self.resume_writing()
        if self._timer is not None:
            self._timer.cancel()

    def shutdown(self) -> None:
        """Close the connection, but not under a request that is on its way; called when the server stops."""
        self._is_stopping = True
        if self._answering is None:
            self._transport.close()

    def pause_writing(self) -> None:
        """Take note that the client reads more slowly than it is answered."""
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """Go on when it has caught up."""
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None
            self._loop.call_soon(self._go_on)

    def want_body(self, incoming: Incoming) -> None:
        """See `Line`."""
        if incoming.wants_continue:
            incoming.wants_continue = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._rest()
        self._go_on()

    async def gone(self) -> None:
        """See `Line`."""
        await self._gone.wait()

    # Reading and answering.

    def _go_on(self) -> None:
        """Read and answer until somebody has to be waited for."""
        if self._is_ending:
            self.discard(len(self._unread))
            self._unread = b""
            return
        reader = self._reader
        while True:
            if self._waiting:
                self._answer_next()
            if not self._unread or self._waiting or self._is_ending or reader.untaken > MOST_UNTAKEN_BYTES:
                break
            data = self._unread
            self._unread = data[SLICE_BYTES:]
            reader.feed(data[:SLICE_BYTES])
        if self._is_paused or self._unread or self._waiting:
            self._pause(bool(self._unread or self._waiting))
        if reader.is_lost:
            self._linger()
        elif reader.is_amid:
            self._watch()

    def _pause(self, wanted: bool) -> None:  # noqa: FBT001 - private, and called in one place
        """Stop reading from the client, or go on."""
        if wanted is not self._is_paused and not self._transport.is_closing():
            self._is_paused = wanted
            if wanted:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _answer_next(self) -> None:
        """Answer requests in their order, as long as none has to be waited for and the client takes the answers."""
        while self._waiting and self._answering is None and self._writable is None and not self._is_ending:
            incoming, request = self._waiting.popleft()
            self._answering = incoming
            if incoming.complete:
                request.body = incoming.take()
            task = begin(self._exchange(incoming, request), self._loop)
            if task is not None:
                self._server.tasks.add(task)
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._server.tasks.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            logger.error("A connection failed", exc_info=bug)
            self._transport.abort()
        elif not self._is_gone:
            self._go_on()

    async def _exchange(self, incoming: Incoming, request: Request) -> None:
        reply = await self._app.pipeline.answer(request)
        stays = self._stays_after(incoming, reply)
        if not isinstance(reply.body, bytes):
            await in_task()
            stays = await self._send_parts(reply, reply.body, stays=stays, chunked=incoming.keep_alive) and stays
        elif reply.status and not self._is_gone:
            self._transport.write(self._writer.head(reply, stays=stays) + reply.body)
        self._answering = None
        self._quiet_since = self._loop.time()
        if not stays:
            self._end(incoming, reply)
        elif not incoming.complete:
            self.discard(len(incoming.take()))
            incoming.is_answered = True

    def _stays_after(self, incoming: Incoming, reply: Reply) -> bool:
        """Whether another request may follow on the connection."""
        if not incoming.keep_alive or self._is_stopping or reply.ends is not None:
            return False
        return incoming.complete or not (incoming.wants_continue or says_close(reply))

    async def _send_parts(self, reply: Reply, parts: Parts, *, stays: bool, chunked: bool) -> bool:
        """Send a body as it comes; return whether the client can tell its end."""
        knows_length = any(name == b"content-length" for name, _ in reply.headers)
        is_chunked = chunked and not knows_length
        if is_chunked:
            reply.headers = [*reply.headers, (b"transfer-encoding", b"chunked")]
        self._transport.write(self._writer.head(reply, stays=stays and (knows_length or is_chunked)))
        try:
            async with aclosing(parts):
                async for part in parts:
                    if self._is_gone:
                        return False
                    if part:
                        self._transport.write(b"%x\r\n%b\r\n" % (len(part), part) if is_chunked else part)
                    if self._writable is not None:
                        await self._writable
        except ClientLeftError:
            return False
        except Exception:
            logger.exception("The rest of a body could not be sent")
            reply.ends = reply.ends or "close"
            return False
        if is_chunked and reply.ends is None:
            self._transport.write(b"0\r\n\r\n")
        return knows_length or is_chunked

    # Ending.

    def _end(self, incoming: Incoming, reply: Reply) -> None:
        """Close the connection, as the reply wants it, and not before a client that still sends has read it."""
        self._is_ending = True
        if self._is_gone:
            return
        if reply.ends == "reset":
            _forget_what_is_unsent(self._transport)
            self._transport.abort()
        elif incoming.complete or reply.ends is not None:
            self._transport.close()
        else:
            self._linger()

    def _linger(self) -> None:
        self._is_ending = True
        self._lingers_until = self._loop.time() + self._body_seconds
        if self._transport.can_write_eof():
            with suppress(OSError):  # The client may have gone in this very moment.
                self._transport.write_eof()
        if self._is_paused:
            self._transport.resume_reading()
        self._look_after(LINGER_SECONDS)
        self._go_on()

    def discard(self, count: int) -> None:
        """See `Line`."""
        self._rest()
        self._discarded += count
        if self._discarded > MOST_DISCARDED_BYTES or self._quiet_since > (self._lingers_until or inf):
            self._transport.close()

    # What does not go on.

    def _rest(self) -> None:
        """Take note that something went on."""
        self._quiet_since = self._loop.time()

    def _watch(self) -> None:
        """See to it that somebody looks whether the rest of a request comes."""
        if not self._reader.in_head:
            self._rest()
            self._look_after(self._body_seconds)
            return
        if self._reader.head_is_new:
            self._reader.head_is_new = False
            self._rest()
        self._look_after(self._head_seconds)

    def _look_after(self, seconds: float) -> None:
        """See to it that somebody looks whether something goes on, after so many seconds or earlier."""
        moment = self._loop.time() + seconds
        if self._timer is not None:
            if self._timer.when() <= moment:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(moment, self._look)

    def _look(self) -> None:
        self._timer = None
        seconds = self._patience()
        missing = self._idle_seconds if seconds is None else self._quiet_since + seconds - self._loop.time()
        if missing > 0:
            self._look_after(missing)
        else:
            self._time_is_up()

    def _patience(self) -> float | None:
        """Return for how long nothing may come; None where the client waits for us."""
        if self._lingers_until is not None:
            return LINGER_SECONDS
        if self._reader.in_head:
            return self._head_seconds
        if (reading := self._reader.reading) is not None:
            is_ours = self._is_paused or not (reading.is_answered or reading.is_awaited)
            return None if is_ours else self._body_seconds
        return None if self._answering is not None else self._idle_seconds

    def _time_is_up(self) -> None:
        reader = self._reader
        if reader.in_head:
            text = f"The request's head took longer than {self._head_seconds:g} seconds"
            reader.refuse(ServiceError(408, text, bound="head_timeout"))
            self._go_on()
        elif reader.reading is not None and reader.reading.is_awaited:
            text = f"Nothing came of the request's body for {self._body_seconds:g} seconds"
            reader.refuse(ServiceError(408, text, bound="body_timeout"))
        else:
            self._app.worlds.metrics.bounds["idle_timeout"] += 1
            self._transport.close()


def _address(name: Any) -> tuple[str, int] | None:
    """Return host and port of a socket's address."""
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else None


def _forget_what_is_unsent(transport: asyncio.Transport) -> None:
    """Make closing the socket send a reset: with a linger time of zero the system does so at once."""
    # The option belongs to the socket, not to the descriptor; event loops keep the socket itself to themselves.
    with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
