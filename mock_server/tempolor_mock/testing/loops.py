"""An event loop without a file descriptor, for test runs that forbid sockets: any other loop needs a pair of them."""

import asyncio
import socket
import threading
import warnings
from collections.abc import Sequence
from typing import Any


class SocketlessLoop(asyncio.BaseEventLoop):
    """An event loop that knows timers, tasks and threads, but no sockets, pipes or child processes."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Alarm()

    def _process_events(self, event_list: Sequence[Any]) -> None:
        """Do nothing: there is nothing to read from or write to; called by asyncio."""

    def _write_to_self(self) -> None:
        """Wake the loop; called by asyncio from other threads."""
        self._selector.ring()


class _Alarm:
    """Stands where loops have a selector: it can be waited for and woken."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def select(self, timeout: float | None) -> Sequence[Any]:
        self._rung.wait(timeout)
        self._rung.clear()
        return ()


def may_use_sockets() -> bool:
    """Whether this test run lets anybody make a socket: pytest-socket does not, nor do some sandboxes."""
    with warnings.catch_warnings(action="ignore"):  # pytest-socket warns, too
        try:
            socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
        except (OSError, RuntimeError):
            return False
    return True


def new_loop() -> asyncio.AbstractEventLoop:
    """Return an event loop such as this test run permits."""
    return asyncio.new_event_loop() if may_use_sockets() else SocketlessLoop()
