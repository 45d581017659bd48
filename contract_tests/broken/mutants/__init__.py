"""The catalogue of broken services, a module for each class."""

from typing import Final

from ..mutant import Deviation
from . import (
    authorization,
    callbacks,
    capacity,
    files,
    identity,
    lifecycle,
    pages,
    scheduler,
    schema,
    statuses,
    times,
    validation,
)

DEVIATIONS: Final[tuple[Deviation, ...]] = (
    *schema.DEVIATIONS,
    *statuses.DEVIATIONS,
    *validation.DEVIATIONS,
    *authorization.DEVIATIONS,
    *identity.DEVIATIONS,
    *lifecycle.DEVIATIONS,
    *capacity.DEVIATIONS,
    *callbacks.DEVIATIONS,
    *scheduler.DEVIATIONS,
    *files.DEVIATIONS,
    *pages.DEVIATIONS,
    *times.DEVIATIONS,
)
"""Each breaks one clause in one place."""
