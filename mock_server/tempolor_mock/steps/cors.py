"""Slot that lets pages of any origin call the service's paths and fetch files, as the vendor's own pages do.

The control plane is left out: a page somebody happens to visit has no business there (`guard.py`).
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..settings import CONTROL_BASE_PATH

ANY = b"*"
PREFLIGHT_SECONDS = b"7200"
"""How long a browser may remember a preflight's answer: as long as any of them does."""

_ON_ANSWERS = [
    (b"access-control-allow-origin", ANY),
    # Without credentials, `*` stands for every header of the answer. Tokens are no credentials in CORS's sense.
    (b"access-control-expose-headers", ANY),
]


class CorsSlot:
    """Answers preflights, and adds to every other answer what a browser wants to see."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what no browser asked across origins."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL_BASE_PATH) or not _has_origin(scope):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await self._preflight(headers, scope, receive, send)
        else:
            await self.app(scope, receive, _opened(send))

    async def _preflight(self, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send) -> None:
        """Ask the application itself which methods the path has: it refuses OPTIONS, and says so in `Allow`."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        # Without headers, so that no world's journal has a place for what no application asked.
        await self.app({**scope, "headers": []}, receive, keep)
        allowed = next((value for name, value in messages[0]["headers"] if name.lower() == b"allow"), None)
        if allowed is None:
            for message in messages:
                await _opened(send)(message)
            return
        answer = [
            (b"access-control-allow-origin", ANY),
            (b"access-control-allow-methods", allowed),
            (b"access-control-max-age", PREFLIGHT_SECONDS),
            (b"vary", b"Access-Control-Request-Headers"),
        ]
        if asked := headers.get(b"access-control-request-headers"):
            answer.append((b"access-control-allow-headers", asked))
        if headers.get(b"access-control-request-private-network") == b"true":
            answer.append((b"access-control-allow-private-network", b"true"))
        await send({"type": "http.response.start", "status": 204, "headers": answer})
        await send({"type": "http.response.body", "body": b""})


def _has_origin(scope: Scope) -> bool:
    return any(name == b"origin" for name, _ in scope["headers"])


def _opened(send: Send) -> Send:
    async def opened_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *_ON_ANSWERS]}
        await send(message)

    return opened_send
