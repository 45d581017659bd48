"""The slot that serves files, in front of the documented API, as the service's file host would.

No API token is asked for: a link carries all the right there is to a file, and clients must not send their token to a
file host.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..exchange import Call
from ..steps.errors import Refusal
from ..steps.faults import ForcedAnswerError, RequestHazard
from ..steps.sending import send_answer
from ..steps.wire import ClientLeftError, left
from ..worlds import Worlds
from . import links
from .ranges import ByteRange, UnsatisfiableRangeError, parse_range
from .rendering import Rendering, Renderings

if TYPE_CHECKING:
    from .lookup import Offer, Prepare

ONLOOKER = "tempolor.onlooker"
"""Set in the scope of a request by our own pages: whoever looks on from there uses up no fault rule."""


class FilesSlot:
    """Serves what `links` points at."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, renderings: Renderings) -> None:
        self.app = app
        self._worlds = worlds
        self._renderings = renderings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer requests below the files' path; pass everything else on."""
        if scope["type"] == "http" and scope["path"].startswith(f"{links.FILES_PATH}/"):
            with suppress(ClientLeftError):
                await self._serve(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise Refusal(405, "Method Not Allowed", ("Allow", "GET, HEAD"))
        call = Call(self._worlds, "", notes=scope["tempolor.notes"])
        if not scope.get(ONLOOKER):
            call.hazard = RequestHazard(scope, receive, call, None)
        try:
            wanted_file = await self._find(scope["path"], scope["query_string"], call)
        except ForcedAnswerError as forced:
            await send_answer(send, forced.answer)
            return
        if call.hit_by is not None:
            send = await call.hit_by.spoilt(send)
        header = _wanted_range(dict(scope["headers"]), wanted_file)
        with self._renderings.lent(
            wanted_file.key, wanted_file.owner, wanted_file.blocks, size=wanted_file.size, room=wanted_file.room
        ) as rendering:
            await rendering.ready()
            part = await _part(header, rendering)
            await send(_head(wanted_file, rendering, part))
            if scope["method"] == "GET":
                await _send_bytes(send, receive, rendering, part)
            await send({"type": "http.response.body", "body": b""})

    async def _find(self, text: str, query_string: bytes, call: Call) -> "Offer":
        # numpy and the codecs are loaded with the first file that is asked for, not with the server.
        offers = await asyncio.to_thread(import_module, f"{__package__}.lookup")
        path = offers.FilePath.parse(text)
        if path.handle == links.SHARED:
            shared: Offer = offers.shared_offer(path)
            return shared
        token = await self._worlds.store.find_token(path.handle)
        if token is None:
            raise offers.not_found()
        auth_key = parse_qs(query_string.decode("latin-1")).get("auth_key", [""])[0]
        call.token = call.notes.token = token
        prepare: Prepare = await call.run(lambda world: offers.offer(path, auth_key, world))
        return await self._renderings.prepared(path.handle, prepare)


async def _part(header: bytes | None, rendering: Rendering) -> ByteRange | None:
    """Return the part that a `Range` header asks for, once the size is known; None for the whole."""
    if header is not None and rendering.size is None:
        await rendering.completed()
    try:
        return parse_range(header, rendering.size)
    except UnsatisfiableRangeError:
        raise Refusal(416, "Range Not Satisfiable", ("Content-Range", f"bytes */{rendering.size}")) from None


def _wanted_range(headers: Mapping[bytes, bytes], file: "Offer") -> bytes | None:
    """Return the `Range` header, unless the client wants a part of another version of the file only (`If-Range`)."""
    return headers.get(b"range") if headers.get(b"if-range") in {None, _tag(file)} else None


def _tag(file: "Offer") -> bytes:
    return f'"{file.key}"'.encode()


def _head(file: "Offer", rendering: Rendering, part: ByteRange | None) -> Message:
    start, end = (part.start, part.end) if part else (0, rendering.size)
    headers = [
        (b"content-type", file.media_type.encode()),
        (b"content-disposition", f"inline; filename*=UTF-8''{quote(file.name, safe='')}".encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", _tag(file)),
    ]
    if end is not None:
        headers.append((b"content-length", b"%d" % (end - start)))
    if part:
        headers.append((b"content-range", f"bytes {start}-{part.end - 1}/{rendering.size}".encode()))
    return {"type": "http.response.start", "status": 206 if part else 200, "headers": headers}


async def _send_bytes(send: Send, receive: Receive, rendering: Rendering, part: ByteRange | None) -> None:
    """Send a file, or a part of it, giving others a turn after each chunk; ClientLeftError if nobody waits any more."""
    start, end = (part.start, part.end) if part else (0, rendering.size)
    leaving = asyncio.ensure_future(left(receive))
    try:
        async for chunk in rendering.read(start, end):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(0)
            if leaving.done():
                raise ClientLeftError
    finally:
        leaving.cancel()
