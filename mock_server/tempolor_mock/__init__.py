"""A stateful mock of useapi.net's TemPolor API v1."""

from .app import create_app
from .domain.policy import Policy
from .settings import Settings

__all__ = ["Policy", "Settings", "create_app"]
