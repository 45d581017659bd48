"""From an answer to a reply: compact JSON, no redirects, no surprises."""

import logging

import orjson

from ..domain.errors import ServiceError
from ..exchange import Answer, Call, Encoded, Reply
from ..journal import redacted_path

logger = logging.getLogger("tempolor.mock")

_JSON = (b"content-type", b"application/json")


def reply_of(answer: Answer) -> Reply:
    """Return an answer as it is sent; a content of None means no body (204)."""
    if answer.content is None:
        headers, body = ([] if answer.status == 204 else [(b"content-length", b"0")]), b""
    else:
        body = answer.content if type(answer.content) is Encoded else compact(orjson.dumps(answer.content))
        headers = [(b"content-length", b"%d" % len(body)), _JSON]
    if answer.headers:
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    return Reply(answer.status, headers, body)


def compact(dumped: bytes) -> bytes:
    """Return a copy without the room that orjson leaves behind a value, kilobytes that the journal would keep."""
    return b"%b" % dumped


def refused(refusal: ServiceError, *, deliberate: bool = False) -> Answer:
    """Return the answer that carries a refusal, in the service's envelope and with the headers it asks for."""
    return Answer(refusal.code, refusal.body(), refusal.headers, deliberate)


def failed(call: Call, bug: Exception) -> Answer:
    """Log what should not have been raised, and return the 500 that says so."""
    told = {"request_id": call.request_id}
    logger.error("%s %s failed", call.request.method, redacted_path(call.request.path), exc_info=bug, extra=told)
    return Answer(500, ServiceError(500, "Internal server error of the mock").body())


async def without_body(reply: Reply) -> Reply:
    """Return what a HEAD is answered: the head of the reply to a GET, its length included."""
    if not isinstance(reply.body, bytes):
        await reply.body.aclose()
    reply.body = b""
    return reply
