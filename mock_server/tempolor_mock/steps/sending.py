"""Sending an answer: compact JSON, no redirects, no surprises."""

import orjson
from starlette.types import Send

from ..domain.errors import ServiceError
from ..exchange import Answer, Encoded

_JSON = (b"content-type", b"application/json")


def encoded(answer: Answer) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of an answer; a content of None means no body (204)."""
    if answer.content is None:
        headers, body = ([] if answer.status == 204 else [(b"content-length", b"0")]), b""
    else:
        body = answer.content if type(answer.content) is Encoded else compact(orjson.dumps(answer.content))
        headers = [(b"content-length", b"%d" % len(body)), _JSON]
    if answer.headers:
        headers += [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    return headers, body


def compact(dumped: bytes) -> bytes:
    """Return a copy without the room that orjson leaves behind a value, kilobytes that the journal would keep."""
    return b"%b" % dumped


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer."""
    headers, body = encoded(answer)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refused(refusal: ServiceError) -> Answer:
    """Return the answer that carries a refusal, in the service's envelope and with the headers it asks for."""
    return Answer(refusal.code, refusal.body(), refusal.headers)
