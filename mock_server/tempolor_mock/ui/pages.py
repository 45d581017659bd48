"""The pages for people, below the control plane's path.

They are plain files of this package; Swagger UI's come from the package `openapi_ui_bundles`. The pages read what they
show through the control plane, with the token their user gives them: they are the same for everybody.
"""

import asyncio
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..domain.errors import ServiceError
from ..exchange import Call, Reply
from ..settings import CONTROL_BASE_PATH
from ..steps.conditions import not_modified

_HERE = Path(__file__).parent
_MEDIA_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
}
PAGES = {
    "": "index.html",
    "/docs": "docs.html",
    "/ui/page.css": "page.css",
    "/ui/page.js": "page.js",
    "/ui/docs.css": "docs.css",
    "/ui/docs.js": "docs.js",
    "/ui/icon.svg": "icon.svg",
    "/ui/swagger-ui.css": "swagger-ui.css",
    "/ui/swagger-ui-bundle.js": "swagger-ui-bundle.js",
}
"""The file of each path below the control plane's."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)


async def get_page(call: Call) -> Reply:
    """Answer a request for one of the files."""
    page = call.request.path.removeprefix(CONTROL_BASE_PATH).rstrip("/")
    name = PAGES[page]
    content, tag = await asyncio.to_thread(_read, name)
    if (unchanged := not_modified(call.fields, tag)) is not None:
        return unchanged
    headers = [
        (b"content-type", _MEDIA_TYPES[Path(name).suffix]),
        (b"content-length", b"%d" % len(content)),
        (b"content-security-policy", _policy(name)),
        (b"etag", tag),
        *_HEADERS,
    ]
    return Reply(200, headers, content)


def _policy(name: str) -> bytes:
    """Return what a page may load: its own address only. Swagger UI sets styles in its elements."""
    return _POLICY.format(styles=" 'unsafe-inline'" if name == "docs.html" else "").encode()


@cache
def _read(name: str) -> tuple[bytes, bytes]:
    """Return a file, and the `ETag` of these bytes."""
    content = ((_swagger_ui_folder() if name.startswith("swagger-ui") else _HERE) / name).read_bytes()
    return content, f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'.encode()


def _swagger_ui_folder() -> Path:
    # Found, not imported: importing would run code for files that only need to be read.
    found = find_spec("openapi_ui_bundles")
    if found is None or not found.submodule_search_locations:
        raise ServiceError(404, "Swagger UI is not installed: pip install openapi-ui-bundles")
    return Path(found.submodule_search_locations[0], "swagger_ui", "vendor")
