"""Time, chance, threads and callbacks: where the sync and the async client really differ.

Everything else of the two is made from one source, see tools/unasync.py.
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any, ParamSpec, TypeVar

from .payload import Payload

P = ParamSpec("P")
T = TypeVar("T")


class Runtime:
    """The world of a sync client.

    Attributes:
        now: Returns seconds that only ever grow.
        chance: Returns a number from 0 to 1, below 1.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], None] | None,
        clock: Callable[[], float] | None,
        chance: Callable[[], float] | None,
    ) -> None:
        self._sleep = sleep or time.sleep
        self.now = clock or time.monotonic
        self.chance = chance or random.random

    def pause(self, seconds: float) -> None:
        """Sleep."""
        self._sleep(seconds)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that works on files."""
        return function(*args, **kwargs)

    def tell(self, listener: Callable[..., Any] | None, *args: Any) -> None:
        """Call a caller's hook, if there is one."""
        if listener is not None:
            listener(*args)

    def chunks(self, payload: Payload) -> Generator[bytes]:
        """Yield a payload's bytes from the start."""
        return payload.chunks()


class AsyncRuntime:
    """The world of an async client: the same, without ever blocking the event loop.

    Attributes:
        now: Returns seconds that only ever grow.
        chance: Returns a number from 0 to 1, below 1.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], Awaitable[None]] | None,
        clock: Callable[[], float] | None,
        chance: Callable[[], float] | None,
    ) -> None:
        self._sleep = sleep
        self.now = clock or time.monotonic
        self.chance = chance or random.random

    async def pause(self, seconds: float) -> None:
        """Sleep."""
        if self._sleep is not None:
            await self._sleep(seconds)
            return
        import anyio  # noqa: PLC0415 - a sync client needs none of it

        await anyio.sleep(seconds)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that works on files, in a thread."""
        from anyio.to_thread import run_sync  # noqa: PLC0415 - a sync client needs none of it

        return await run_sync(lambda: function(*args, **kwargs))

    async def tell(self, listener: Callable[..., Any] | None, *args: Any) -> None:
        """Call a caller's hook, if there is one, and wait for it if it is async."""
        if listener is not None:
            result = listener(*args)
            if inspect.isawaitable(result):
                await result

    async def chunks(self, payload: Payload) -> AsyncGenerator[bytes]:
        """Yield a payload's bytes from the start.

        The HTTP library refuses a plain file here, as reading it would block.
        """
        chunks = payload.chunks()
        try:
            while chunk := await self.run(next, chunks, b""):
                yield chunk
        finally:
            chunks.close()
