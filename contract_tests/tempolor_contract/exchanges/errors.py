"""What can be wrong with a recording."""

from pathlib import Path


class BrokenRecordingError(Exception):
    """A recording that cannot be read on; the message names the file, the place and the reason, in one line."""

    def __init__(self, file: Path | str, place: str, reason: str) -> None:
        super().__init__(f"{file}: {place}: {reason}" if place else f"{file}: {reason}")
