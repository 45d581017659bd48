"""The catalogue of broken services, a module for each class."""

from typing import Final

from ..mutant import Mutant
from . import (
    authorization,
    callbacks,
    capacity,
    files,
    habits,
    identity,
    lifecycle,
    pages,
    scheduler,
    schema,
    statuses,
    texts,
    times,
    validation,
)

MUTANTS: Final[tuple[Mutant, ...]] = (
    *schema.MUTANTS,
    *statuses.MUTANTS,
    *validation.MUTANTS,
    *authorization.MUTANTS,
    *identity.MUTANTS,
    *lifecycle.MUTANTS,
    *capacity.MUTANTS,
    *callbacks.MUTANTS,
    *scheduler.MUTANTS,
    *files.MUTANTS,
    *pages.MUTANTS,
    *times.MUTANTS,
    *texts.MUTANTS,
    *habits.MUTANTS,
)
"""Each breaks one clause in one place."""
