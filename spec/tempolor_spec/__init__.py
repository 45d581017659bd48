"""The OpenAPI document of the TemPolor API v1, by revision, ready to use.

Names are imported on first use (PEP 562): the command `tempolor` starts here, and most of its commands read no YAML.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tempolor_spec.document import REVISIONS, Operation, load_document, operations
    from tempolor_spec.overlay import OverlayError, apply_overlay, read_overlay

__version__ = "0.1.0"

_HOMES = {
    "document": ("REVISIONS", "Operation", "load_document", "operations"),
    "overlay": ("OverlayError", "apply_overlay", "read_overlay"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "REVISIONS",
    "Operation",
    "OverlayError",
    "apply_overlay",
    "load_document",
    "operations",
    "read_overlay",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
