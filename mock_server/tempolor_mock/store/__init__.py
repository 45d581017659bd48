"""Where worlds are kept: one interface, several stores."""

from .base import Action, Store
from .memory import MemoryStore

__all__ = ["Action", "MemoryStore", "Store"]
