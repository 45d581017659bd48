"""Files to upload, ready to be read from the start for each attempt."""

from __future__ import annotations

import io
import os
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from .advice import advice_on
from .errors import FileReadError, MediaTypeError

FileInput: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A path, the bytes themselves, or an open binary file, which is read from where it stands."""

CHUNK: Final = 256 * 1024
"""How many bytes are read and sent at a time."""

_BY_SUFFIX: Final = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".wave": "audio/wav",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
    ".flac": "audio/flac",
    ".mid": "audio/midi",
    ".midi": "audio/midi",
}
_LONGEST_SIGNATURE: Final = 12


class Payload:
    """Bytes to send, as often as need be.

    Sending the same open file again would send nothing, as it stands at its end; so each attempt starts where the
    file stood when it was handed over. A file that cannot seek is read into memory.

    Attributes:
        name: The file's name, None for bytes.
        size: How many bytes there are.
    """

    def __init__(self, source: FileInput) -> None:
        self.name: str | None = None
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._start = 0
        try:
            self.size = self._take(source)
        except OSError as error:
            raise _unreadable(self.name, error) from error

    def _take(self, source: FileInput) -> int:
        if isinstance(source, str | os.PathLike):
            self._path = Path(source)
            self.name = str(self._path)
            with self._path.open("rb") as file:  # a folder or a forbidden file shows here, before anything is sent
                return file.seek(0, io.SEEK_END)
        if isinstance(source, bytes | bytearray | memoryview):
            self._file = io.BytesIO(bytes(source))
            return len(source) if not isinstance(source, memoryview) else source.nbytes
        if not hasattr(source, "read") or hasattr(source, "encoding"):
            raise TypeError(f"expected a path, bytes or a file opened with 'rb', not {type(source).__name__}")
        name = getattr(source, "name", None)
        self.name = name if isinstance(name, str) else None
        self._file = source if source.seekable() else io.BytesIO(source.read())
        self._start = self._file.tell()
        size = self._file.seek(0, io.SEEK_END) - self._start
        self._file.seek(self._start)
        return size

    @property
    def stem(self) -> str | None:
        """The file's name without folder and suffix."""
        return Path(self.name).stem or None if self.name else None

    def chunks(self) -> Generator[bytes]:
        """Yield the bytes from the start.

        Raises:
            FileReadError: They cannot be read, or are no longer as many as there were.

        """
        left = self.size
        try:
            with _Opened(self._path, self._file, self._start) as file:
                while left and (chunk := file.read(min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk
        except OSError as error:
            raise _unreadable(self.name, error) from error
        if left:
            raise FileReadError(f"{self.name or 'the file'} has become shorter while it was uploaded")

    def media_type(self) -> str:
        """Return the media type by what the file starts with, else by its name.

        Raises:
            MediaTypeError: Neither tells.
            FileReadError: The file cannot be read.

        """
        suffix = Path(self.name).suffix.lower() if self.name else ""
        found = _sniffed(self._head()) or _BY_SUFFIX.get(suffix)
        if found is None:
            raise MediaTypeError(
                f"{self.name or 'the data'} does not look like mp3, wav, m4a, flac or MIDI.",
                advice=advice_on("media_type"),
            )
        return found

    def _head(self) -> bytes:
        chunks = self.chunks()
        try:
            return next(chunks, b"")[:_LONGEST_SIGNATURE]
        finally:
            # Left to the garbage collector, the file would stay open for an unknown while.
            chunks.close()


class _Opened:
    """A file of our own, closed in the end, or the caller's, rewound and left open."""

    def __init__(self, path: Path | None, file: BinaryIO | None, start: int) -> None:
        self._path = path
        self._file = file
        self._start = start

    def __enter__(self) -> BinaryIO:
        if self._path is not None:
            self._file = self._path.open("rb")
        assert self._file is not None  # noqa: S101 - one of the two is always given
        self._file.seek(self._start)
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._path is not None and self._file is not None:
            self._file.close()


def _sniffed(head: bytes) -> str | None:
    if head.startswith(b"MThd"):
        return "audio/midi"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    # An ID3 tag, or the eleven set bits that open an MPEG frame with a layer that is not reserved.
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06):
        return "audio/mpeg"
    return None


def _unreadable(name: str | None, error: OSError) -> FileReadError:
    return FileReadError(
        f"cannot read {name or 'the file'}: {error.strerror or error}. Check path and rights; nothing was ordered"
    )
