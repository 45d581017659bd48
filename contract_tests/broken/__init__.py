"""Services that are broken in one place, and what finds them: a score of the contract tests themselves."""

from .mutants import DEVIATIONS
from .mutant import Deviation, Kind, Layer
from .service import Service
from .variants import VARIANTS

__all__ = ["DEVIATIONS", "VARIANTS", "Deviation", "Kind", "Layer", "Service"]
