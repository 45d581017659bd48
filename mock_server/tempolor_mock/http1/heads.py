"""The heads of requests that came on one connection before, byte for byte.

A client that keeps its connection sends the same few heads again and again: polls of one job, orders of one length. The
parser need not see them twice, and neither need the pipeline read them twice, since requests share the `HeadMemory`.
"""

from copy import copy

from ..exchange import STAYER, HeadMemory, RawHeaders, Request
from ..steps.bodies import declared_length

MOST_HEADS = 16
LONGEST_HEAD = 2048
"""Bytes of a head that is worth keeping."""

_END = b"\r\n\r\n"


class KnownHeads:
    """The memory of one connection."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Request, int]] = {}
        self._sought = b""

    def find(self, data: bytes) -> tuple[Request, bytes] | None:
        """Return what is known of the one whole request that `data` is, and its body; None where it is none.

        `data` begins where a request may begin.
        """
        end = data.find(_END) + len(_END)
        self._sought = data[:end]
        known = self._known.get(self._sought)
        if known is None or len(data) - end != known[1]:
            return None
        return copy(known[0]), data[end:]

    def keep(self, request: Request) -> None:
        """Remember the head that was sought last, if those bytes are all of this request's head, line for line."""
        sought, self._sought = self._sought, b""
        body_bytes = declared_length(dict(request.headers))
        if body_bytes is None or len(sought) > LONGEST_HEAD or not _is_all(sought, request.headers):
            return
        if len(self._known) >= MOST_HEADS:
            del self._known[next(iter(self._known))]
        request.memory = HeadMemory()
        template = copy(request)
        template.sender = STAYER
        self._known[sought] = template, body_bytes

    def pass_over(self) -> None:
        """Take note that the request that comes is not to be remembered."""
        self._sought = b""


def _is_all(sought: bytes, headers: RawHeaders) -> bool:
    lines = len(headers) + 2  # The request's line, and the empty one.
    return sought.count(b"\r\n") == sought.count(b"\n") == lines
