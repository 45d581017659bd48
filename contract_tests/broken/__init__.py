"""Mutants, which are the mock broken in one place, and what finds them: a score of the contract tests themselves."""

from .mutant import Kind, Layer, Mutant
from .mutants import MUTANTS
from .service import Service
from .variants import VARIANTS

__all__ = ["MUTANTS", "VARIANTS", "Kind", "Layer", "Mutant", "Service"]
