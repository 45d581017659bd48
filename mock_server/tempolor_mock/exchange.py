"""What an operation gets and gives: a `Call` that has been read and checked, and an `Answer` to be sent."""

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from .domain import errors
from .domain.records import Record

if TYPE_CHECKING:
    from starlette.types import Send

    from .documented import DocumentedAnswers
    from .domain.faults import Fault
    from .domain.ids import Token
    from .domain.world import World
    from .store.base import Action
    from .worlds import Worlds

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]

DEPTH_HEADER = "X-Tempolor-Mock-Depth"
"""Says how many callbacks to `replyUrl` led to a request, so that a loop of them comes to an end."""


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


class Notes(msgspec.Struct, gc=False):
    """What is learnt about a request on its way, for the journal and the log; `scope["tempolor.notes"]` holds it.

    `now_ms` is the virtual moment at which the world was asked, `jobs` are the ids of jobs the request started,
    `forced` says what made the answer another one than the state's, and `violations` lists what broke the document.
    """

    operation_id: str | None = None
    token: "Token | None" = None
    now_ms: int | None = None
    jobs: list[str] = []
    forced: str | None = None
    violations: list[str] = []


class Hit(Record, frozen=True):
    """What came of trying the fault rules on a request: the one that hits it, if one does."""

    fault: "Fault | None"


class Hazard(Protocol):
    """What fault rules do to one request."""

    def strike(self, world: "World") -> Hit:
        """Try the rules of a world, which has some."""

    async def suffer(self, fault: "Fault") -> None:
        """Do what must be done before the request is carried out; raise where it is not going to be."""

    async def refund(self) -> None:
        """Take note that the request was refused for another reason than the rule."""

    async def spoilt(self, send: "Send") -> "Send":
        """Return what sends the answer in the way the rule wants it."""


class Call(msgspec.Struct):
    """One request of a documented operation, past authorization and validation.

    `parameters` holds path and query parameters by name, in their declared types, defaults applied, empty ones left
    out; `body` is the parsed JSON or form object, or the raw bytes of an upload whose type is `media_type`;
    `defaults` are the document's for absent fields of the body.
    `base_url` is scheme and host as the client addressed them: links in answers start with it. `token` names the
    caller's world; it is None only where the document makes it optional. `hazard` is what may happen to the request
    when it first meets its world, `hit_by` the same when it has happened, by the rule `fault`. `documented` are the
    documented answers of the service's operations by id.
    """

    worlds: "Worlds"
    base_url: str
    token: "Token | None" = None
    defaults: Mapping[str, Any] = {}
    parameters: Mapping[str, Any] = {}
    body: Any = None
    media_type: str = ""
    depth: int = 0
    notes: Notes = msgspec.field(default_factory=Notes)
    hazard: Hazard | None = None
    hit_by: Hazard | None = None
    fault: "Fault | None" = None
    documented: "Mapping[str, DocumentedAnswers]" = {}

    async def run(self, action: "Action[T]") -> T:
        """Run `action` in the caller's world, settled up to now; a 401 where no token names one.

        Fault rules are tried once for each request, in a transaction of their own: what they count is kept, whatever
        becomes of `action`.
        """
        hazard, self.hazard = self.hazard, None

        def act(world: "World") -> "T | Hit":
            self.notes.now_ms = world.now_ms
            if hazard is not None and world.faults:
                return hazard.strike(world)
            return action(world)

        result = await self.worlds.run(self.owner, act)
        if not isinstance(result, Hit):
            return result
        if hazard is not None and result.fault is not None:
            self.hit_by, self.fault = hazard, result.fault
            await hazard.suffer(result.fault)
        return await self.run(action)

    def repeated(self) -> "Call":
        """Return the call of another request with the same head, of which nothing is known yet but that."""
        again = copy(self)
        again.notes = Notes(self.notes.operation_id, self.token)
        return again

    @property
    def owner(self) -> "Token":
        """The token that names the caller's world; a 401 where there is none."""
        if self.token is None:
            raise errors.unauthorized()
        return self.token
