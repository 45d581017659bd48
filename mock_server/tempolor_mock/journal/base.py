"""The interface of every journal, wherever it keeps what it knows."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from ..domain.ids import Token
from .records import Entry

JsonObject = dict[str, Any]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a request must agree with, all of it; what is None or left out is not asked for.

    `path` is some part of its path, `job_id` a job it started or names in its path, `since` a number lower than its
    own.
    """

    operation_id: str | None = None
    method: str | None = None
    status: int | None = None
    path: str | None = None
    job_id: str | None = None
    since: int = 0


class Counts(msgspec.Struct, frozen=True):
    """How many requests of a world are kept, how many had to make room for others, and the number of the latest."""

    last: int = 0
    kept: int = 0
    dropped: int = 0


class Shown(msgspec.Struct, frozen=True):
    """A request as it may be shown: `facts` by the names of the control plane's document, secrets hidden.

    The ids of the `jobs` it started stand beside them: how these are is for whoever reads to look up.
    """

    facts: JsonObject
    jobs: Sequence[str]


class Page(msgspec.Struct, frozen=True):
    """The newest requests that fit, newest first; `matched` is how many there are in all."""

    requests: Sequence[Shown]
    matched: int
    counts: Counts


class Journal(Protocol):
    """The requests of every world, at most so many bytes of them all together; see `sharing` for who makes room.

    Whoever reads sees every request that was answered before, by whichever process. Reading and emptying raise a 503
    where the journal cannot be got at.
    """

    dropped: int
    """How many requests this process had to drop so far, of all worlds."""

    def append(self, token: Token, entry: Entry) -> None:
        """Add a world's latest request; never waits, and never fails."""

    async def find(self, token: Token, filters: Filters, *, limit: int, brief: bool) -> Page:
        """Return requests of a world, `brief` ones without headers and bodies."""

    async def get(self, token: Token, number: int) -> Shown | None:
        """Return one request of a world, if it is kept."""

    async def counts(self, token: Token) -> Counts:
        """Return the counts of one world."""

    async def all_counts(self) -> Mapping[Token, Counts]:
        """Return the counts of each world that was asked something, those asked first first."""

    async def clear(self, token: Token) -> int:
        """Forget a world's requests and return how many there were; numbers go on where they were."""

    async def reset(self, token: Token | None) -> None:
        """Forget a world altogether, or every world: numbers begin again."""

    def drop(self, token: Token) -> None:
        """Forget a world that had to go itself, without waiting for that."""

    async def close(self) -> None:
        """Write down what is still to be written."""
