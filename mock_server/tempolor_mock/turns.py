"""Threads that worlds use in turn, so that one with much to do does not hold up the others."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Turns:
    """Runs functions in threads: of several owners that wait, each gets a turn before anyone gets a second one.

    `pending` counts those that wait or run.
    """

    def __init__(self, name: str, threads: int = 1) -> None:
        self._name = name
        self._threads = threads
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self.pending = 0
        self._waiting: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()

    def submit(self, owner: str, function: Callable[[], T]) -> "Future[T]":
        """Run a function when it is its owner's turn; one that is cancelled before that is not run."""
        future: Future[T] = Future()
        future.add_done_callback(self._done)
        with self._lock:
            self.pending += 1
            self._waiting.setdefault(owner, deque()).append((future, function))
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self._threads, self._name)
            self._executor.submit(self._run_next)  # As often as there are functions: each call finds one.
        return future

    def _done(self, _future: "Future[Any]") -> None:
        with self._lock:
            self.pending -= 1

    def _run_next(self) -> None:
        with self._lock:
            if not self._waiting:  # Closed in this very moment.
                return
            owner, functions = self._waiting.popitem(last=False)
            future, function = functions.popleft()
            if functions:
                self._waiting[owner] = functions
        if future.set_running_or_notify_cancel():
            try:
                result = function()
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the result
                future.set_exception(error)
            else:
                future.set_result(result)

    def close(self) -> None:
        """Release the threads; what has not begun is never run. Whoever comes later gets new ones."""
        with self._lock:
            waiting, self._waiting = self._waiting, OrderedDict()
            executor, self._executor = self._executor, None
        for functions in waiting.values():
            for future, _ in functions:
                future.cancel()
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
