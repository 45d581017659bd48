"""What can be wrong with a recording."""

from collections.abc import Callable
from pathlib import Path


class BrokenRecordingError(Exception):
    """A recording that cannot be read on; the message names the file, the place and the reason, in one line."""

    def __init__(self, file: Path | str, place: str, reason: str) -> None:
        super().__init__(f"{file}: {place}: {reason}" if place else f"{file}: {reason}")


Skipped = Callable[[BrokenRecordingError], None]
"""Is told of an exchange in a recording that cannot be read, when reading is to go on after it."""


def end_reading(error: BrokenRecordingError) -> None:
    """Go on no more after an exchange that cannot be read."""
    raise error from None
