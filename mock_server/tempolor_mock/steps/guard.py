"""Slot that keeps other people's web pages out of the control plane, and lets a world be named by its handle.

A page somebody visits can send requests to addresses of their own machine. Browsers say where a request comes from
(`Sec-Fetch-Site`, `Origin`), and clients that are no browsers say neither. A page whose name was made to point at this
machine after it was loaded (DNS rebinding) is of the same origin, but its name is in `Host`.
"""

import ipaddress

from starlette.types import ASGIApp, Receive, Scope, Send

from ..settings import CONTROL_BASE_PATH
from ..worlds import Worlds
from .errors import Refusal

WORLD_HEADER = b"x-mock-world"


class GuardSlot:
    """Stands before the control plane, inside `ErrorSlot`."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds) -> None:
        self.app = app
        self._worlds = worlds
        settings = worlds.settings
        # A name that points here is of no use to a page that does not know the control token.
        self._loopback_names_only = settings.loopback_only and settings.control_token is None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse control calls of other origins; pass everything else on."""
        if scope["type"] == "http" and scope["path"].startswith(CONTROL_BASE_PATH):
            headers = dict(scope["headers"])
            self._check_origin(scope, headers)
            # Behind a proxy there are two of them: the client's and the one the proxy called (`proxies.py`).
            for name, value in scope["headers"] if self._loopback_names_only else ():
                if name == b"host" and not _is_loopback_name(value):
                    raise Refusal(
                        403,
                        "The control plane is reached by a loopback name here. "
                        "To use another one, start the mock with --control-token",
                    )
            if WORLD_HEADER in headers:
                scope = await self._with_token(scope, headers)
        await self.app(scope, receive, send)

    def _check_origin(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        if headers.get(b"sec-fetch-site", b"none") in {b"cross-site", b"same-site"} and not _is_link(scope, headers):
            raise _foreign()
        origin = headers.get(b"origin")
        if origin is not None and origin != scope["scheme"].encode() + b"://" + headers.get(b"host", b""):
            raise _foreign()

    async def _with_token(self, scope: Scope, headers: dict[bytes, bytes]) -> Scope:
        """Return the request as if it had carried the token of the world whose handle it names."""
        handle = headers[WORLD_HEADER].decode("latin-1")
        token = await self._worlds.store.find_token(handle)
        if token is None:
            raise Refusal(404, f"No world has the handle {handle[:40]!r}")
        others = [header for header in scope["headers"] if header[0] not in {WORLD_HEADER, b"authorization"}]
        return {**scope, "headers": [*others, (b"authorization", f"Bearer {token}".encode())]}


def _foreign() -> Refusal:
    return Refusal(403, "The control plane takes no calls from pages of other origins")


def _is_link(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether somebody follows a link to a page of ours: it shows that page and nothing of it to the other one."""
    return (
        scope["method"] == "GET"
        and headers.get(b"sec-fetch-mode") == b"navigate"
        and headers.get(b"sec-fetch-dest") == b"document"
    )


def _is_loopback_name(host: bytes) -> bool:
    name = host.decode("latin-1").lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
