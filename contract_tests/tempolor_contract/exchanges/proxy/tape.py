"""A bounded copy of a body that streams by."""

import zlib
from dataclasses import dataclass, field
from typing import Final

MOST_BYTES: Final = 1 << 20
"""How much of a body is kept whole, for judging. Answers of the API are far smaller."""
BEGINNING: Final = 1 << 14
"""How much is kept of a longer answer: files tell there what they are, and how long."""

_ZLIB: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass
class Tape:
    """Keeps a body as long as it is short, and otherwise only `beginning` bytes of it."""

    most_bytes: int = MOST_BYTES
    beginning: int = 0
    size: int = 0
    _chunks: list[bytes] = field(default_factory=list)
    _cut: bool = False

    def add(self, chunk: bytes) -> None:
        """Take note of bytes that pass."""
        self.size += len(chunk)
        if self.size <= self.most_bytes:
            self._chunks.append(chunk)
        elif not self._cut:
            self._cut = True
            self._chunks = [b"".join([*self._chunks, chunk[: self.beginning]])[: self.beginning]]

    def content(self, encoding: str = "") -> tuple[bytes, bool]:
        """Return the body without its Content-Encoding, and whether it is truncated: too long, or not to be read.

        Of one that is too long, the beginning is returned, unless it is encoded.
        """
        if self._cut:
            return b"" if encoding.strip().lower() not in {"", "identity"} else self._chunks[0], True
        body = b"".join(self._chunks)
        for name in reversed([each.strip().lower() for each in encoding.split(",")]):
            if name in _ZLIB and body:
                body = self._inflated(body, _ZLIB[name])
            elif name not in {"", "identity"} and body:
                body = b""
            if not body and self.size:
                return b"", True
        return body, False

    def _inflated(self, body: bytes, window: int) -> bytes:
        """Return what a compressed body holds; nothing if it is broken or longer than what is kept."""
        reader = zlib.decompressobj(window)
        try:
            found = reader.decompress(body, self.most_bytes)
        except zlib.error:
            return b""
        return b"" if reader.unconsumed_tail else found
