# Made from _async/resources/base.py by tools/generate.py: never edited.
"""What the resources share."""

from __future__ import annotations

from ..._generated.operations import Operations, RawOperations
from ...payload import FileInput, Payload
from ...runtime import Runtime
from ..engine import Engine


class Resource:
    """What the resources share."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._operations = Operations(engine)
        self._raw = RawOperations(engine)

    def _opened(self, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
        return opened(self._engine.runtime, file, media_type)


def opened(runtime: Runtime, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
    """Return a file ready for upload, and its media type."""
    payload = runtime.run(Payload, file)
    return payload, media_type if media_type is not None else runtime.run(payload.media_type)
