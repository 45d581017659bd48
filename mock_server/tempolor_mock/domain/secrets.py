"""What counts as a secret in what clients send: whatever has a name that says so."""

import re
from collections.abc import Callable
from typing import Any

HIDDEN = "***"

SECRET_NAME = re.compile(
    r"ticket|token|secret|passw|cookie|authori[sz]ation|auth_key|api[-_]?key|credential|session|jwt|\b(?:sid|tgc)\b",
    re.IGNORECASE,
)


class TooDeepError(ValueError):
    """A value is nested deeper than anybody wants to look."""


def redacted(value: Any, *, text: Callable[[str], str] = str, levels: int = 200) -> Any:
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
        return [redacted(item, text=text, levels=levels - 1) for item in value]
    return {
        name: HIDDEN if SECRET_NAME.search(name) else redacted(member, text=text, levels=levels - 1)
        for name, member in value.items()
    }
