"""What an operation gets and gives: a `Call` that has been read and checked, and an `Answer` to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from .domain import errors

if TYPE_CHECKING:
    from .domain.ids import Token
    from .domain.world import World
    from .store.base import Action
    from .worlds import Worlds

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a JSON value, or with no content at all where `content` is None."""

    status: int
    content: Any = None
    headers: Headers = ()


@dataclass(slots=True)
class Notes:
    """What is learnt about a request on its way, for the journal and the log; `scope["tempolor.notes"]` holds it.

    `now_ms` is the virtual moment at which the world was asked, `jobs` are the ids of jobs the request started,
    `forced` says what made the answer another one than the state's, and `violations` lists what broke the document.
    """

    operation_id: str | None = None
    token: "Token | None" = None
    now_ms: int | None = None
    jobs: list[str] = field(default_factory=list)
    forced: str | None = None
    violations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Call:
    """One request of a documented operation, past authorization and validation.

    `parameters` holds path and query parameters by name, in their declared types, defaults applied, empty ones left
    out; `body` is the parsed JSON or form object, or the raw bytes of an upload whose type is `media_type`;
    `defaults` are the document's for absent fields of the body.
    `base_url` is scheme and host as the client addressed them: links in answers start with it. `token` names the
    caller's world; it is None only where the document makes it optional.
    """

    worlds: "Worlds"
    base_url: str
    token: "Token | None" = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    media_type: str = ""
    notes: Notes = field(default_factory=Notes)

    async def run(self, action: "Action[T]") -> T:
        """Run `action` in the caller's world, settled up to now; a 401 where no token names one."""

        def act(world: "World") -> T:
            self.notes.now_ms = world.now_ms
            return action(world)

        return await self.worlds.run(self.owner, act)

    @property
    def owner(self) -> "Token":
        """The token that names the caller's world; a 401 where there is none."""
        if self.token is None:
            raise errors.unauthorized()
        return self.token
