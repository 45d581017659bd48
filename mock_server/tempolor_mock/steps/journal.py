"""Writing requests and their replies into the journal of the world they belong to.

References are kept, and all wording is left to whoever reads the journal. Control calls are not journalled: the journal
is about what the mock's users are testing. A request whose token names no world has no journal to go to.
"""

import logging

from ..domain.ids import Token
from ..domain.world import World
from ..exchange import Call, RawHeaders, Reply
from ..journal import Body, Entry
from ..journal.records import KEPT_BODY_BYTES, RawBody
from .security import bearer_token

logger = logging.getLogger("tempolor.mock")


async def note_virtual_time(call: Call) -> None:
    """Ask for the virtual time of a call that was refused before anybody did."""
    if call.notes.now_ms is None and (token := _token(call)) is not None:
        try:
            call.notes.now_ms = await call.worlds.run(token, _now_ms)
        except Exception:
            logger.exception("No virtual time for the journal")


def record(call: Call, reply: Reply, body: RawBody, duration_ns: int) -> None:
    """Write the entry; `body` is what is kept of the reply's."""
    token = call.notes.token or _token(call)
    if token is not None:
        worlds = call.worlds
        entry = Entry(
            worlds.wall(), duration_ns, call.kept_head, call.kept_body, reply.status, reply.headers, body, call.notes
        )
        worlds.journal.append(token, entry)


def kept(body: bytes, headers: RawHeaders, *, digest: bool = False) -> RawBody:
    """Return what is kept of a body that came in one piece."""
    if len(body) <= KEPT_BODY_BYTES:
        return body
    partly = Body(headers, digest=digest)
    partly.add(body)
    return partly


def _now_ms(world: World) -> int:
    return world.now_ms


def _token(call: Call) -> Token | None:
    """Return the token that names a world: the one noted, or the one sent where nobody got as far as reading it."""
    if call.notes.token is None and (header := call.fields.get(b"authorization")):
        token = bearer_token(header)
        call.notes.token = token if token is not None and call.worlds.accepts(token) else None
    return call.notes.token
