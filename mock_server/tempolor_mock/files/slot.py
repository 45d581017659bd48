"""The slot that serves files, in front of the documented API, as the service's file host would.

No API token is asked for: a link carries all the right there is to a file, and clients must not send their token to a
file host.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from starlette.types import ASGIApp, Receive, Scope, Send

from ..domain.errors import ServiceError
from ..domain.jobs import Job, Status
from ..domain.world import World
from ..middleware.errors import Refusal
from ..worlds import Worlds
from . import links
from .ranges import ByteRange, UnsatisfiableRangeError, parse_range
from .rendering import Rendering, Renderings

_MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".zip": "application/zip",
    ".png": "image/png",
    ".json": "application/json",
}
_SIGNED = frozenset(links.SUFFIXES.values())


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be served: which job's and of which kind."""

    job: Job
    suffix: str

    @property
    def name(self) -> str:
        """The name a browser saves it under."""
        return f"{self.job.material.title}{self.suffix}"

    @property
    def key(self) -> str:
        """The same for the same bytes; a valid file name."""
        identity = (self.job.id, self.job.material, self.job.kind, self.suffix)
        return hashlib.blake2b(repr(identity).encode(), digest_size=16).hexdigest() + self.suffix


class FilesSlot:
    """Serves what `links` points at."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, renderings: Renderings) -> None:
        self.app = app
        self._worlds = worlds
        self._renderings = renderings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer requests below the files' path; pass everything else on."""
        if scope["type"] == "http" and scope["path"].startswith(f"{links.FILES_PATH}/"):
            await self._serve(scope, send)
        else:
            await self.app(scope, receive, send)

    async def _serve(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise Refusal(405, "Method Not Allowed", ("Allow", "GET, HEAD"))
        found = await self._find(scope["path"], scope["query_string"])
        rendering = self._render(found)
        header = dict(scope["headers"]).get(b"range")
        if header is not None and rendering.size is None:
            await rendering.completed()
        try:
            wanted = parse_range(header, rendering.size)
        except UnsatisfiableRangeError:
            raise Refusal(416, "Range not satisfiable", ("Content-Range", f"bytes */{rendering.size}")) from None
        await _send_file(send, found, rendering, wanted, body=scope["method"] == "GET")

    async def _find(self, path: str, query_string: bytes) -> Found:
        handle, _, name = path[len(links.FILES_PATH) + 1 :].partition("/")
        item_id, dot, ending = name.partition(".")
        suffix = dot + ending
        token = await self._worlds.store.find_token(handle)
        if token is None or suffix not in _MEDIA_TYPES:
            raise ServiceError(404, "File not found")
        auth_key = parse_qs(query_string.decode("latin-1")).get("auth_key", [""])[0]

        def find(world: World) -> Found:
            if suffix in _SIGNED and not links.is_valid(token, path, auth_key, world.now_ms):
                raise ServiceError(403, "The link has expired or was altered; ask for a new one")
            job = world.jobs.get(item_id)
            if job is None or job.step(world.now_ms).status is not Status.COMPLETED:
                raise ServiceError(404, "File not found")
            return Found(job, suffix)

        return await self._worlds.run(token, find)

    def _render(self, found: Found) -> Rendering:
        # numpy and the codecs are loaded with the first file, not with the server.
        from . import content  # noqa: PLC0415

        return self._renderings.get(
            found.key, content.blocks(found.job, found.suffix), size=content.size(found.job, found.suffix)
        )


async def _send_file(send: Send, found: Found, rendering: Rendering, wanted: ByteRange | None, *, body: bool) -> None:
    start, end = (wanted.start, wanted.end) if wanted else (0, rendering.size)
    headers = [
        (b"content-type", _MEDIA_TYPES[found.suffix].encode()),
        (b"content-disposition", f"inline; filename*=UTF-8''{quote(found.name, safe='')}".encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", f'"{found.key}"'.encode()),
    ]
    if end is not None:
        headers.append((b"content-length", b"%d" % (end - start)))
    if wanted:
        headers.append((b"content-range", f"bytes {start}-{wanted.end - 1}/{rendering.size}".encode()))
    await send({"type": "http.response.start", "status": 206 if wanted else 200, "headers": headers})
    if body:
        async for chunk in rendering.read(start, end):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
