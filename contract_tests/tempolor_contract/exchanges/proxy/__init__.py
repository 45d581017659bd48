"""A proxy that judges traffic as it passes, and changes none of it."""

from .app import Proxy
from .sequence import Sequence
from .tape import Tape
from .upstream import Upstream

__all__ = ["Proxy", "Sequence", "Tape", "Upstream"]
