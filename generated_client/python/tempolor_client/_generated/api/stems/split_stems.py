"""POST /music/stems-splitter."""

from __future__ import annotations

from ....payload import Payload
from ...models.split_stems import SplitStems
from ...types import Call, filled


def call(
    *,
    body: Payload,
    content_type: str,
    user_id: str | None = None,
) -> Call[SplitStems]:
    """Split stems."""
    return Call(
        operation_id="split_stems",
        method="POST",
        path="/music/stems-splitter",
        parse=SplitStems.from_dict,
        params=filled(
            {
                "user_id": user_id,
            }
        ),
        content=body,
        content_type=content_type,
    )
