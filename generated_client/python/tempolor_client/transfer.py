"""The download of a file: what to ask for next, and the file it goes to, without any network of its own."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from .errors import DownloadError, FileWriteError
from .policy import back_off

EXPIRED: Final = frozenset({401, 403, 404, 410})
"""Answers of a file host that mean: ask the API for another link."""
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class Sink(Protocol):
    """Where the bytes of a file go."""

    def open(self) -> None:
        """Get ready, before anything is asked for."""

    def write(self, data: bytes) -> None:
        """Append bytes."""

    def restart(self) -> None:
        """Drop what has been written."""

    def commit(self) -> None:
        """Take the file as complete."""

    def discard(self) -> None:
        """Drop what has been written, for good; never fails."""


class PartFile:
    """A file that gets its name only when it is complete.

    Until then it is `NAME.<random>.part` beside it, so that two downloads of the same name do not mix.
    """

    def __init__(self, path: str | os.PathLike[str], job_id: str | None) -> None:
        self.path = Path(path)
        self._part = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.part")
        self._file: BinaryIO | None = None
        self.job_id = job_id
        self.size = 0

    def open(self) -> None:
        """Create the part file, before anything is asked for."""
        with _translated(str(self.path), self):
            if self.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._file = self._part.open("xb")

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with _translated(str(self.path), self):
            self._open_file.write(data)
        self.size += len(data)

    def restart(self) -> None:
        """Drop what has been written."""
        with _translated(str(self.path), self):
            self._open_file.seek(0)
            self._open_file.truncate()
        self.size = 0

    def commit(self) -> None:
        """Give the file its name."""
        with _translated(str(self.path), self):
            self._open_file.close()
            self._part.replace(self.path)

    def discard(self) -> None:
        """Remove the part file; never fails."""
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    @property
    def _open_file(self) -> BinaryIO:
        assert self._file is not None, "not opened"  # noqa: S101 - a mistake in this package
        return self._file


class GivenFile:
    """A file that somebody has opened: written to from where it stands, and left open."""

    def __init__(self, file: BinaryIO, job_id: str | None) -> None:
        if not hasattr(file, "write") or hasattr(file, "encoding"):
            raise TypeError(f"expected a file opened with 'wb', not {type(file).__name__}")
        self._file = file
        self._start: int | None = None
        self.job_id = job_id
        self.size = 0

    def open(self) -> None:
        """Note where the file stands."""
        with _translated("the file given", self):
            self._start = self._file.tell() if self._file.seekable() else None

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with _translated("the file given", self):
            left = memoryview(data)
            while left:  # a raw file may take less than it was given
                left = left[self._file.write(left) :]
        self.size += len(data)

    def restart(self) -> None:
        """Go back to where the file stood.

        Raises:
            DownloadError: It cannot seek.

        """
        if self._start is None:
            raise DownloadError(
                "the file has to be fetched from its start again, and what it is written to cannot seek",
                job_id=self.job_id,
            )
        with _translated("the file given", self):
            self._file.seek(self._start)
            self._file.truncate()
        self.size = 0

    def commit(self) -> None:
        """Hand the last bytes on to the system."""
        with _translated("the file given", self):
            self._file.flush()

    def discard(self) -> None:
        """Go back to where the file stood, if it can; never fails."""
        if self._start is not None:
            with contextlib.suppress(OSError, ValueError, DownloadError):
                self.restart()


@contextlib.contextmanager
def _translated(name: str, sink: PartFile | GivenFile) -> Generator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        what = f"the disk is full after {sink.size} bytes" if full else error.strerror or str(error)
        advice = "Make room or choose another place" if full else "Check the folder and its rights"
        raise FileWriteError(
            f"cannot write {name}: {what}. {advice}, and download again: the file stays at the service",
            job_id=sink.job_id,
        ) from error


class Transfer:
    """Follows one download over its attempts.

    Attributes:
        received: How many bytes have come.
        total: How many there are, where the host says it.
    """

    def __init__(self, *, max_retries: int, random: Callable[[], float], job_id: str | None) -> None:
        self._max_retries = max_retries
        self._random = random
        self._job_id = job_id
        self._failures = 0
        self._links = 0
        self._size_then = 0
        self._validator: str | None = None
        self.received = 0
        self.total: int | None = None

    def request_headers(self) -> dict[str, str]:
        """Return the headers of the next attempt: for the rest, if the file can be told to be the same one."""
        # Encoded content has other lengths and ranges than the file.
        headers = {"Accept-Encoding": "identity"}
        if self.received and self._validator:
            headers |= {"Range": f"bytes={self.received}-", "If-Range": self._validator}
        return headers

    def continues(self, status: int, headers: Mapping[str, str]) -> bool:
        """Take the head of an answer; tell whether its body goes on where the last one ended.

        If not, it is the file from its start.

        Raises:
            DownloadError: It is no file at all.

        """
        if "html" in headers.get("content-type", ""):
            raise DownloadError(
                "the file host answered with a web page in place of the file; try again later", job_id=self._job_id
            )
        if headers.get("content-encoding", "identity") != "identity":
            raise DownloadError("the file host sent the file encoded, though asked not to", job_id=self._job_id)
        found = _CONTENT_RANGE.match(headers.get("content-range", "")) if status == 206 else None
        continues = found is not None and int(found[1]) == self.received and self.received > 0
        if status == 206 and not continues:
            raise DownloadError("the file host sent another part than was asked for", job_id=self._job_id)
        length = headers.get("content-length", "")
        if length.isdigit():
            self.total = int(length) + (self.received if continues else 0)
        if not continues:
            self._validator = _strong_validator(headers)
        return continues

    def pause_after_failure(self) -> float | None:
        """Return how many seconds to wait before the next attempt, None if there is to be none.

        Only attempts in a row that brought nothing count.
        """
        if self.received > self._size_then:
            self._failures = 0
        self._size_then = self.received
        self._failures += 1
        return None if self._failures > self._max_retries else back_off(self._failures, self._random)

    def restart(self) -> None:
        """Ask for the whole file next time."""
        self.received = 0
        self._validator = None

    def may_ask_for_link(self) -> bool:
        """Tell whether another link may be asked for."""
        self._links += 1
        return self._links <= max(self._max_retries, 1)


def _strong_validator(headers: Mapping[str, str]) -> str | None:
    """Return what tells a file from its later versions; a weak ETag or none at all cannot."""
    etag = headers.get("etag", "")
    return etag if etag.startswith('"') else None
