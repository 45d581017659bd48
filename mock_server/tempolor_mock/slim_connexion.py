"""Imports Connexion without the test client it never needs while serving.

Connexion imports Starlette's test client for one of its methods, and with it an HTTP client, its command line and a
terminal library: about half of the whole import, before the first request can be answered, and a deprecation warning
on the terminal. A placeholder stands in for that module while Connexion is imported, and is gone afterwards; whoever
wants the real test client imports it as ever.
"""

import sys
from types import ModuleType

_TEST_CLIENT = "starlette.testclient"

if _TEST_CLIENT not in sys.modules:
    placeholder = ModuleType(_TEST_CLIENT)
    placeholder.TestClient = object  # type: ignore[attr-defined]
    sys.modules[_TEST_CLIENT] = placeholder
    try:
        import connexion  # noqa: F401
    finally:
        del sys.modules[_TEST_CLIENT]
