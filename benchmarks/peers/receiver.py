"""A receiver of callbacks that costs next to nothing: it answers 200 and counts; a GET returns the count.

Prints its port when it listens.
"""

import asyncio
from typing import cast

OK = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"


class Receiver(asyncio.Protocol):
    """One connection, with one request on it."""

    received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer as soon as all of the request is there."""
        self._data += data
        head, end, body = self._data.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        Receiver.received += head.startswith(b"POST ")
        told = b"" if head.startswith(b"POST ") else b"%d" % Receiver.received
        self._transport.write(OK % (len(told), told))
        self._transport.close()


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length: ")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def main() -> None:
    """Receive until ended."""
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
