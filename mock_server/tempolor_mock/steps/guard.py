"""Keeping other people's web pages out of the control plane, and letting a world be named by its handle.

A page somebody visits can send requests to addresses of their own machine. Browsers say where a request comes from
(`Sec-Fetch-Site`, `Origin`), and clients that are no browsers say neither. A page whose name was made to point at this
machine after it was loaded (DNS rebinding) is of the same origin, but its name is in `Host`.
"""

import ipaddress

from ..domain.errors import own_world_only
from ..exchange import Call
from ..waiting import in_task
from ..worlds import Worlds
from .errors import Refusal
from .security import bearer_token

WORLD_HEADER = b"x-mock-world"


class Guard:
    """Stands before the control plane."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        settings = worlds.settings
        # A name that points here is of no use to a page that does not know the control token.
        self._loopback_names_only = settings.loopback_only and settings.control_token is None

    async def check(self, call: Call) -> None:
        """Refuse control calls of other origins; a 404 for a handle no world has."""
        _check_origin(call)
        # Behind a proxy there are two of them: the client's and the one the proxy called (`proxies.py`).
        hosts = {call.fields.get(b"host", b""), *(value for name, value in call.request.headers if name == b"host")}
        if self._loopback_names_only and not all(map(_is_loopback_name, hosts - {b""})):
            raise Refusal(
                403,
                "The control plane is reached by a loopback name here. "
                "To use another one, start the mock with --control-token",
            )
        if WORLD_HEADER in call.fields:
            await self._name_world(call)

    async def _name_world(self, call: Call) -> None:
        """Change the call as if it had carried the token of the world whose handle it names."""
        handle = call.fields.pop(WORLD_HEADER).decode("latin-1")
        await in_task()
        token = await self._worlds.store.find_token(handle)
        if token is None:
            raise Refusal(404, f"No world has the handle {handle[:40]!r}")
        if self._worlds.settings.own_world_only and token != bearer_token(call.fields.get(b"authorization", b"")):
            raise own_world_only()
        call.fields[b"authorization"] = f"Bearer {token}".encode()


def _check_origin(call: Call) -> None:
    headers = call.fields
    if headers.get(b"sec-fetch-site", b"none") in {b"cross-site", b"same-site"} and not _is_link(call):
        raise _foreign()
    origin = headers.get(b"origin")
    if origin is not None and origin != call.request.scheme.encode() + b"://" + headers.get(b"host", b""):
        raise _foreign()


def _foreign() -> Refusal:
    return Refusal(403, "The control plane takes no calls from pages of other origins")


def _is_link(call: Call) -> bool:
    """Whether somebody follows a link to a page of ours: it shows that page and nothing of it to the other one."""
    return (
        call.request.method == "GET"
        and call.fields.get(b"sec-fetch-mode") == b"navigate"
        and call.fields.get(b"sec-fetch-dest") == b"document"
    )


def _is_loopback_name(host: bytes) -> bool:
    name = host.decode("latin-1").lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
