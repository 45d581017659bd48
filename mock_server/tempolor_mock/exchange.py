"""What goes through the pipeline: a `Request`, the `Call` made of it, an `Answer`, and the `Reply` to be sent."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import msgspec

from .domain import errors
from .domain.records import Record
from .journal.request_ids import given_id, made_id

if TYPE_CHECKING:
    from .documented import DocumentedAnswers
    from .domain.errors import ServiceError
    from .domain.faults import Fault
    from .domain.ids import Token
    from .domain.world import World
    from .journal.records import RawBody, RequestHead
    from .store.base import Action
    from .worlds import Worlds

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]
RawHeaders = Sequence[tuple[bytes, bytes]]

DEPTH_HEADER = "X-Tempolor-Mock-Depth"
"""Says how many callbacks to `replyUrl` led to a request, so that a loop of them comes to an end."""


class Sender(Protocol):
    """Whoever sent a request, as far as it is still of interest once the head has been read."""

    async def receive(self) -> bytes:
        """Return the next part of the body, empty at its end; ClientLeftError where the end will not come."""

    async def left(self) -> None:
        """Return when nobody waits for the answer any more."""


class HeadMemory(msgspec.Struct):
    """What the pipeline has read of a head that may come again: the call as far as it goes, and what answers it."""

    call: "Call | None" = None
    endpoint: Any = None


class Request(msgspec.Struct):
    """A request as a transport reads it.

    `path` is percent-decoded, `target` is path and query as they were sent, `headers` have names in lower case.
    `scheme` and `server` (host and port) are where it came to, `client` is the address it came from. `body` is the
    whole body where that is there already, else None: `sender` has it then. `refusal` is what the transport found
    wrong with the request. Requests with the same head may share a `memory`.
    """

    method: str
    path: str
    target: bytes
    query: bytes
    headers: RawHeaders
    scheme: str
    server: tuple[str, int | None] | None
    client: str | None
    sender: Sender
    body: bytes | None = None
    refusal: "ServiceError | None" = None
    memory: HeadMemory | None = None


class Stayer:
    """A sender that has sent all there is, and waits for the answer."""

    async def receive(self) -> bytes:
        """See `Sender`."""
        return b""

    async def left(self) -> None:
        """See `Sender`."""
        await asyncio.Event().wait()


STAYER = Stayer()
NO_REQUEST = Request("", "", b"", b"", (), "", None, None, STAYER)
"""Stands where a request will stand."""


class Encoded(bytes):
    """A JSON value as the text it is sent as."""

    __slots__ = ()


class Answer(Record, frozen=True):
    """A status with a JSON value (`Encoded` or not), or with no content at all where `content` is None.

    `deliberate` marks one that somebody asked for though the document does not have it: it is no bug.
    """

    status: int
    content: Any = None
    headers: Headers = ()
    deliberate: bool = False


class Parts(Protocol):
    """A body that comes in parts; whoever gets one reads it to its end or closes it."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """Take note that nobody wants the rest."""


class Reply(msgspec.Struct):
    """What a transport sends: a head and a body, in one piece or in parts.

    A status of 0 is no reply at all. Where `ends` says so, the connection ends after what there is of the body, in
    good order (`close`) or by a TCP reset.
    """

    status: int
    headers: list[tuple[bytes, bytes]] = []
    body: bytes | Parts = b""
    ends: Literal["close", "reset"] | None = None


class Notes(msgspec.Struct, gc=False):
    """What is learnt about a request on its way, for the journal and the log.

    `now_ms` is the virtual moment at which the world was asked, `jobs` are the ids of jobs the request started,
    `forced` says what made the answer another one than the state's, and `violations` lists what broke the document.
    `serial` counts the requests of the process.
    """

    operation_id: str | None = None
    token: "Token | None" = None
    now_ms: int | None = None
    jobs: Sequence[str] = ()
    forced: str | None = None
    violations: Sequence[str] = ()
    serial: int = 0


class AppliedFault(Protocol):
    """A fault rule that hits one request."""

    fault: "Fault"

    async def before(self) -> None:
        """Do what must be done before the request is carried out; raise where it is not going to be."""

    async def refund(self) -> None:
        """Take note that the request was refused for another reason than the rule."""

    def after(self, reply: Reply) -> Reply:
        """Return the reply as the rule wants it."""


class FaultRules(Protocol):
    """The fault rules that one operation's requests meet."""

    def hit(self, call: "Call", world: "World") -> AppliedFault | None:
        """Try the rules of a world, which has some; return the one that hits the call."""


class Tried(Record, frozen=True):
    """What came of trying the fault rules on a request."""

    hit: AppliedFault | None


class Call(msgspec.Struct):
    """One request on its way through the pipeline; operations get it past authorization and validation.

    `fields` are the request's headers by name, the last of each, and `kept_head` and `kept_body` what the journal keeps
    of the request. `is_control` says that it is for the control plane. `base_url` is scheme and host as the client
    addressed them: links in answers start with it. `token` names the caller's world; it is
    None only where the document makes it optional. `parameters` holds path and query parameters by name, in their
    declared types, defaults applied, empty ones left out; `body` is the parsed JSON or form object, or the raw bytes of
    an upload whose type is `media_type`; `defaults` are the document's for absent fields of the body. `depth` is how
    many callbacks to `replyUrl` led to the request. `documented` are the documented answers of the service's operations
    by id. `rules` are tried when the call first meets its world; `hit` is the one that hit it.
    """

    worlds: "Worlds"
    request: Request
    notes: Notes
    fields: dict[bytes, bytes]
    kept_head: "RequestHead"
    is_control: bool = False
    base_url: str = ""
    token: "Token | None" = None
    parameters: Mapping[str, Any] = {}
    media_type: str = ""
    defaults: Mapping[str, Any] = {}
    depth: int = 0
    body: Any = None
    kept_body: "RawBody" = b""
    documented: "Mapping[str, DocumentedAnswers]" = {}
    rules: FaultRules | None = None
    hit: AppliedFault | None = None

    @property
    def request_id(self) -> str:
        """By which it is found again in the log and the journal."""
        return given_id(self.request.headers) or made_id(self.worlds.instance, self.notes.serial)

    def repeated(self, request: Request) -> "Call":
        """Return the call of another request with the same head, of which nothing is known yet but that."""
        again = copy(self)
        again.request = request
        again.notes = Notes(self.notes.operation_id, self.token)
        return again

    async def run(self, action: "Action[T]") -> T:
        """Run `action` in the caller's world, settled up to now; a 401 where no token names one.

        Fault rules are tried once for each request, in a transaction of their own: what they count is kept, whatever
        becomes of `action`.
        """
        rules, self.rules = self.rules, None

        def act(world: "World") -> "T | Tried":
            self.notes.now_ms = world.now_ms
            if rules is not None and world.faults:
                return Tried(rules.hit(self, world))
            return action(world)

        result = await self.worlds.run(self.owner, act)
        if not isinstance(result, Tried):
            return result
        if result.hit is not None:
            self.hit = result.hit
            await result.hit.before()
        return await self.run(action)

    @property
    def owner(self) -> "Token":
        """The token that names the caller's world; a 401 where there is none."""
        if self.token is None:
            raise errors.unauthorized()
        return self.token

    @property
    def fault(self) -> "Fault | None":
        """The fault rule that hit the call."""
        return None if self.hit is None else self.hit.fault
