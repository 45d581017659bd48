"""The objects of the service, as classes."""

from ._generated.models import *  # noqa: F403 - the generated package says what it has
from ._generated.models import __all__ as __all__  # noqa: PLC0414 - handed on for star imports
