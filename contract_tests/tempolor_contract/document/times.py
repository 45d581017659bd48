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


def seconds_elapsed(row: dict[str, Any]) -> int | None:
    """Return the seconds for which a running job has run, None if the row does not say."""
    match = ELAPSED.fullmatch(str(row.get("elapsed")))
    return int(match[1]) * 60 + int(match[2]) if match else None


def row_made_at(row: dict[str, Any]) -> tuple[int, int] | None:
    """Return when a row of running jobs was made, by its own account: `started` plus `elapsed`.

    That is a span of one second, from and to in milliseconds since 1970; None if the row is unreadable.
    """
    elapsed = seconds_elapsed(row)
    started = milliseconds(row.get("started"))
    if elapsed is None or started is None:
        return None
    begin = started + elapsed * 1000
    return begin, begin + 1000
