"""What the resources share."""

from __future__ import annotations

from ..._generated.operations import AsyncOperations, AsyncRawOperations
from ...payload import FileInput, Payload
from ..engine import AsyncEngine


class AsyncResource:
    """What the resources share."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._operations = AsyncOperations(engine)
        self._raw = AsyncRawOperations(engine)

    async def _opened(self, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
        run = self._engine.runtime.run
        payload = await run(Payload, file)
        return payload, media_type if media_type is not None else await run(payload.media_type)
