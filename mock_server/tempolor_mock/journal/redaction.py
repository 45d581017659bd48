"""What may be shown of a request: everything but its secrets (`tempolor_spec.secrets`).

`known` are secrets that are hidden wherever they stand, whatever they look like. Bodies take time in proportion to
their length: show them off the event loop.
"""

from collections.abc import Collection, Sequence
from functools import partial
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import orjson
from tempolor_spec.secrets import (
    HIDDEN,
    TooDeepError,
    is_secret_name,
    may_have_secret,
    redact_form,
    redact_fragment,
    redact_header,
    redact_json,
    redact_text,
)

from ..domain.ids import Token

DEEPEST = 200
"""How many levels of JSON are looked into; one that is nested deeper is shown as a text."""

ESCAPED = frozenset('"\\/')
"""What may stand escaped in JSON, so that a secret with it does not look like itself; `may_have_secret` knows `\\u`."""


def redacted_token(token: Token) -> str:
    """Return a token as it may be shown: `user:12345-***`."""
    return f"user:{token.number}-{HIDDEN}"


def redacted_headers(headers: Sequence[tuple[bytes, bytes]], known: Collection[str] = ()) -> dict[str, str]:
    """Return headers by name in lower case, those given several times joined, secrets hidden."""
    shown: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        value = redact_header(name, raw_value.decode("latin-1"), known)
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def redacted_query(query: bytes, known: Collection[str] = ()) -> str:
    """Return a query string without the values of secret parameters; others stay as they were sent."""
    if not query:
        return ""
    text = query.decode("latin-1")
    decoded = unquote_plus(text)
    if not is_secret_name(decoded) and redact_text(decoded, known) == decoded:
        return text
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    shown = [(name, HIDDEN if is_secret_name(name) else redact_text(value, known)) for name, value in pairs]
    return urlencode(shown, safe="*")


def redacted_path(path: str, known: Collection[str] = ()) -> str:
    """Return a path without a token that stands in it."""
    return redact_text(path, known)


def redacted_body(text: bytes, media_type: bytes, known: Collection[str] = ()) -> Any:
    """Return a body as it may be shown: a JSON value where it is one, else text.

    A JSON body that is broken or was cut is searched for secrets as text.
    """
    if media_type == b"application/json" or not media_type:
        try:
            value = orjson.loads(text)
            return value if _is_harmless(text, known) else redact_json(value, text=partial(_shown_text, known=known))
        except (orjson.JSONDecodeError, TooDeepError):
            pass
    if media_type == b"application/x-www-form-urlencoded":
        return redacted_query(text, known)
    shown = text.decode(errors="replace")
    return redact_form(shown, known) if media_type == b"multipart/form-data" else redact_fragment(shown, known)


def _is_harmless(text: bytes, known: Collection[str]) -> bool:
    """Whether JSON has nothing to hide, as far as can be seen at a glance."""
    if text.count(b"[") + text.count(b"{") >= DEEPEST:
        return False
    if b"\\" in text and not ESCAPED.isdisjoint(chain.from_iterable(known)):
        return False
    return not may_have_secret(text.decode(), known)


def _shown_text(text: str, known: Collection[str]) -> str:
    """Return a text that stands in JSON; where it is JSON itself, the members in it are looked at too."""
    return redact_fragment(text, known) if text.lstrip()[:1] in {"{", "["} else redact_text(text, known)
