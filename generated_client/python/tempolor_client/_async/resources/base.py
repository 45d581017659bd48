"""What the resources share."""

from __future__ import annotations

from ..._generated.operations import AsyncOperations, AsyncRawOperations
from ...payload import FileInput, Payload
from ...runtime import AsyncRuntime
from ..engine import AsyncEngine


class AsyncResource:
    """What the resources share."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._operations = AsyncOperations(engine)
        self._raw = AsyncRawOperations(engine)

    async def _opened(self, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
        return await opened(self._engine.runtime, file, media_type)


async def opened(runtime: AsyncRuntime, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
    """Return a file ready for upload, and its media type."""
    payload = await runtime.run(Payload, file)
    return payload, media_type if media_type is not None else await runtime.run(payload.media_type)
