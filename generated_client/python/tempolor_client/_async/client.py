"""The client itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Self, Unpack

import httpx2

from .. import log
from .._generated.defaults import BUSY_TIMEOUT, MAX_CONNECTIONS, MAX_RETRIES, TIMEOUT
from .._generated.operations import AsyncOperations, AsyncRawOperations
from .._generated.types import Call, checked_path
from ..answer import Answer, json_or_none
from ..options import CallOptions, ClientOptions, TimeoutParts, refuse_unknown
from ..payload import FileInput
from ..runtime import AsyncRuntime
from ..settings import BusyNotice, Settings, checked_number, found_base_url, found_token, limits_of
from .connections import AsyncConnections
from .downloading import AsyncDownload
from .engine import AsyncEngine
from .resources import (
    AsyncAccounts,
    AsyncInstrumentals,
    AsyncMidi,
    AsyncMusic,
    AsyncScheduler,
    AsyncSongs,
    AsyncStems,
    AsyncVoices,
)
from .resources.base import opened


class AsyncTemPolor:
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
        timeout: float | TimeoutParts = TIMEOUT,
        headers: Mapping[str, str] | None = None,
        max_retries: int = MAX_RETRIES,
        busy_timeout: float = BUSY_TIMEOUT,
        on_busy: Callable[[BusyNotice], Any] | None = None,
        max_connections: int = MAX_CONNECTIONS,
        http_client: httpx2.AsyncClient | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        clock: Callable[[], float] | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            token: API token, `user:<number>-<text>`; else from USEAPI_TOKEN.
            base_url: Address of the service or the mock; else from TEMPOLOR_BASE_URL, else the live service.
            timeout: Seconds for each step of an answer: the connection, and each time for more bytes. Or an
                `httpx2.Timeout`, which says each apart.
            headers: Sent with every call to the API; never to the host of the files.
            max_retries: How often a call is tried again after a failure that allows it.
            busy_timeout: How many seconds a call goes on waiting for room on a 429 in all; 0 raises at once.
            on_busy: Called with a `BusyNotice` before each such pause.
            max_connections: Connections to keep at most; further calls wait for one.
            http_client: An `httpx2.AsyncClient` of your own to send with, for proxies, HTTP/2 or certificates. It stays
                yours to close, and `max_connections` is its own affair.
            transport: What to send with, in place of the network.
            sleep: What to pause with, in place of real time.
            clock: What to measure waits with; seconds that only grow.
            random: What to draw the jitter of pauses from; from 0 to 1, below 1.

        Raises:
            ConfigurationError: There is no token, the address is none, or a number is below 0.

        """
        log.set_up()
        settings = Settings(
            base_url=found_base_url(base_url),
            token=found_token(token),
            timeout=checked_number("timeout", timeout) if isinstance(timeout, int | float) else timeout,
            headers=dict(headers or {}),
            limits=limits_of(max_retries, busy_timeout),
            on_busy=on_busy,
        )
        runtime = AsyncRuntime(sleep=sleep, clock=clock, chance=random)
        connections = AsyncConnections(transport=transport, max_connections=max_connections, http_client=http_client)
        self._owns_connections = True
        self._use(AsyncEngine(settings, runtime, connections))

    def _use(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.accounts = AsyncAccounts(engine)
        self.songs = AsyncSongs(engine)
        self.instrumentals = AsyncInstrumentals(engine)
        self.music = AsyncMusic(engine)
        self.voices = AsyncVoices(engine)
        self.midi = AsyncMidi(engine)
        self.stems = AsyncStems(engine)
        self.scheduler = AsyncScheduler(engine)
        self.operations = AsyncOperations(engine)
        self.with_raw_response = AsyncRawOperations(engine)

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """Return a client with some settings changed, such as `client.with_options(timeout=5).music.get(job_id)`.

        It shares this client's connections, which close with this one. Headers are added to those there are.

        Args:
            **options: `token`, `base_url`, `on_busy`, and those of `CallOptions`.

        Raises:
            ConfigurationError: The token or the address is none.

        """
        refuse_unknown(options, "with_options", known=ClientOptions)
        other = copy(self)
        other._owns_connections = False  # noqa: SLF001 - one of our own
        settings = self._engine.settings.changed(options)
        other._use(AsyncEngine(settings, self._engine.runtime, self._engine.connections))  # noqa: SLF001 - the same
        return other

    async def request(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        file: FileInput | None = None,
        media_type: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer[Any]:
        """Make a call that this package does not know yet, with the same token, retries and errors as the others.

        Args:
            method: Such as `GET`. One that may order something is not sent a second time.
            path: Below the base address, with a slash in front, percent-encoded where needed.
            params: The query.
            json: A body to send as JSON.
            file: A body to send as it is; see `FileInput`.
            media_type: Its media type, where it cannot be told from content or name.
            **options: See `CallOptions`.

        Returns:
            The whole answer; `parsed` is its JSON, None if it has none.

        """
        refuse_unknown(options, self.request)
        content, content_type = (
            await opened(self._engine.runtime, file, media_type) if file is not None else (None, None)
        )
        call: Call[Any] = Call(
            operation_id=f"{method.upper()} {path}",
            method=method.upper(),
            path=checked_path(path),
            parse=None,
            params=params,
            json=json,
            content=content,
            content_type=content_type,
        )
        answer = await self._engine.send_raw(call, options)
        return replace(answer, parsed=json_or_none(answer))

    def file(self, url: str, *, options: CallOptions | None = None) -> AsyncDownload:
        """Return a file that an answer names, such as a job's `cover`, to be fetched; without the token."""

        async def link() -> str:
            return url

        return AsyncDownload(self._engine, link, job_id=None, options=options or {})

    @property
    def base_url(self) -> str:
        """The address in use."""
        return self._engine.settings.base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    async def aclose(self) -> None:
        """Close all connections; those of another client, or of an HTTP client of your own, stay open."""
        if self._owns_connections:
            await self._engine.connections.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
