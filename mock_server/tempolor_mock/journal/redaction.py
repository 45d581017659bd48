"""What may be shown of a request: everything but its secrets."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import orjson

from ..domain.ids import Token
from ..domain.secrets import HIDDEN, SECRET_NAME, TooDeepError, redacted

_MAY_BE_SHOWN = frozenset(("access-control-request-headers", "sec-fetch-storage-access"))
_BEARER = re.compile(r"(?i)(bearer\s+user:\d{1,18}-)\S+")
_USER_INFO = re.compile(r"(?<=://)[^/@\s\"']+(?=@)")
_NAME = r'("(?:[^"\\]|\\.)*")(\s*:\s*)'
_PAIR = re.compile(_NAME + r'("(?:[^"\\]|\\.)*"?|[^\s,}\]\[{"][^\s,}\]]*)')
_NESTED = re.compile(_NAME + r"[\[{]")
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
        if name not in _MAY_BE_SHOWN and SECRET_NAME.search(name):
            value = _hidden_header(value)
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def _hidden_header(value: str) -> str:
    match = _BEARER.fullmatch(value.strip())
    return match[1] + HIDDEN if match else HIDDEN


def redacted_query(query: bytes) -> str:
    """Return a query string without the values of secret parameters; others stay as they were sent."""
    text = query.decode("latin-1")
    if not SECRET_NAME.search(unquote_plus(text)):
        return text
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    return urlencode([(name, HIDDEN if SECRET_NAME.search(name) else value) for name, value in pairs], safe="*")


def redacted_body(text: bytes, media_type: bytes) -> Any:
    """Return a body as it may be shown: a JSON value where it is one, else text.

    A JSON body that is broken or was cut is searched for secrets as text.
    """
    if media_type == b"application/json" or not media_type:
        try:
            return redacted(orjson.loads(text), text=_without_user_info)
        except (orjson.JSONDecodeError, TooDeepError):
            pass
    shown = text.decode(errors="replace")
    if media_type == b"multipart/form-data":
        return _without_user_info(_FORM_PART.sub(_hide_part, shown))
    if media_type == b"application/x-www-form-urlencoded":
        return redacted_query(text)
    return _without_user_info(_redacted_text(shown))


def _without_user_info(text: str) -> str:
    return _USER_INFO.sub(HIDDEN, text)


def _redacted_text(text: str) -> str:
    """Return a text that has JSON in it; from a secret that is a list or an object on, nothing is shown."""
    for match in _NESTED.finditer(text):
        if SECRET_NAME.search(match[1]):
            text = f'{text[: match.start()]}{match[1]}{match[2]}"{HIDDEN}"'
            break
    return _PAIR.sub(_hide_pair, text)


def _hide_pair(match: re.Match[str]) -> str:
    return f'{match[1]}{match[2]}"{HIDDEN}"' if SECRET_NAME.search(match[1]) else match[0]


def _hide_part(match: re.Match[str]) -> str:
    """Hide a form field with a secret name; one that holds JSON, the members in it."""
    if SECRET_NAME.search(match[2]):
        return match[1] + HIDDEN
    return match[1] + _redacted_text(match[3])
