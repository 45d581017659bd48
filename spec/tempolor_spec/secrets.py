"""What counts as a secret in requests and answers, and how it is hidden: one list for journals and for recordings.

A secret is known by its name (of a header, a parameter, a field, a JSON member), by its shape (an API token, a user in
an address), or because somebody says what it is. Every pass over a text takes time in proportion to its length.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, unquote

HIDDEN = "***"
"""What stands where a secret stood."""

Mark = Callable[[str], str]
"""Makes what is shown in place of a secret, from the secret."""

_NAMES = (
    r"ticket|token|secret|passw|cookie|credential|session|jwt|signature|autori[sz]|"
    r"auth(?!or(?:s|ed|ity|ship)?\b)|api[-_ ]?key|\b(?:sid|sig|tgc|pwd)\b"
)
_NAME = re.compile(_NAMES, re.IGNORECASE)
_HARMLESS_NAMES = frozenset(("access-control-allow-credentials", "access-control-request-headers"))

# Without any of these, in lower case, there is nothing to hide but a token; a name may be written with escapes. Some
# letters beyond ASCII count as an `i`, a `k` or an `s` where case does not.
_SIGNS = (
    *("ticket", "token", "secret", "passw", "cookie", "credential", "session", "jwt", "sig", "autori", "auth", "api"),
    *("sid", "tgc", "pwd", "bearer", "@", "%", "\\u"),
)
_ODD_LETTERS = "\u0130\u0131\u017f\u212a"
_TOKEN_BEGINS = re.compile(r"user:\d{1,18}-(?!tempolor:)")

_NUMBER = re.compile(r"user:\d{1,18}-")
_TOKEN = re.compile(r"(user(?::|%3A)\d{1,18}-)(?!tempolor(?::|%3A))([^\s\"'\\<>&,;#?/{}()\[\]|]+)", re.IGNORECASE)
_BEARER = re.compile(r"(\bbearer\s{1,9}+)(?!user(?::|%3A))([\w.~+/=-]{16,})", re.IGNORECASE)
_AUTHORIZATION = re.compile(r"(bearer\s{1,9}+(?:user:\d{1,18}-)?)(.+)", re.IGNORECASE | re.DOTALL)
_USER_INFO = re.compile(r"(?<=://)[^/@\s\"']++(?=@)")
_PARAMETER = re.compile(r"([?&]([\w.%~-]{1,200})=)([^&#\s\"'\\<>]+)")
# A quoted name and its value, in JSON that cannot be parsed or stands, escaped, inside a text. What ends the value is a
# quote like the one it began with; where that is in doubt, more is hidden. A list or an object has no end here.
_MEMBER = re.compile(
    rf"((?:{_NAMES})[^\s\"'\\:=]{{0,200}}+\\{{0,9}}+[\"']\s{{0,99}}+[:=]\s{{0,99}}+)"
    r"(?:(\\{0,9}+[\"'])(?:(?!(?<!\\)\2).)*+(?:\2)?|[\[{].*+|[^\s,}\]\"'\[{]++)",
    re.IGNORECASE | re.DOTALL,
)

_PART_NAME = re.compile(r"(?i)\bname=\"?([^\"\r\n;]{1,200})")
_BLANK_LINE = re.compile(r"\r?\n\r?\n")


class TooDeepError(ValueError):
    """A value is nested deeper than anybody wants to look."""


def _hide(_secret: str) -> str:
    return HIDDEN


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret: a header, a query parameter, a form field, a member of JSON."""
    return may_have_secret(name) and _NAME.search(name) is not None and name.lower() not in _HARMLESS_NAMES


def may_have_secret(text: str, known: Iterable[str] = ()) -> bool:
    """Whether there may be something to hide in a text, or JSON written as one.

    It takes a hundredth of the time of looking for it, and is never wrong about a no.
    """
    lower = text.lower()
    for sign in _SIGNS:  # Faster than a regular expression, and than a generator.
        if sign in lower:
            return True
    return (
        ("user:" in lower and _TOKEN_BEGINS.search(lower) is not None)
        or any(secret in text for secret in known if secret)
        or not (text.isascii() or all(letter not in text for letter in _ODD_LETTERS))
    )


def redact_header(name: str, value: str, known: Iterable[str] = (), *, mark: Mark = _hide) -> str:
    """Return a header's value without secrets; of a bearer token the scheme and the user's number stay."""
    if (bearer := _AUTHORIZATION.fullmatch(value.strip())) is not None:
        return bearer[1] + mark(bearer[2])
    if is_secret_name(name):
        return mark(value)
    return redact_text(value, known, mark=mark)


def redact_text(text: str, known: Iterable[str] = (), *, mark: Mark = _hide) -> str:
    """Return a text, a URL or a path without API tokens, users in addresses, secret parameters and `known` secrets.

    Of a token the user's number stays, as in `user:12345-***`.
    """
    known = tuple(known)
    if not may_have_secret(text, known):
        return text
    for secret in filter(None, known):
        number = _NUMBER.match(secret)
        shown = number[0] + mark(secret[number.end() :]) if number else mark(secret)
        text = text.replace(secret, shown).replace(quote(secret, safe=""), shown)
    text = _TOKEN.sub(lambda match: match[1] + mark(match[2]), text)
    text = _BEARER.sub(lambda match: match[1] + mark(match[2]), text)
    text = _USER_INFO.sub(lambda match: mark(match[0]), text)
    return _PARAMETER.sub(
        lambda match: match[1] + mark(match[3]) if is_secret_name(unquote(match[2])) else match[0], text
    )


def redact_fragment(text: str, known: Iterable[str] = (), *, mark: Mark = _hide) -> str:
    """Return a text that may have JSON in it, whole or cut; from a secret that is a list or an object on, nothing."""
    known = tuple(known)
    if not may_have_secret(text, known):
        return text

    def hidden(member: re.Match[str]) -> str:
        name, mark_of_end = member[1], member[2] or '"'
        return f"{name}{mark_of_end}{mark(member[0][len(name) :])}{mark_of_end}"

    return redact_text(_MEMBER.sub(hidden, text), known, mark=mark)


def redact_json(value: Any, *, text: Callable[[str], str] = redact_text, mark: Mark = _hide, levels: int = 200) -> Any:
    """Return a JSON value without what stands under secret names; `text` makes what is shown of other texts.

    Raises TooDeepError where more than `levels` of lists and objects stand in each other.
    """
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise TooDeepError
    if isinstance(value, list):
        return [redact_json(item, text=text, mark=mark, levels=levels - 1) for item in value]
    return {
        text(name): mark(str(member))
        if is_secret_name(name) and not _is_nothing(member)
        else redact_json(member, text=text, mark=mark, levels=levels - 1)
        for name, member in value.items()
    }


def _is_nothing(member: Any) -> bool:
    """Whether what stands under a secret's name is none: a mark in its place would look like one."""
    return member is None or isinstance(member, bool) or member in ([], {})


def redact_form(text: str, known: Iterable[str] = (), *, mark: Mark = _hide) -> str:
    """Return a form of several parts without those that have a secret's name; where it has no parts, nothing."""
    delimiter = text.partition("\n")[0].rstrip("\r")
    if not delimiter.startswith("--"):
        return mark(text)
    return delimiter.join(_redact_part(part, known, mark) for part in text.split(delimiter))


def _redact_part(part: str, known: Iterable[str], mark: Mark) -> str:
    blank = _BLANK_LINE.search(part)
    if blank is None:
        return redact_fragment(part, known, mark=mark)
    head, content = part[: blank.end()], part[blank.end() :]
    name = _PART_NAME.search(head)
    if name is not None and is_secret_name(name[1]):
        return f"{head}{mark(content.rstrip())}\r\n"
    return redact_text(head, known, mark=mark) + redact_fragment(content, known, mark=mark)
