"""The bytes of a body: how many are taken, and how JSON and forms are read from them."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive

from ..domain import errors
from ..domain.errors import ServiceError
from .errors import Refusal

DEEPEST_JSON = 100
"""Nested levels taken of JSON: what is kept must also be written again."""

_MOST_DIGITS = 19

MOST_DISCARDED_BYTES = 128 << 20
MOST_DISCARDING_SECONDS = 1.0


def declared_length(headers: Mapping[bytes, bytes]) -> int | None:
    """Return how many bytes a body will have; None where nobody said so, since it comes in chunks."""
    given = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers or not given.isdigit():
        return None
    digits = given.lstrip(b"0")  # There may be thousands of zeros, which `int` refuses to read.
    return int(digits or b"0") if len(digits) < _MOST_DIGITS else sys.maxsize


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Return the whole body, or raise a 413 as soon as it is known to be longer than `limit` bytes."""
    declared = declared_length(headers)
    if declared is not None and declared > limit:
        await discard(receive)
        raise too_large()
    chunks = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ServiceError(400, "The request ended before its body did")
        chunks += message.get("body", b"")
        if len(chunks) > limit:
            await discard(receive)
            raise too_large()
        more = message.get("more_body", False)
    return bytes(chunks)


async def discard(receive: Receive) -> None:
    """Read on for a while, keeping nothing.

    A client that reads the answer only once it has sent everything sees a refusal only if the connection stays open
    until then; one that sends more than a bounded amount does not get that far.
    """
    size, more = 0, True
    with suppress(TimeoutError):
        async with asyncio.timeout(MOST_DISCARDING_SECONDS):
            while more and size < MOST_DISCARDED_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                more = message.get("more_body", False)


def too_large() -> Refusal:
    """Return the 413; the connection ends with it, so that the rest of the body need not be read."""
    return Refusal(413, "Request body is too large", ("Connection", "close"))


def parse_json(raw: bytes) -> Any:
    """Return the JSON value; an empty body is an empty object.

    Raises a 400 for anything but strict UTF-8 JSON, and for nesting beyond DEEPEST_JSON levels.
    """
    if not raw.strip():
        return {}
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


async def parse_form(content_type: bytes, raw: bytes) -> dict[str, str]:
    """Return the text fields of a multipart form; empty ones count as absent, files are refused."""

    async def stream() -> AsyncGenerator[bytes]:
        yield raw

    try:
        raw.decode()  # The parser would read what is not UTF-8 as Latin-1, without a word.
        headers = Headers(raw=[(b"content-type", content_type)])
        form = await MultiPartParser(headers, stream(), max_part_size=len(raw) + 1).parse()
    except (MultiPartException, UnicodeDecodeError):
        raise ServiceError(400, "Request body is not a valid multipart form") from None
    await form.close()
    for name, value in form.multi_items():
        if not isinstance(value, str):
            raise errors.incorrect_format(name)
    return {name: str(value) for name, value in form.multi_items() if value}
