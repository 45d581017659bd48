"""What time it is at a service, by the answers that tell their own moment."""

from typing import Final

from ...document.bodies import whole
from ...document.call import Call
from ...document.service import LISTS

TELLS_TIME: Final = LISTS | {"create_account"}
_EARLIEST_MS: Final = 1_000_000_000_000
"""What is less does not count milliseconds."""


def present(call: Call) -> int | None:
    """Return when an answer was made, in milliseconds since 1970; None where it does not say."""
    if call.status != 200 or call.operation not in TELLS_TIME:
        return None
    told = whole(call.item.get("updated" if call.operation == "create_account" else "sysTime"))
    return told if told is not None and told >= _EARLIEST_MS else None
