"""By which id a request is found again: in the log, in the journal, and at those who passed it on."""

import re

from .records import RawHeaders

HEADER = b"x-request-id"

_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_TRACE_PARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_NO_TRACE = b"0" * 32


def given_id(headers: RawHeaders) -> str | None:
    """Return the id that a request brings: `X-Request-Id`, or the trace of W3C's `traceparent`; None where it has none.

    One that could be anything else than an id, or is longer than 128 characters, is none.
    """
    named = {name: value for name, value in headers if name in {HEADER, b"traceparent"}}
    if not named:
        return None
    if _ID.fullmatch(sent := named.get(HEADER, b"")):
        return sent.decode("ascii")
    trace = _TRACE_PARENT.fullmatch(named.get(b"traceparent", b""))
    return trace[1].decode("ascii") if trace and trace[1] != _NO_TRACE else None


def made_id(instance: str, serial: int) -> str:
    """Return the id of a request that brings none: its number in the process that answers it."""
    return f"{instance}-{serial}"
