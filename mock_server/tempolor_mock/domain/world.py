"""The port through which the domain sees one world: everything that belongs to one bearer token.

A store implements it; the domain never learns which one. All calls are plain (not async): a store hands a world to a
function for the length of one exclusive transaction.
"""

from collections.abc import Iterable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .accounts import Account
    from .clock import Clock
    from .ids import Token
    from .jobs import Job, JobKind
    from .policy import Policy


class JobTable(Protocol):
    """The jobs of a world, with the orders the domain asks for. No call costs more than what it returns."""

    def put(self, job: "Job") -> None:
        """Add a job, or replace the one with the same item id."""

    def get(self, item_id: str) -> "Job | None":
        """Return a job by the last part of its id."""

    def delete(self, item_id: str) -> None:
        """Forget a job."""

    def active(self, user_id: str | None = None) -> Sequence["Job"]:
        """Return the jobs that take a slot (of one account), oldest first."""

    def next_to_end(self, now_ms: int) -> "Job | None":
        """Return the active job with the earliest end, if that is not after `now_ms`."""

    def page(self, user_id: str, kind: "JobKind", *, before: int | None, limit: int) -> Iterable["Job"]:
        """Return up to `limit` jobs of an account and kind, newest first, with numbers below `before`."""


class World(Protocol):
    """One world, at one moment, for the length of one transaction."""

    token: "Token"
    policy: "Policy"
    clock: "Clock"
    now_ms: int
    """The virtual moment of this transaction, in milliseconds since 1970."""
    real_ms: int
    """The real moment of this transaction, for turning the clock."""
    accounts: MutableMapping[str, "Account"]
    jobs: JobTable

    def count(self, counter: str, by: int = 1) -> int:
        """Add to a named counter of this world, which starts at 0, and return it."""
