"""The bytes of a body: how many are taken, and how JSON is read from them."""

import codecs
import sys
from collections.abc import Mapping
from typing import Any

import orjson

from ..domain.errors import ServiceError
from ..exchange import Call
from ..journal import Body
from ..waiting import in_task
from .errors import Refusal

DEEPEST_JSON = 100
"""Nested levels taken of JSON: what is kept must also be written again."""

_MOST_DIGITS = 19
_GZIP = b"\x1f\x8b"


def declared_length(headers: Mapping[bytes, bytes]) -> int | None:
    """Return how many bytes a body will have; None where nobody said so, since it comes in chunks."""
    given = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers or not given.isdigit():
        return None
    digits = given.lstrip(b"0")  # There may be thousands of zeros, which `int` refuses to read.
    return int(digits or b"0") if len(digits) < _MOST_DIGITS else sys.maxsize


async def received(call: Call, limit: int) -> bytes:
    """Return the whole body of a call, or raise a 413 as soon as it is known to be longer than `limit` bytes."""
    declared = declared_length(call.fields)
    if declared is not None and declared > limit:
        raise too_large()
    await in_task()
    call.kept_body = journalled = Body(call.request.headers, digest=True)
    body = bytearray()
    while part := await call.request.sender.receive():
        journalled.add(part)
        body += part
        if len(body) > limit:
            raise too_large()
    return bytes(body)


def too_large() -> Refusal:
    """Return the 413; the connection ends with it, since the rest of the body is not wanted."""
    return Refusal(413, "Request body is too large", ("Connection", "close"), bound="body")


def parse_json(raw: bytes) -> Any:
    """Return the JSON value; an empty body is an empty object.

    Raises a 400 for anything but strict UTF-8 JSON, and for nesting beyond DEEPEST_JSON levels.
    """
    if not raw.strip():
        return {}
    if raw.startswith(codecs.BOM_UTF8):
        raise ServiceError(400, "Request body begins with a byte order mark: send UTF-8 without one")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ServiceError(400, "Request body is UTF-16: send UTF-8")
    if raw.startswith(_GZIP):
        raise ServiceError(400, "Request body is compressed by gzip: send it as it is")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ServiceError(400, "Request body is not valid JSON") from None
    # Brackets are quickly counted, levels are not.
    if raw.count(b"[") + raw.count(b"{") > DEEPEST_JSON and _depth(value) > DEEPEST_JSON:
        raise ServiceError(400, f"Request body is nested deeper than {DEEPEST_JSON} levels")
    return value


def _depth(value: Any) -> int:
    """Return the number of nested levels, without recursion: the parser allows more than Python's stack does."""
    deepest, rest = 0, [(value, 1)]
    while rest:
        node, level = rest.pop()
        if isinstance(node, dict | list):
            deepest = max(deepest, level)
            rest += [(child, level + 1) for child in (node.values() if isinstance(node, dict) else node)]
    return deepest
