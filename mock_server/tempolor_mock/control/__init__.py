"""The control plane's operations: one function each, named by its operationId in `openapi.yaml` beside it."""

from .clock import advance_clock, freeze_clock, get_clock, resume_clock, set_clock_speed
from .mock import get_health, reset_worlds

__all__ = [
    "advance_clock",
    "freeze_clock",
    "get_clock",
    "get_health",
    "reset_worlds",
    "resume_clock",
    "set_clock_speed",
]
