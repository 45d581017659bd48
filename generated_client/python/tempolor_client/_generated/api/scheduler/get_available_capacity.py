"""GET /scheduler/available."""

from __future__ import annotations

from ...models.capacity import Capacity
from ...types import Call


def call() -> Call[Capacity]:
    """Get available capacity."""
    return Call(
        operation_id="get_available_capacity",
        method="GET",
        path="/scheduler/available",
        parse=Capacity.from_dict,
    )
