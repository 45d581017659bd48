"""The heads of requests that came on one connection before, byte for byte.

Clients that keep a connection send the same few heads again and again: polls of one job, orders of one length. What was
read from such a head is kept, so that the parser, routing, authorization and parameters have nothing to do for the next
request that begins with it.
"""

from .steps.fast_path import PlainHead

MOST_HEADS = 16
LONGEST_HEAD = 2048
"""Bytes of a head that is worth keeping."""

_END = b"\r\n\r\n"


class KnownHeads:
    """The memory of one connection."""

    def __init__(self) -> None:
        self._known: dict[bytes, PlainHead] = {}
        self._sought = b""

    def find(self, data: bytes) -> tuple[PlainHead, bytes] | None:
        """Return what is known of the request that `data` is, and its body; None where it is not one whole request.

        `data` begins where a request may begin.
        """
        end = data.find(_END) + len(_END)
        self._sought = data[:end]
        known = self._known.get(self._sought)
        if known is None or len(data) - end != known.body_bytes:
            return None
        return known, data[end:]

    def remember(self, head: PlainHead, headers: int) -> None:
        """Keep what was read from the head that was sought last, if those bytes are all of it, line for line.

        `headers` is how many it has.
        """
        lines = headers + 2  # The request's line, and the empty one.
        sought = self._sought
        if (
            head.body_bytes is not None
            and len(sought) <= LONGEST_HEAD
            and sought.count(b"\r\n") == sought.count(b"\n") == lines
        ):
            if len(self._known) >= MOST_HEADS:
                del self._known[next(iter(self._known))]
            self._known[sought] = head

    def seek_nothing(self) -> None:
        """Take note that what is read from now on does not begin with the head that was sought last."""
        self._sought = b""

    def __len__(self) -> int:
        """Return how many heads are known."""
        return len(self._known)
