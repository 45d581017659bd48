"""What applications of Django and Flask raise, which both answer with a 500 and keep to themselves."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def told_errors() -> Iterator[list[BaseException]]:
    """Collect, by the frameworks' own signals, what applications raise meanwhile."""
    errors: list[BaseException] = []

    def tell(sender: Any, exception: BaseException | None = None, **_more: Any) -> None:  # noqa: ARG001 - theirs
        error = exception or sys.exc_info()[1]
        if error is not None:
            errors.append(error)

    signals = [
        loaded.got_request_exception
        for loaded in map(sys.modules.get, ("django.core.signals", "flask"))
        if loaded is not None
    ]
    for signal in signals:
        signal.connect(tell, weak=False)
    try:
        yield errors
    finally:
        for signal in signals:
            signal.disconnect(tell)
