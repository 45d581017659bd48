"""The OpenAPI document of the TemPolor API v1, by revision, ready to use."""

from tempolor_spec.document import REVISIONS, Operation, load_document, operations
from tempolor_spec.overlay import OverlayError, apply_overlay

__version__ = "0.1.0"

__all__ = [
    "REVISIONS",
    "Operation",
    "OverlayError",
    "apply_overlay",
    "load_document",
    "operations",
]
