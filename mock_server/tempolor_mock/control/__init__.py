"""The control plane's operations: one function each, named by its operationId in `openapi.yaml` beside it."""

from .callbacks import list_callbacks, send_callback
from .clock import advance_clock, freeze_clock, get_clock, resume_clock, set_clock_speed
from .documents import control_document, get_control_document, get_service_document
from .faults import create_fault, delete_fault, delete_faults, list_faults
from .metrics import get_metrics
from .mock import get_health, get_liveness, reset_worlds
from .requests import delete_requests, get_request, list_requests
from .snapshot import get_snapshot, put_snapshot
from .world import get_world, list_worlds

__all__ = [
    "advance_clock",
    "control_document",
    "create_fault",
    "delete_fault",
    "delete_faults",
    "delete_requests",
    "freeze_clock",
    "get_clock",
    "get_control_document",
    "get_health",
    "get_liveness",
    "get_metrics",
    "get_request",
    "get_service_document",
    "get_snapshot",
    "get_world",
    "list_callbacks",
    "list_faults",
    "list_requests",
    "list_worlds",
    "put_snapshot",
    "reset_worlds",
    "resume_clock",
    "send_callback",
    "set_clock_speed",
]
