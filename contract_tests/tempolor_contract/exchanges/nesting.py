"""Bounds how deep JSON is nested before anything reads it: readers recurse, or take memory by the depth squared."""

import re
from itertools import accumulate
from typing import IO, Final

MOST_LEVELS: Final = 200
"""Nothing that anybody records is nested deeper; the readers of JSON give up at 250 levels and more."""
_STRING: Final = rb'(?:[^"\\]++|\\.)*+'
# To the end of a string, or of what there is of it; a backslash at the very end may belong to what comes next.
_STRING_END: Final = re.compile(_STRING + rb'("|\\?\Z)', re.DOTALL)
# What opens or closes a level, outside of strings; a string without an end is at the end of the text.
_NEXT: Final = re.compile(rb'(?:[^"\[\]{}]++|"' + _STRING + rb'")*+([\[\]{}]|"' + _STRING + rb"(\\?)\Z)", re.DOTALL)
_OPENING: Final = (b"[", b"{")
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_SIGNS: Final = bytes(set(range(256)) - set(b"[{]}"))


class ShallowReader:
    """A file of JSON as it is read, without what stands deeper than `MOST_LEVELS`: null stands there, the rest is kept.

    Takes time in proportion to the length, and keeps nothing but where it is.
    """

    def __init__(self, file: IO[bytes] | None = None) -> None:
        self.deepest = 0
        self._file = file
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes that are kept; none at the end of the file."""
        while self._file is not None and (chunk := self._file.read(size)):
            if kept := self.keep(chunk):
                return kept
        return b""

    def keep(self, chunk: bytes) -> bytes:
        """Return what is kept of a further piece of the file."""
        return chunk if self._is_shallow(chunk) else self._without_the_deep(chunk)

    def _is_shallow(self, chunk: bytes) -> bool:
        """Whether nothing in a piece is too deep, without a look at each sign; if so, it has been taken note of."""
        # A backslash stands in strings only: without what it escapes, each quote begins a string or ends one.
        pieces = chunk[self._escaped :].replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        plain = b"".join(pieces[self._in_string :: 2])
        depths = list(accumulate(memoryview(plain.translate(_STEPS, _NO_SIGNS)).cast("b"), initial=self._depth))
        if max(depths) > MOST_LEVELS:
            return False
        self.deepest, self._depth = max(self.deepest, *depths), depths[-1]
        self._in_string ^= len(pieces) % 2 == 0
        self._escaped = self._in_string and pieces[-1].endswith(b"\\")
        return True

    def _without_the_deep(self, chunk: bytes) -> bytes:
        kept: list[bytes] = []
        at = begin = self._leave_string(chunk)
        if self._depth <= MOST_LEVELS:
            begin = 0
        while (found := _NEXT.match(chunk, at)) is not None:
            at, sign = found.end(), found[1]
            if sign[:1] == b'"':
                self._in_string, self._escaped = True, bool(found[2])
                break
            before = self._depth
            self._depth += 1 if sign in _OPENING else -1
            self.deepest = max(self.deepest, self._depth)
            if self._depth > MOST_LEVELS and before <= MOST_LEVELS:
                kept += (chunk[begin : at - 1], b"null")
            elif self._depth <= MOST_LEVELS < before:
                begin = at
        if self._depth <= MOST_LEVELS:
            kept.append(chunk[begin:])
        return kept[0] if len(kept) == 1 else b"".join(kept)

    def _leave_string(self, chunk: bytes) -> int:
        """Return where a string ends that has begun before."""
        if not self._in_string:
            return 0
        found = _STRING_END.match(chunk, 1 if self._escaped else 0)
        end = found.end() if found is not None else len(chunk)
        self._in_string = found is None or found[1] != b'"'
        self._escaped = found is not None and found[1] == b"\\"
        return end


def is_too_deep(text: bytes) -> bool:
    """Whether a JSON text is nested deeper than `MOST_LEVELS`."""
    if text.count(b"[") + text.count(b"{") <= MOST_LEVELS:
        return False
    reader = ShallowReader()
    reader.keep(text)
    return reader.deepest > MOST_LEVELS
