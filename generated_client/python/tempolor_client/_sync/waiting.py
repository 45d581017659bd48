# Made from _async/waiting.py by tools/generate.py: never edited.
"""Follows jobs until they are final."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._generated.defaults import LAST_LOOK
from .._generated.models import MusicItem
from .._generated.operations import Operations
from ..advice import advice_on
from ..errors import (
    AccountSessionError,
    BusyError,
    ConnectionFailedError,
    JobFailedError,
    ServerError,
    TemPolorError,
    UnexpectedAnswerError,
    WaitTimeoutError,
)
from ..jobs import is_completed, is_final
from ..log import logger
from ..options import CallOptions
from ..policy import busy_pause
from ..settings import Settings, checked_number
from .engine import Engine

SURVIVED = (ConnectionFailedError, ServerError, BusyError, UnexpectedAnswerError)
"""What does not end a wait, unless it says that the account must log in again."""


def look_options(settings: Settings, left: float, given: CallOptions) -> CallOptions:
    """Return how one look is called when so many seconds are left: the next look stands for its retries."""
    options: CallOptions = {"max_retries": 0, "busy_timeout": 0.0}
    if isinstance(settings.timeout, int | float):
        options["timeout"] = min(settings.timeout, max(left, LAST_LOOK))
    return {**options, **given}


class Wait:
    """One wait for a number of jobs.

    The jobs that still run are looked at one after another, then there is a pause. A look that fails is not tried again
    by itself: the next one comes soon enough. So failures of the network and the service are survived until the time is
    up; a refusal, such as a 401, ends it.
    """

    def __init__(  # noqa: PLR0913 - what a wait depends on
        self,
        job_ids: Sequence[str],
        *,
        engine: Engine,
        progress: Callable[[MusicItem], Any] | None,
        timeout: float,
        poll_interval: float,
        options: CallOptions,
    ) -> None:
        self._job_ids = job_ids
        self._engine = engine
        self._operations = Operations(engine)
        self._runtime = engine.runtime
        self._progress = progress
        self._timeout = checked_number("timeout", timeout)
        self._poll_interval = checked_number("poll_interval", poll_interval)
        self._options = options
        self._items: dict[str, MusicItem] = {}
        self._failure: TemPolorError | None = None
        self._pause = poll_interval

    def run(self) -> list[MusicItem]:
        """Return the jobs' last states, in order, all of them completed.

        Raises:
            JobFailedError: A job ended without music; raised when all have ended.
            WaitTimeoutError: The time is up.

        """
        deadline = self._runtime.now() + self._timeout
        while True:
            self._pause = self._poll_interval
            for job_id in self._running():
                self._look_at(job_id, deadline - self._runtime.now())
            if not self._running():
                return self._result()
            left = deadline - self._runtime.now()
            if left <= 0:
                raise self._timed_out() from self._failure
            self._runtime.pause(min(self._pause, left))

    def _running(self) -> list[str]:
        return [job_id for job_id in self._job_ids if job_id not in self._items or not is_final(self._items[job_id])]

    def _timed_out(self) -> WaitTimeoutError:
        running = self._running()
        item = self._items.get(running[0])
        state = f"last seen at {item.progress}%" if item is not None else "never seen"
        return WaitTimeoutError(
            f"job {running[0]} is not final after {self._timeout:g} s, {state}.",
            advice=advice_on("wait_again"),
            job_ids=running,
            item=item,
            completed=[item for item in self._items.values() if is_completed(item)],
        )

    def _look_at(self, job_id: str, left: float) -> None:
        try:
            item = self._operations.get_music(job_id, **look_options(self._engine.settings, left, self._options))
        except AccountSessionError:
            raise
        except SURVIVED as error:
            self._failure = error
            if isinstance(error, BusyError):
                self._pause = max(self._pause, busy_pause(error.retry_after, self._runtime.chance))
            logger.warning("waiting for %s goes on in spite of: %s", job_id, type(error).__name__)
            return
        if item.job_id is None:
            item.job_id = job_id
        self._items[job_id] = item
        self._runtime.tell(self._progress, item)

    def _result(self) -> list[MusicItem]:
        items = [self._items[job_id] for job_id in self._job_ids]
        for job_id, item in zip(self._job_ids, items, strict=True):
            if not is_completed(item):
                raise JobFailedError(item, job_id=job_id, completed=[other for other in items if is_completed(other)])
        return items
