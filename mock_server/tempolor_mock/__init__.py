"""A stateful mock of useapi.net's TemPolor API v1."""

from typing import TYPE_CHECKING, Any

from .domain.policy import Policy
from .settings import Settings

if TYPE_CHECKING:
    from .app import create_app

__all__ = ["Policy", "Settings", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the application when it is first asked for: pytest imports this package in every run, used or not."""
    if name == "create_app":
        from .app import create_app  # noqa: PLC0415 - takes half a second

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
