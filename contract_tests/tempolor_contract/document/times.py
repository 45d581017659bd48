"""Reading the times that the service writes."""

import re
from datetime import datetime
from typing import Any, Final

ELAPSED: Final = re.compile(r"(\d{2,}):([0-5]\d)")
"""`elapsed` of a running job: minutes, running past 59, and seconds."""


def milliseconds(text: Any) -> int | None:
    """Return a date and time with its zone as milliseconds since 1970, None if it is none."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return round(moment.timestamp() * 1000) if moment and moment.tzinfo else None


def row_made_at(row: dict[str, Any]) -> tuple[int, int] | None:
    """Return when a row of running jobs was made, by its own account: `started` plus `elapsed`.

    That is a span of one second, from and to in milliseconds since 1970; None if the row is unreadable.
    """
    match = ELAPSED.fullmatch(str(row.get("elapsed")))
    started = milliseconds(row.get("started"))
    if match is None or started is None:
        return None
    begin = started + (int(match[1]) * 60 + int(match[2])) * 1000
    return begin, begin + 1000
