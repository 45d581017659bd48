"""Reading bodies: items of music, records of lists, rows of running jobs, whatever call they come in."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from .call import CALLBACK, Call

_DECIMAL: Final = re.compile(r"([0-9]{1,18})(?:\.0+)?")
NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")
"""Characters that JSON can name and many stores cannot keep; whether an order may have them is open."""
GENERATING, FAILED, COMPLETED = 0, 10, 30
FINAL: Final = frozenset({FAILED, COMPLETED})
FILE_FORMATS: Final = frozenset({"", "mp3", "wav", "stems"})
"""What `file_format` may be; the empty text asks for what comes without it."""
_BY_NAME: Final = {"GENERATING": GENERATING, "FAILED": FAILED, "COMPLETED": COMPLETED}


def status_of(item: dict[str, Any]) -> Any:
    """Return an item's status, by its number or else by its name: all fields of an item are optional."""
    return item["status"] if "status" in item else _BY_NAME.get(str(item.get("status_name")))


def items_of(call: Call) -> list[dict[str, Any]]:
    """Return the jobs' items in a call: its answer, the records of a page, or the body of a callback."""
    if call.operation == CALLBACK:
        body = call.exchange.request.json
        return [body] if isinstance(body, dict) else []
    if call.status != 200:
        return []
    if call.operation == "get_music":
        return [call.item]
    return records_of(call) if call.operation == "list_music" else []


def material(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item's `musicMaterial`, empty if there is none."""
    found = item.get("musicMaterial")
    return found if isinstance(found, dict) else {}


def details(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item's `ltmMaterialExtendDto`, empty if there is none."""
    found = item.get("ltmMaterialExtendDto")
    return found if isinstance(found, dict) else {}


def accounts_of(call: Call) -> list[dict[str, Any]]:
    """Return the accounts that an answer shows: the one that was stored or asked for, or all of a list."""
    if call.status != 200:
        return []
    found = call.item.values() if call.operation == "list_accounts" else [call.item]
    return [each for each in found if isinstance(each, dict)]


def records_of(call: Call) -> list[dict[str, Any]]:
    """Return the records of a page."""
    records = call.item.get("records")
    return [record for record in records if isinstance(record, dict)] if isinstance(records, list) else []


def record_ids(call: Call) -> list[str]:
    """Return the ids of a page's records, whatever they list."""
    names = ("job_id", "clonedVoiceItemId", "midiItemId", "itemId")
    found = (next((record[name] for name in names if record.get(name)), None) for record in records_of(call))
    return [text for text in found if isinstance(text, str)]


def running_rows(call: Call) -> list[dict[str, Any]]:
    """Return the rows of running jobs in an answer of the scheduler."""
    rows = call.answer if call.operation == "list_running_jobs" else call.item.get("executing")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def ticket_in(parameters: Any) -> str:
    """Return the ticket of a browser session in an account's parameters; empty without one, and for one of stars."""
    ticket = parameters.get("service_ticket") if isinstance(parameters, dict) else None
    return ticket if isinstance(ticket, str) and set(ticket) - {"*"} else ""


def address_of(url: str) -> str:
    """Return path and query of a URL, which a receiver sees; what stands in front may be told otherwise."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}"


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts in a list, or nothing if it is no list."""
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def whole(value: Any) -> int | None:
    """Return a whole number given as one, also as `80.0` (D-56), or, in a form, as text; else None."""
    if isinstance(value, str) and (match := _DECIMAL.fullmatch(value.strip())):
        return int(match[1])
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
