"""Pages of any origin may call the service's paths and fetch files, as the vendor's own pages do.

The control plane is left out: a page somebody happens to visit has no business there (`guard.py`).
"""

from ..domain.errors import ServiceError
from ..exchange import Call, Reply

ANY = b"*"
PREFLIGHT_SECONDS = b"7200"
"""How long a browser may remember a preflight's answer: as long as any of them does."""

_ON_REPLIES = [
    (b"access-control-allow-origin", ANY),
    # Without credentials, `*` stands for every header of the answer. Tokens are no credentials in CORS's sense.
    (b"access-control-expose-headers", ANY),
]


def preflight(call: Call, refusal: ServiceError) -> Reply | None:
    """Return the reply to a browser that asks what it may ask, made of the refusal of OPTIONS; None for other calls."""
    allowed = dict(refusal.headers).get("Allow")
    if (
        allowed is None
        or call.is_control
        or call.request.method != "OPTIONS"
        or not call.fields.keys() >= {b"origin", b"access-control-request-method"}
    ):
        return None
    call.fields.pop(b"authorization", None)  # No world's journal has a place for what no application asked.
    headers = [
        (b"access-control-allow-methods", allowed.encode()),
        (b"access-control-max-age", PREFLIGHT_SECONDS),
        (b"vary", b"Access-Control-Request-Headers"),
    ]
    if asked := call.fields.get(b"access-control-request-headers"):
        headers.append((b"access-control-allow-headers", asked))
    if call.fields.get(b"access-control-request-private-network") == b"true":
        headers.append((b"access-control-allow-private-network", b"true"))
    return Reply(204, headers)


def opened(reply: Reply) -> Reply:
    """Return a reply with what a browser wants to see before it shows one to a page."""
    reply.headers = [*reply.headers, *_ON_REPLIES]
    return reply
