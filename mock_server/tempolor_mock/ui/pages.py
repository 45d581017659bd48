"""Slot that serves the pages for people, below the control plane's path.

They are plain files of this package; Swagger UI's come from the package `openapi_ui_bundles`. The pages read what they
show through the control plane, with the token their user gives them: they are the same for everybody.
"""

import asyncio
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ..domain.errors import ServiceError
from ..files.links import FILES_PATH
from ..files.serving import ONLOOKER
from ..settings import CONTROL_BASE_PATH
from ..steps.errors import Refusal

_HERE = Path(__file__).parent
_MEDIA_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
}
_OURS = {
    "": "index.html",
    "/": "index.html",
    "/docs": "docs.html",
    "/docs/": "docs.html",
    "/ui/page.css": "page.css",
    "/ui/page.js": "page.js",
    "/ui/docs.css": "docs.css",
    "/ui/docs.js": "docs.js",
    "/ui/icon.svg": "icon.svg",
}
_SWAGGER_UI = {
    "/ui/swagger-ui.css": "swagger-ui.css",
    "/ui/swagger-ui-bundle.js": "swagger-ui-bundle.js",
}

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


class PeopleSlot:
    """Answers for the pages and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for one of the files."""
        path: str = scope["path"] if scope["type"] == "http" else ""
        page = path.removeprefix(CONTROL_BASE_PATH)
        if path.startswith(CONTROL_BASE_PATH) and page.startswith(f"{FILES_PATH}/"):
            # The page's own covers and music: neither the journal nor the fault rules are about them.
            await self.app({**scope, "path": page, ONLOOKER: True}, receive, send)
            return
        if not path.startswith(CONTROL_BASE_PATH) or (page not in _OURS and page not in _SWAGGER_UI):
            await self.app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            raise Refusal(405, "Method Not Allowed", ("Allow", "GET, HEAD"))
        name = _OURS.get(page) or _SWAGGER_UI[page]
        content = await asyncio.to_thread(_read, name, swagger_ui=page in _SWAGGER_UI)
        headers = [
            (b"content-type", _MEDIA_TYPES[Path(name).suffix]),
            (b"content-length", b"%d" % len(content)),
            (b"content-security-policy", _policy(name)),
            *_HEADERS,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content if scope["method"] == "GET" else b""})


def _policy(name: str) -> bytes:
    """Return what a page may load: its own address only. Swagger UI sets styles in its elements."""
    return _POLICY.format(styles=" 'unsafe-inline'" if name == "docs.html" else "").encode()


@cache
def _read(name: str, *, swagger_ui: bool) -> bytes:
    return ((_swagger_ui_folder() if swagger_ui else _HERE) / name).read_bytes()


def _swagger_ui_folder() -> Path:
    # Found, not imported: importing would run code for files that only need to be read.
    found = find_spec("openapi_ui_bundles")
    if found is None or not found.submodule_search_locations:
        raise ServiceError(404, "Swagger UI is not installed: pip install openapi-ui-bundles")
    return Path(found.submodule_search_locations[0], "swagger_ui", "vendor")
