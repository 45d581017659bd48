"""The mock inside a test run: a server in a thread of this process, and worlds with Python methods.

Importing this is cheap; the application is loaded with the first server.
"""

from .faults import FaultRule
from .options import Options, OptionsError
from .records import Advance, Attempt, Callback, RecordedRequest, Transition
from .server import MockServer
from .transport import Transport
from .world import Clock, MockRefusedError, MockWorld

__all__ = [
    "Advance",
    "Attempt",
    "Callback",
    "Clock",
    "FaultRule",
    "MockRefusedError",
    "MockServer",
    "MockWorld",
    "Options",
    "OptionsError",
    "RecordedRequest",
    "Transition",
    "Transport",
]
