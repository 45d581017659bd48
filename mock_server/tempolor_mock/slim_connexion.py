"""Imports Connexion without the test client it never needs while serving, and without its deprecation warnings.

Connexion imports Starlette's test client for one of its methods, and with it an HTTP client, its command line and a
terminal library: about half of the whole import, before the first request can be answered. A placeholder stands in
for that module while Connexion is imported, and is gone afterwards; whoever wants the real test client imports it as
ever. The warnings are about what Connexion uses of other packages: users of the mock, whose test suites may turn
warnings into errors, can do nothing about them.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_TEST_CLIENT = "starlette.testclient"


@contextmanager
def _placeholder(name: str) -> Iterator[None]:
    if name in sys.modules:
        yield
        return
    module = ModuleType(name)
    module.TestClient = object  # type: ignore[attr-defined]
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]


with warnings.catch_warnings(), _placeholder(_TEST_CLIENT):
    warnings.simplefilter("ignore", DeprecationWarning)
    import connexion  # noqa: F401
