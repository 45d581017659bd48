"""Imports Connexion without what it never needs while serving a mock, and without its deprecation warnings.

Connexion imports two HTTP clients, and with Starlette's test client a terminal library, for features the mock does not
use: more than half of the time and a fifth of the memory before the first request can be answered. Placeholders stand
in for those modules while Connexion is imported. They are gone afterwards, so whoever imports the real ones gets them;
what Connexion kept of a placeholder is the real module to whoever uses it. The warnings are about what Connexion uses
of other packages: users of the mock, whose test suites may turn warnings into errors, can do nothing about them.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_CLIENTS = ("httpx", "requests")
_TEST_CLIENT = "starlette.testclient"


class _Placeholder(ModuleType):
    """Is the real module to whoever asks for something in it."""

    def __getattr__(self, name: str) -> Any:
        _forget(self)
        return getattr(import_module(self.__name__), name)


def _forget(placeholder: ModuleType) -> None:
    if sys.modules.get(placeholder.__name__) is placeholder:
        del sys.modules[placeholder.__name__]


@contextmanager
def _placeholder(module: ModuleType) -> Iterator[None]:
    if module.__name__ in sys.modules:
        yield
        return
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        _forget(module)


def _test_client() -> ModuleType:
    """Return a stand-in for the one module from which Connexion takes a name at once, to derive nothing from it."""
    module = ModuleType(_TEST_CLIENT)
    module.TestClient = object  # type: ignore[attr-defined]
    return module


with warnings.catch_warnings(), ExitStack() as _placeholders:
    warnings.simplefilter("ignore", DeprecationWarning)
    for _module in (*map(_Placeholder, _CLIENTS), _test_client()):
        _placeholders.enter_context(_placeholder(_module))
    import connexion  # noqa: F401
