"""Makes text from elsewhere fit to be shown: nothing in it moves the cursor, turns the line round or hides."""

import re
from typing import Final

# Controls but tab and newline, marks of direction, lone surrogates, and what XML 1.0 has no place for.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def plain(text: str) -> str:
    r"""Return text with everything invisible written as `\u202e` and the like."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
