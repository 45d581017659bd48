"""Makes text from elsewhere fit to be shown: nothing in it moves the cursor, turns the line round or hides."""

import json
import re
from typing import Any, Final

from ...exchanges.exchange import MISSING, Message

_LONGEST: Final = 6000
# Controls but tab and newline, marks of direction, lone surrogates, and what XML 1.0 has no place for.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def plain(text: str) -> str:
    r"""Return text with everything invisible written as `\u202e` and the like."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def count(number: int, thing: str) -> str:
    """Return a number with what it counts."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Return the beginning of a text, and how much is left out."""
    return text if len(text) <= longest else f"{text[:longest]}\n… {len(text) - longest} more characters"


def body(message: Message) -> str:
    """Return a body for people: JSON indented, binary bodies by their size."""
    if message.truncated:
        return "(not recorded, or only in part)"
    if message.json is not MISSING:
        return plain(shortened(_indented(message.json)))
    if not message.body:
        return ""
    try:
        text = message.body.decode()
    except UnicodeDecodeError:
        return f"({len(message.body)} bytes of {plain(message.media_type) or 'unknown type'})"
    return plain(shortened(text))


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
