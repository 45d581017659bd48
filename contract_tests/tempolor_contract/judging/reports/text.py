"""Shows numbers, long texts and bodies to people."""

import json
import re
from typing import Any, Final

from ...exchanges.exchange import MISSING, Message
from ...exchanges.visible import plain

_LONGEST: Final = 6000
_LONG_WORD: Final = re.compile(r"(\S{60})\S{60,}(\S{20})")


def count(number: int, thing: str) -> str:
    """Return a number with what it counts."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Return the beginning of a text, and how much is left out."""
    return text if len(text) <= longest else f"{text[:longest]}\n… {len(text) - longest} more characters"


def cut(text: str) -> str:
    """Leave out the middle of words that are too long for a line."""
    return _LONG_WORD.sub(lambda found: f"{found[1]}…{found[2]}", text)


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
