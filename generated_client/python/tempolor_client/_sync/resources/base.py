# Made from _async/resources/base.py by tools/generate.py: never edited.
"""What the resources share."""

from __future__ import annotations

from ..._generated.operations import Operations, RawOperations
from ...payload import FileInput, Payload
from ..engine import Engine


class Resource:
    """What the resources share."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._operations = Operations(engine)
        self._raw = RawOperations(engine)

    def _opened(self, file: FileInput, media_type: str | None) -> tuple[Payload, str]:
        run = self._engine.runtime.run
        payload = run(Payload, file)
        return payload, media_type if media_type is not None else run(payload.media_type)
