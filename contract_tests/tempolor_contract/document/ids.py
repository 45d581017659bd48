"""Composite ids: `user:<number>-tempolor:<account>-<kind>:<item>`."""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

_SHAPE: Final = re.compile(r"user:(\d+)-tempolor:([^:/]+)-(job|voice|midi):([^:/]+)", re.ASCII)


class Composite(NamedTuple):
    """The parts of an id."""

    number: str
    account: str
    kind: str
    item: str


def parse(text: object) -> Composite | None:
    """Return the parts of an id, raw or percent-encoded, or None if it has another shape."""
    if not isinstance(text, str):
        return None
    match = _SHAPE.fullmatch(unquote(text) if "%" in text else text)
    return Composite(*match.groups()) if match else None


def token_number(token: str | None) -> str | None:
    """Return the number in `user:<number>-<text>`, or None if a token looks different."""
    match = re.match(r"user:(\d+)-", token or "", re.ASCII)
    return match[1] if match else None
