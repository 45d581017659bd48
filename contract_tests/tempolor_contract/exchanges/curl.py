"""A request as a command line."""

import re
import shlex

from .exchange import Exchange, Request
from .redaction import Redactor
from .visible import plain

_LONGEST_BODY = 2000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")
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


def as_curl(exchange: Exchange) -> str:
    """Return the shortest curl command that sends a request again.

    The token is left to the environment variable TEMPOLOR_TOKEN. A body that is not text, or very long, is named by
    its size.
    """
    request = _REDACTOR.exchange(exchange).request
    parts = ["curl", *_method(request), *_literally(request.url), shlex.quote(request.url)]
    authorization = exchange.request.header("authorization")
    if authorization is not None:
        parts += ["-H", _authorization(authorization)]
    for name, value in request.headers:
        if name.lower() not in _IMPLIED:
            parts += ["-H", shlex.quote(f"{name}: {value}")]
    return " ".join(parts + _body(request))


def _method(request: Request) -> list[str]:
    if request.method == "HEAD":
        return ["--head"]  # with -X it would wait for a body
    return [] if request.method == ("POST" if request.body else "GET") else ["-X", shlex.quote(request.method)]


def _literally(url: str) -> list[str]:
    """Return what keeps curl from reading brackets as patterns, and from shortening a path."""
    patterns = ["--globoff"] if set("[]{}") & set(url) else []
    return patterns + (["--path-as-is"] if "/." in url else [])


def _authorization(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    if not blank and value.lower() != "bearer":
        return '"Authorization: $TEMPOLOR_TOKEN"'
    token = " $TEMPOLOR_TOKEN" if blank else ""
    return f'"Authorization: {scheme if _SCHEME.fullmatch(scheme) else "Bearer"}{token}"'


def _body(request: Request) -> list[str]:
    if request.truncated:
        return ["--data-binary", "@BODY-NOT-RECORDED"]
    if not request.body:
        return []
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        text = ""
    if not text or len(text) > _LONGEST_BODY:
        return ["--data-binary", f"@FILE-OF-{len(request.body)}-BYTES"]
    return ["--data-raw", _quoted(text)]


def _quoted(text: str) -> str:
    """Return a text as a shell reads it; what cannot be shown as it is, a carriage return for one, is spelt out."""
    if plain(text) == text:
        return shlex.quote(text)
    spelt = text.replace("\\", "\\\\").replace("'", "\\'").replace("\r", "\\r").replace("\n", "\\n")
    return f"$'{plain(spelt)}'"


_REDACTOR = Redactor()
