"""From a reply to bytes."""

from collections.abc import Iterable
from http import HTTPStatus

from uvicorn.server import ServerState

from ..exchange import Reply


def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


_STATUS_LINES = {status: _status_line(status) for status in range(100, 600)}


class HeadWriter:
    """Writes heads, with the headers that uvicorn's server gives to all replies: it renews the date every second."""

    def __init__(self, server: ServerState) -> None:
        self._server = server
        self._written_headers: list[tuple[bytes, bytes]] | None = None
        self._written = b""

    def head(self, reply: Reply, *, stays: bool) -> bytes:
        """Return the head of a reply; without `stays` it says that the connection ends in good order."""
        common = self._server.default_headers
        if common is not self._written_headers:
            self._written_headers, self._written = common, _lines(common)
        if stays or reply.ends is not None or says_close(reply):
            return b"%b%b%b\r\n" % (_STATUS_LINES[reply.status], self._written, _lines(reply.headers))
        return b"%b%b%bconnection: close\r\n\r\n" % (
            _STATUS_LINES[reply.status],
            self._written,
            _lines(reply.headers),
        )


def says_close(reply: Reply) -> bool:
    """Whether a reply tells by itself that the connection ends."""
    return (b"connection", b"close") in reply.headers


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
