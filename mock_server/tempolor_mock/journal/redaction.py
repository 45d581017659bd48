"""What may be shown of a request: everything but its secrets."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import orjson

from ..domain.ids import Token

HIDDEN = "***"

_SECRET_NAME = re.compile(
    r"ticket|token|secret|passw|cookie|authori[sz]ation|auth_key|api[-_]?key|credential|session", re.IGNORECASE
)
_MAY_BE_SHOWN = frozenset(("access-control-request-headers", "sec-fetch-storage-access"))
_BEARER = re.compile(r"(?i)(bearer\s+user:\d{1,18}-)\S+")
_USER_INFO = re.compile(r"(?<=://)[^/@\s\"']+(?=@)")
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}\]]+)')
_FORM_PART = re.compile(
    r'(?is)(content-disposition:[^\r\n]*\bname="([^"]*)"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)(.*?)(?=\r?\n--|\Z)'
)


def redacted_token(token: Token) -> str:
    """Return a token as it may be shown: `user:12345-***`."""
    return f"user:{token.number}-{HIDDEN}"


def redacted_headers(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by name in lower case, those given several times joined, secrets hidden."""
    shown: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name not in _MAY_BE_SHOWN and _SECRET_NAME.search(name):
            value = _hidden_header(value)
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def _hidden_header(value: str) -> str:
    match = _BEARER.fullmatch(value.strip())
    return match[1] + HIDDEN if match else HIDDEN


def redacted_query(query: bytes) -> str:
    """Return a query string without the values of secret parameters; others stay as they were sent."""
    text = query.decode("latin-1")
    if not _SECRET_NAME.search(unquote_plus(text)):
        return text
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    return urlencode([(name, HIDDEN if _SECRET_NAME.search(name) else value) for name, value in pairs], safe="*")


def redacted_body(text: bytes, media_type: bytes) -> Any:
    """Return a body as it may be shown: a JSON value where it is one, else text.

    A JSON body that is broken or was cut is searched for secrets as text.
    """
    if media_type == b"application/json" or not media_type:
        try:
            return _redacted(orjson.loads(text))
        except orjson.JSONDecodeError:
            pass
    shown = text.decode(errors="replace")
    if media_type == b"multipart/form-data":
        return _USER_INFO.sub(HIDDEN, _FORM_PART.sub(_hide_part, shown))
    if media_type == b"application/x-www-form-urlencoded":
        return redacted_query(text)
    return _USER_INFO.sub(HIDDEN, _PAIR.sub(_hide_pair, shown))


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _redacted_member(name, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    return _USER_INFO.sub(HIDDEN, value) if isinstance(value, str) else value


def _redacted_member(name: str, member: Any) -> Any:
    return HIDDEN if _SECRET_NAME.search(name) else _redacted(member)


def _hide_pair(match: re.Match[str]) -> str:
    return f'{match[1]}{match[2]}"{HIDDEN}"' if _SECRET_NAME.search(match[1]) else match[0]


def _hide_part(match: re.Match[str]) -> str:
    """Hide a form field with a secret name; one that holds JSON, the members in it."""
    if _SECRET_NAME.search(match[2]):
        return match[1] + HIDDEN
    return match[1] + _PAIR.sub(_hide_pair, match[3])
