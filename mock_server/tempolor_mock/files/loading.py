"""Loading numpy, the codecs and what needs them, in threads and one after the other.

They take a tenth of a second, which is more than the first bytes of a song take to make.
"""

from functools import cache
from importlib import import_module
from threading import Lock, Thread
from types import ModuleType

_turn = Lock()
"""Python 3.11 may fail where two threads compile at once (python/cpython#106905); pytest compiles what it loads."""

_looking = Lock()


@cache
def load_soon() -> None:
    """Begin to load them, once, in a thread: who was given a link comes for its file; nobody else needs the room."""
    Thread(target=_load, name="load-codecs").start()


def _load() -> None:
    lookup()
    with _turn:
        for module in ("mp3", "synthesis"):
            import_module(f"{__package__.rpartition('.')[0]}.audio.{module}")
        import_module("lameenc")


def lookup() -> ModuleType:
    """Load the module `lookup`, which the server does without until the first file is asked for."""
    with _looking:  # Whoever finds it loaded does not wait for the turn of numpy.
        return _lookup()


@cache
def _lookup() -> ModuleType:
    with _turn:
        return import_module(f"{__package__}.lookup")
