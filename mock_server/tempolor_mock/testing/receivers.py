"""Callbacks that go to an application under test, in this process.

The mock runs on an event loop of its own. An application runs where the test does that moves the clock: in the
thread of `advance`, as Django's databases want it, or on the event loop of `advance_async`. While nobody moves the
clock, callbacks of a clock that runs are delivered in a thread.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from ..callbacks import RequestToSend, SendResult
from .apps import App, adapted
from .calls import awaited

logger = logging.getLogger("tempolor.mock")

T = TypeVar("T")

LONGEST_ERROR = 200


@dataclass(slots=True)
class _Parcel:
    """One callback on its way to an application."""

    app: App
    request: RequestToSend
    raises: bool
    status: Future[int] = field(default_factory=Future)

    def hand_over(self) -> None:
        try:
            self.status.set_result(self.app.post(self.request))
        except Exception as error:  # noqa: BLE001 - belongs to whoever sends
            self.status.set_exception(error)

    async def hand_over_async(self) -> None:
        try:
            self.status.set_result(await self.app.post_async(self.request))
        except Exception as error:  # noqa: BLE001 - belongs to whoever sends
            self.status.set_exception(error)


class _Inbox:
    """Parcels for whoever moves the clock; None ends them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parcels: deque[_Parcel | None] = deque()
        self._wanted: Future[_Parcel | None] | None = None

    def put(self, parcel: _Parcel | None) -> None:
        with self._lock:
            if self._wanted is None:
                self._parcels.append(parcel)
            else:
                wanted, self._wanted = self._wanted, None
                wanted.set_result(parcel)

    def next(self) -> "Future[_Parcel | None]":
        found: Future[_Parcel | None] = Future()
        with self._lock:
            if self._parcels:
                found.set_result(self._parcels.popleft())
            else:
                self._wanted = found
        return found


class Receivers:
    """The applications of one world; see `MockWorld.deliver_to`."""

    def __init__(self) -> None:
        self._apps: dict[str | None, tuple[App, bool]] = {}
        self._inbox: _Inbox | None = None
        self._lock = Lock()
        self._errors: list[Exception] = []

    def add(self, app: Any, origin: str | None, *, raise_app_exceptions: bool) -> None:
        """Let an application take the callbacks to an origin, or (None) all that no other application takes."""
        self._apps[origin] = adapted(app), raise_app_exceptions

    def take(self, origin: str) -> bool:
        """Whether callbacks to an origin (`https://my.app`) go to an application."""
        return None in self._apps or origin in self._apps

    async def send(self, request: RequestToSend) -> SendResult:
        """Deliver a callback once; called on the mock's event loop."""
        app, raises = self._apps.get(request.address.origin) or self._apps[None]
        parcel = _Parcel(app, request, raises)
        with self._lock:
            inbox = self._inbox
            if inbox is not None:
                inbox.put(parcel)
        if inbox is None:
            await asyncio.to_thread(parcel.hand_over)
        try:
            status = await asyncio.wrap_future(parcel.status)
        except Exception as error:  # noqa: BLE001 - whatever the application raised
            return self._failed(parcel, error)
        return SendResult(status)

    def _failed(self, parcel: _Parcel, error: Exception) -> SendResult:
        if parcel.raises:
            self._errors.append(error)
        logger.info("the application raised at a callback to %s", parcel.request.url, exc_info=error)
        return SendResult(500, f"{type(error).__name__}: {error}"[:LONGEST_ERROR])

    def serve(self, begin: Callable[[], "Future[T]"]) -> T:
        """Begin some work of the mock and deliver, in this thread, until it is done; return what it returns."""
        if not self._apps:
            return begin().result()
        with self._opened() as inbox:
            work = begin()
            work.add_done_callback(lambda _: self._end(inbox))
            while (parcel := inbox.next().result()) is not None:
                parcel.hand_over()
        self.raise_errors()
        return work.result()

    async def serve_async(self, begin: Callable[[], "Future[T]"]) -> T:
        """Do what `serve` does, on this event loop."""
        if not self._apps:
            return await awaited(begin())
        with self._opened() as inbox:
            work = begin()
            work.add_done_callback(lambda _: self._end(inbox))
            while (parcel := await awaited(inbox.next())) is not None:
                await parcel.hand_over_async()
        self.raise_errors()
        return work.result()

    @contextmanager
    def _opened(self) -> Iterator[_Inbox]:
        inbox = _Inbox()
        with self._lock:
            if self._inbox is not None:
                raise RuntimeError("an application may not move the clock while it takes a callback")
            self._inbox = inbox
        try:
            yield inbox
        finally:
            self._end(inbox)

    def _end(self, inbox: _Inbox) -> None:
        with self._lock:
            if self._inbox is inbox:
                self._inbox = None
                inbox.put(None)

    def raise_errors(self) -> None:
        """Raise what applications raised, the first of it; the others are notes of that."""
        if not self._errors:
            return
        (first, *others), self._errors = self._errors, []
        for error in others:
            if error is not first:
                first.add_note(f"and at another callback: {type(error).__name__}: {error}")
        raise first
