"""Serving files, as the service's file host would.

No API token is asked for: a link carries all the right there is to a file, and clients must not send their token to a
file host.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, quote

from ..exchange import Call, Reply
from ..settings import CONTROL_BASE_PATH
from ..steps.conditions import not_modified
from ..steps.errors import Refusal
from ..steps.wire import unless_left
from . import links, loading
from .ranges import ByteRange, UnsatisfiableRangeError, parse_range
from .rendering import Rendering, Renderings

if TYPE_CHECKING:
    from .lookup import Prepare, ServedFile


class Files:
    """Serves what `links` points at."""

    def __init__(self, renderings: Renderings) -> None:
        self._renderings = renderings

    async def get_file(self, call: Call) -> Reply:
        """Answer a request for a file; one below the control plane's path comes from our own page."""
        file = await self._find(call)
        if (unchanged := not_modified(call.fields, _tag(file))) is not None:
            return unchanged
        with ExitStack() as stack:
            rendering = stack.enter_context(
                self._renderings.lent(file.key, file.owner, file.blocks, size=file.size, room=file.room)
            )
            if not rendering.begun.is_set():
                await unless_left(call.request.sender, rendering.ready())
            part = await _part(_wanted_range(call.fields, file), rendering)
            body = _Body(rendering, part, stack.pop_all())
            return Reply(206 if part else 200, _headers(file, rendering, part), body)

    async def _find(self, call: Call) -> "ServedFile":
        # numpy and the codecs are loaded with the first file that is asked for, not with the server.
        lookup = await asyncio.to_thread(loading.lookup)
        path = lookup.FilePath.parse(call.request.path.removeprefix(CONTROL_BASE_PATH))
        if path.handle == links.SHARED:
            shared: ServedFile = lookup.find_shared(path)
            return shared
        token = await call.worlds.store.find_token(path.handle)
        if token is None:
            raise lookup.not_found()
        auth_key = parse_qs(call.request.query.decode("latin-1")).get("auth_key", [""])[0]
        call.token = call.notes.token = token
        prepare: Prepare = await call.run(lambda world: lookup.find(path, auth_key, world))
        return await self._renderings.prepared(path.handle, prepare)


async def _part(header: bytes | None, rendering: Rendering) -> ByteRange | None:
    """Return the part that a `Range` header asks for, once the size is known; None for the whole."""
    if header is not None and rendering.size is None:
        await rendering.completed()
    try:
        return parse_range(header, rendering.size)
    except UnsatisfiableRangeError:
        raise Refusal(416, "Range Not Satisfiable", ("Content-Range", f"bytes */{rendering.size}")) from None


def _wanted_range(fields: Mapping[bytes, bytes], file: "ServedFile") -> bytes | None:
    """Return the `Range` header, unless the client wants a part of another version of the file only (`If-Range`)."""
    return fields.get(b"range") if fields.get(b"if-range") in {None, _tag(file)} else None


def _tag(file: "ServedFile") -> bytes:
    return f'"{file.key}"'.encode()


def _headers(file: "ServedFile", rendering: Rendering, part: ByteRange | None) -> list[tuple[bytes, bytes]]:
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
    return headers


class _Body:
    """The bytes of a file, or of a part of it, which is lent until they are read or nobody wants them any more."""

    def __init__(self, rendering: Rendering, part: ByteRange | None, lent: ExitStack) -> None:
        start, end = (part.start, part.end) if part else (0, rendering.size)
        self._parts: AsyncGenerator[bytes] = rendering.read(start, end)
        self._lent = lent

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Return the next bytes, giving others a turn before each."""
        await asyncio.sleep(0)
        return await anext(self._parts)

    async def aclose(self) -> None:
        """Give the file back."""
        await self._parts.aclose()
        self._lent.close()
