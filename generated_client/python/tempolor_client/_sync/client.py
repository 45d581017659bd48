# Made from _async/client.py by tools/generate.py: never edited.
"""The client itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import httpx2

from .. import log
from .._generated.defaults import BUSY_TIMEOUT, MAX_CONNECTIONS, MAX_RETRIES, TIMEOUT
from .._generated.operations import Operations, RawOperations
from ..policy import Limits
from ..runtime import Runtime
from ..settings import BusyNotice, Settings, found_base_url, found_token
from .engine import Engine
from .resources import (
    Accounts,
    Instrumentals,
    Midi,
    Music,
    Scheduler,
    Songs,
    Stems,
    Voices,
)


class TemPolor:
    """A client of the TemPolor API.

    Attributes:
        accounts: TemPolor accounts that the API may use.
        songs: Orders for songs.
        instrumentals: Orders for instrumentals.
        music: Jobs and what they made.
        voices: Artist voices and cloned ones.
        midi: MIDI files to build songs on.
        stems: Recordings of your own, taken apart.
        scheduler: What runs, and how much room is left.
        operations: Every operation of the document, by its name there.
        with_raw_response: The same, with status, headers and body of the answer.
    """

    def __init__(  # noqa: PLR0913 - each has a default
        self,
        token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
        headers: Mapping[str, str] | None = None,
        max_retries: int = MAX_RETRIES,
        busy_timeout: float = BUSY_TIMEOUT,
        on_busy: Callable[[BusyNotice], Any] | None = None,
        max_connections: int = MAX_CONNECTIONS,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            token: API token, `user:<number>-<text>`; else from USEAPI_TOKEN.
            base_url: Address of the service or the mock; else from TEMPOLOR_BASE_URL, else the live service.
            timeout: Seconds for each step of an answer: the connection, and each time for more bytes.
            headers: Sent with every call to the API; never to the host of the files.
            max_retries: How often a call is tried again after a failure that allows it.
            busy_timeout: How many seconds a call goes on waiting for room on a 429 in all; 0 raises at once.
            on_busy: Called with a `BusyNotice` before each such pause.
            max_connections: Connections to keep at most; further calls wait for one.
            transport: What to send with, in place of the network.
            sleep: What to pause with, in place of real time.
            clock: What to measure waits with; seconds that only grow.
            random: What to draw the jitter of pauses from; from 0 to 1, below 1.

        Raises:
            ConfigurationError: There is no token, or the address is none.

        """
        log.set_up()
        settings = Settings(
            base_url=found_base_url(base_url),
            token=found_token(token),
            timeout=timeout,
            headers=dict(headers or {}),
            limits=Limits(max_retries=max_retries, busy_timeout=busy_timeout),
            on_busy=on_busy,
        )
        runtime = Runtime(sleep=sleep, clock=clock, chance=random)
        self._engine = Engine(settings, runtime, transport=transport, max_connections=max_connections)
        self.accounts = Accounts(self._engine)
        self.songs = Songs(self._engine)
        self.instrumentals = Instrumentals(self._engine)
        self.music = Music(self._engine)
        self.voices = Voices(self._engine)
        self.midi = Midi(self._engine)
        self.stems = Stems(self._engine)
        self.scheduler = Scheduler(self._engine)
        self.operations = Operations(self._engine)
        self.with_raw_response = RawOperations(self._engine)

    @property
    def base_url(self) -> str:
        """The address in use."""
        return self._engine.settings.base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def close(self) -> None:
        """Close all connections."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
