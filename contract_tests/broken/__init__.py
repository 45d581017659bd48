"""Services that are broken in one place, and what finds them: a score of the contract tests themselves."""

from .answers import REWRITES
from .kinds import Deviation, Kind, Layer
from .service import Service
from .switches import SWITCHES
from .variants import VARIANTS

DEVIATIONS: tuple[Deviation, ...] = (*REWRITES, *SWITCHES)
"""The catalogue: each breaks one clause in one place."""

__all__ = ["DEVIATIONS", "VARIANTS", "Deviation", "Kind", "Layer", "Service"]
