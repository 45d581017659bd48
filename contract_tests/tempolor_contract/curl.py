"""A request as a command line."""

import shlex

from .exchange import Exchange
from .redaction import Redactor

_LONGEST_BODY = 2000
# curl sends these by itself, or they only matter to whoever sent the request first.
_IMPLIED = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "user-agent",
        "transfer-encoding",
        "x-schemathesis-testcaseid",
    }
)


def as_curl(exchange: Exchange, *, redactor: Redactor | None = None) -> str:
    """Return the shortest curl command that sends a request again.

    The token is left to the environment variable TEMPOLOR_TOKEN. A body that is not text, or very long, is named by
    its size.
    """
    request = exchange.request
    parts = ["curl"]
    if request.method != ("POST" if request.body else "GET"):
        parts += ["-X", shlex.quote(request.method)]
    parts.append(shlex.quote((redactor or _REDACTOR).url(request.url)))
    if request.header("authorization") is not None:
        parts += ["-H", '"Authorization: Bearer $TEMPOLOR_TOKEN"']
    for name, value in request.headers:
        if name.lower() not in _IMPLIED:
            parts += ["-H", shlex.quote(f"{name}: {value}")]
    return " ".join(parts + _body(exchange))


def _body(exchange: Exchange) -> list[str]:
    body = _REDACTOR.exchange(exchange).request.body
    if exchange.request.truncated:
        return ["--data-binary", "@BODY-NOT-RECORDED"]
    if not body:
        return []
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ["--data-binary", f"@FILE-OF-{len(body)}-BYTES"]
    if len(text) > _LONGEST_BODY:
        return ["--data-binary", f"@FILE-OF-{len(body)}-BYTES"]
    return ["--data-raw", shlex.quote(text)]


_REDACTOR = Redactor()
