"""Ctrl-C, SIGTERM and SIGHUP: they end a command at once, but not between an order and its ids."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Generator
from typing import Any, Final, Self

# Windows knows no SIGHUP.
_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_HELD: Final = b"\ninterrupted; waiting for the answer: what was sent may be taken already. Once more ends at once.\n"


class Interrupted(BaseException):
    """A signal asks the command to end.

    Attributes:
        exit_code: What the shell expects then.
        unanswered: Whether something was sent whose answer was not waited for.
    """

    def __init__(self, number: int, *, unanswered: bool = False) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
        self.unanswered = unanswered


class Interrupts:
    """Raises `Interrupted` for a signal; while held, only when what is held has ended, or for a second signal."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._holding = False
        self._pending: int | None = None

    def __enter__(self) -> Self:
        # Python lets only the main thread listen to signals.
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._arrived) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Let what is paid for come to its end, whatever signal arrives."""
        self._holding = True
        try:
            yield
        except Interrupted:
            self._pending = None
            raise
        finally:
            self._holding = False
            self._end_if_pending()

    def sleep(self, seconds: float) -> None:
        """Sleep, and end at once on a signal, also inside `held`: while the client pauses, nothing is under way."""
        holding, self._holding = self._holding, False
        self._end_if_pending()
        time.sleep(seconds)
        self._holding = holding

    def _end_if_pending(self) -> None:
        if self._pending is not None:
            raise Interrupted(self._pending)

    def _arrived(self, number: int, _frame: object) -> None:
        if not self._holding or self._pending is not None:
            raise Interrupted(number, unanswered=self._holding)
        self._pending = number
        # The interpreter may be inside a write to the same stream, so this goes around it.
        with contextlib.suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), _HELD)
