"""The metrics of the mock, for Prometheus."""

import asyncio

from ..domain.errors import ServiceError
from ..exchange import Call, Reply


async def get_metrics(call: Call) -> Reply:
    """Tell Prometheus."""
    worlds = call.worlds
    try:
        totals = await worlds.store.totals()
    except ServiceError:
        totals = None
    accepted = call.fields.get(b"accept", b"").decode("latin-1")

    def encoded() -> tuple[bytes, str]:
        from .exposition import exposition  # noqa: PLC0415 - the library is loaded with the first scrape

        return exposition(worlds, totals, accepted)

    body, media_type = await asyncio.to_thread(encoded)
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", media_type.encode())]
    return Reply(200, headers, body)
