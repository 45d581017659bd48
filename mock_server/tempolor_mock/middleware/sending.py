"""Sending an answer: compact JSON, no redirects, no surprises."""

import orjson
from starlette.types import Send

from ..domain.errors import ServiceError
from ..exchange import Answer

_JSON = (b"content-type", b"application/json")


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer; a content of None means no body (204)."""
    body = b"" if answer.content is None else orjson.dumps(answer.content)
    headers = [(b"content-length", b"%d" % len(body))] if body or answer.status != 204 else []
    if body:
        headers.append(_JSON)
    headers += [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refused(refusal: ServiceError) -> Answer:
    """Return the answer that carries a refusal, in the service's envelope and with the headers it asks for."""
    return Answer(refusal.code, refusal.body(), refusal.headers)
