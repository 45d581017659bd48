"""What time it is at a service, by what its answers say of their own moment."""

from typing import Final

from ...document.bodies import running_rows, whole
from ...document.call import Call
from ...document.service import LISTINGS, LISTS
from ...document.times import row_made_at

TELLS_TIME: Final = LISTS | LISTINGS | {"create_account"}
_EARLIEST_MS: Final = 1_000_000_000_000
"""What is less does not count milliseconds."""


def present(call: Call) -> tuple[int, int] | None:
    """Return from when to when an answer was made, in milliseconds since 1970; None where it does not say."""
    if call.status != 200 or call.operation not in TELLS_TIME:
        return None
    if call.operation not in LISTINGS:
        told = whole(call.item.get("updated" if call.operation == "create_account" else "sysTime"))
        return (told, told) if told is not None and told >= _EARLIEST_MS else None
    spans = [span for row in running_rows(call) if (span := row_made_at(row))]
    return (max(begin for begin, _ in spans), min(end for _, end in spans)) if spans else None
